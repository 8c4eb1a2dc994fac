"""Charts are whole SVG without a script, whatever the numbers and names."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.reporting.charts import (
    Bar,
    Group,
    Point,
    accuracy_bars,
    benchmark_bars,
    frontier,
    learning_curve,
    loss_curve,
)

SHARES = st.floats(0, 1)
NAME = '<script>&"a"'


def elements(drawn: str) -> list[ElementTree.Element]:
    """The elements of a chart; ElementTree raises where it is no whole XML."""
    found = list(ElementTree.fromstring(drawn).iter())
    assert found[0].tag.endswith("svg") and not any(element.tag.endswith("script") for element in found)
    return found


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=500))
def test_a_loss_curve(losses: list[float]) -> None:
    drawn = loss_curve([{"step": step, "loss": loss} for step, loss in enumerate(losses, 1)], NAME)
    elements(drawn)
    assert "nan" not in drawn and "inf" not in drawn


def test_no_loss_is_said() -> None:
    assert "No loss was recorded" in loss_curve([], NAME)


@given(st.lists(SHARES, min_size=1, max_size=6))
def test_bars(values: list[float]) -> None:
    bars = [Bar(NAME, value, max(0, value - 0.1), min(1, value + 0.1)) for value in values]
    assert len(elements(accuracy_bars(bars, NAME))) > len(bars)
    for reference in (None, 0.5):
        elements(benchmark_bars([Group(NAME, bars, 0.25, reference)], NAME))


@given(st.lists(st.tuples(st.floats(1, 1e4), SHARES), min_size=1, max_size=6))
def test_a_frontier(dots: list[tuple[float, float]]) -> None:
    drawn = frontier([Point(NAME, tokens, value, value, value) for tokens, value in dots], NAME)
    assert sum(element.tag.endswith("circle") for element in elements(drawn)) >= len(dots)


@pytest.mark.parametrize("projected", [None, (0.5, 0.3, 0.7)])
def test_a_learning_curve(projected: tuple[float, float, float] | None) -> None:
    elements(learning_curve([[50, 3, 24], [200, 9, 24]], projected))
