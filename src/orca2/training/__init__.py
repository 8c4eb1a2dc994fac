"""Lessons to token ids, packed rows, training and a checkpoint. Imports torch."""

import logging

from orca2.training.log_level import log_level

with log_level("bitsandbytes", logging.ERROR):  # the trainer imports it, wanted or not, and it may complain of the GPU
    import transformers.trainer  # noqa: F401
