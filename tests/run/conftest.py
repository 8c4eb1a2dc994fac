"""What several files of tests begin from."""

from tests.run.test_lessons import file

__all__ = ["file"]
