"""The made runs and profiles of the applications' tests."""

from tests.apps.conftest import browser, make_profile, make_run

__all__ = ["browser", "make_profile", "make_run"]
