"""Lessons to token ids, packed rows, training and a checkpoint."""
