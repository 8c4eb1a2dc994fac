"""What a model's name means: finding, checking, loading and saving checkpoints, and their chat format."""
