"""What several files of tests begin from."""

from tests.stages.test_teach import teacher

__all__ = ["teacher"]
