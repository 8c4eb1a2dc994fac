"""Talking to a model: `orca2.load`, conversations, the terminal."""
