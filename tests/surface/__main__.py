"""Writes what `tests.surface` reads off the program."""

from tests.surface import FROZEN, PAGE, api, frozen, page

FROZEN.write_text(frozen(), encoding="utf-8")
PAGE.write_text(page(), encoding="utf-8")
api.SURFACE.write_text(api.frozen(), encoding="utf-8")
