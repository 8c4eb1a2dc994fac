"""The method of Orca 1 and Orca 2 as software: teach a small language model to pick its own reasoning strategy."""

__version__ = "0.1.0"
