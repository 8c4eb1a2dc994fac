"""Prices: the package's table, what a recipe gives, and dated names."""

from pathlib import Path

import pytest

from orca2.endpoints.prices import Price, price_of
from orca2.errors import RecipeError

TABLE = '[models]\n"a" = { in = 1.0, out = 2.0 }\n"a-large" = { in = 3, out = 4 }\n'


def test_a_million_tokens_cost_what_the_line_says() -> None:
    price = Price(2.0, 10.0)
    assert price.of(1_000_000, 0) == 2.0 and price.of(0, 500_000) == 5.0
    assert price.half() == Price(1.0, 5.0)


@pytest.mark.parametrize(
    ("name", "price"),
    [("a", Price(1, 2)), ("a-2026-01-01", Price(1, 2)), ("a-large", Price(3, 4)), ("a-large-2026", Price(3, 4)),
     ("a-small", None), ("b", None)],
)  # fmt: skip
def test_the_longest_name_counts(name: str, price: Price | None, tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(TABLE)
    assert price_of(name, "prices.toml", tmp_path) == price


def test_what_the_recipe_gives_comes_before_the_table() -> None:
    assert price_of("anything", {"in": 1, "out": 2}) == Price(1, 2)


@pytest.mark.parametrize(
    "given", [{"in": 1}, {"in": 1, "out": -2}, {"in": True, "out": 2}, {"in": 1, "out": 2, "x": 3}]
)
def test_what_is_no_price_is_refused(given: dict[str, float]) -> None:
    with pytest.raises(RecipeError, match=r"teacher\.prices: .*dollars for a million tokens"):
        price_of("m", given)
