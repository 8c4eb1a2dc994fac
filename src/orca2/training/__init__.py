"""Lessons to token ids, packed rows, training and a checkpoint. Imports torch."""

from orca2.checkpoints.quiet import quiet_libraries

with quiet_libraries():  # the trainer imports it, wanted or not, and it may complain of the GPU
    import transformers.trainer  # noqa: F401
