"""How many examples a law is tried on: few while one works on the code, all of them with the slow tests."""

from hypothesis import settings

FEW = 5

settings.register_profile("all", deadline=None)  # a busy machine is no failure
settings.register_profile("few", max_examples=FEW, deadline=None)


def choose_profile(marks: str) -> None:
    """The profile for the tests that an expression of pytest's `-m` selects, before any of them is imported."""
    settings.load_profile("few" if marks.strip() == "not slow" else "all")


def examples(count: int) -> settings:
    """For a law with a number of its own: that many with the slow tests, and never more than few without."""
    return settings(max_examples=min(count, settings().max_examples) if settings().max_examples == FEW else count)
