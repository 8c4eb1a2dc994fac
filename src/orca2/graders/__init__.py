"""Was it right: one file each, `grade(target, response, question) -> Verdict`."""
