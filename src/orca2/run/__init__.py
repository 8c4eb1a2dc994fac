"""The run folder and what stages and evidence do with it alike: its tasks, its models, demonstrations, training."""
