"""Lessons to token ids, packed rows, training and a checkpoint. Imports torch."""

import logging

logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # which the trainer imports, wanted or not; it complains then
