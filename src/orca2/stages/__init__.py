"""One file a stage, in the order of `pipeline`: each makes the artifact of its name."""
