"""What models cost: a dated table of the package, which a recipe can extend or replace."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from orca2.errors import RecipeError
from orca2.files import located

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a million tokens, asked and answered."""

    asked: float
    answered: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.asked + tokens_out * self.answered) / MILLION

    def half(self) -> "Price":
        """What providers ask for answers that may take a day."""
        return Price(self.asked / 2, self.answered / 2)


def price_of(model: str, given: Mapping[str, float] | str | None = None, base: Path = Path()) -> Price | None:
    """The price that the recipe gives, `{in, out}` or a file as the package's; else the table's; None if unknown.

    Of names in a table, the longest that the model's begins with counts: a dated model costs what its line says.
    """
    if isinstance(given, Mapping):
        return _price(given, "teacher.prices")
    tables = [_read(located(given, base))] if given else []
    tables.append(tomllib.loads(resources.files("orca2.endpoints").joinpath("prices.toml").read_text(encoding="utf-8")))
    for table in tables:
        named = [name for name in table["models"] if model == name or model.startswith(name + "-20")]
        if named:
            return _price(table["models"][max(named, key=len)], f"prices of {model}")
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RecipeError(f"teacher.prices: {path} does not exist; give a .toml file or in and out") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise RecipeError(f"teacher.prices: {path} is not valid TOML: {error}") from None
    if not isinstance(table.get("models"), dict):
        raise RecipeError(f'teacher.prices: {path} has no [models]; a line is "name" = {{ in = 2.5, out = 10.0 }}')
    return table


def _price(given_price: Any, where: str) -> Price:
    if not isinstance(given_price, Mapping) or set(given_price) != {"in", "out"}:
        raise RecipeError(f"{where}: give dollars for a million tokens as {{ in = 2.5, out = 10.0 }}")
    values = [given_price["in"], given_price["out"]]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 for value in values):
        raise RecipeError(f"{where}: in and out are dollars for a million tokens, at least 0; got {dict(given_price)}")
    return Price(float(given_price["in"]), float(given_price["out"]))
