"""The models of a run: a price where there is a cap, and a teacher that fails every time."""

import pytest

from orca2.core.types import Completion
from orca2.endpoints.prices import Price
from orca2.errors import ModelError, RecipeError
from orca2.models.openai import load
from orca2.models.scripted import Scripted
from orca2.run.models import check_answers, check_price

FAILED = Completion("", "error", error="HTTP 503")


def test_a_cap_needs_a_price() -> None:
    unknown = load("nobody-knows-this", "http://127.0.0.1:9/v1")
    with pytest.raises(RecipeError, match=r"teacher\.max_cost: no price of .* is known"):
        check_price(1.0, unknown)
    check_price(0.0, unknown)
    priced = load("nobody-knows-this", "http://127.0.0.1:9/v1", prices={"in": 1, "out": 2})
    assert priced.price == Price(1, 2)
    check_price(1.0, priced)
    check_price(1.0, Scripted({}))


def test_a_teacher_that_never_answers_stops_the_run() -> None:
    model = Scripted({})
    check_answers(model, [FAILED, Completion("fine", "stop")])
    check_answers(model, [])
    with pytest.raises(ModelError, match="all 2 calls failed, the first with: HTTP 503"):
        check_answers(model, [FAILED, FAILED])
