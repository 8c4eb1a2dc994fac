"""The public API stands in tests/surface/api.txt, so that no change of it goes unseen."""

from tests.surface import api


def test_the_public_api_is_as_it_was() -> None:
    assert api.frozen() == api.SURFACE.read_text(), "if that is meant, write it down: python -m tests.surface"
