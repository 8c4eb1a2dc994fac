"""A conversation on one row: what it holds is not computed again, and drawing does not depend on that."""

from typing import Any

import pytest
import torch

from orca2.inference.rows import PlainRows
from orca2.inference.sampling import Sampling
from orca2.inference.session import LocalSession
from tests.inference.test_rows import MODELS, gemma


@pytest.fixture(scope="module", params=["llama", "gemma"])
def model(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    return gemma() if request.param == "gemma" else MODELS["llama"]().eval()


def said(session: LocalSession, ids: list[int], asked: Sampling, most: int = 12) -> list[int]:
    return [sampled.id for sampled in session.stream(ids, most, asked)]


@pytest.mark.parametrize("asked", [Sampling(), Sampling(1.0, 0.9, 20, 3, min_p=0.02), Sampling(repetition_penalty=2.0)])
def test_a_later_turn_starts_from_the_one_before(model: Any, asked: Sampling) -> None:
    session, fresh = LocalSession(model, ()), LocalSession(model, ())
    first = said(session, [5, 6, 7], asked)
    assert session.computed == 3 and session.ended is None
    assert said(session, [5, 6, 7], asked) == first and session.computed == 1
    turn = [5, 6, 7, *first, 9, 10]
    assert said(session, turn, asked) == said(fresh, turn, asked)
    assert session.computed == 3 and fresh.computed == len(turn)
    other = [5, 6, 8]
    assert said(session, other, asked) == said(LocalSession(model, ()), other, asked) and session.computed == 1
    if asked.repetition_penalty > 1:
        assert len(set(first)) > len(set(said(fresh, [5, 6, 7], Sampling()))) or len(set(first)) == len(first)


def test_an_id_that_ends_an_answer_is_told_and_left_out(model: Any) -> None:
    whole = said(LocalSession(model, ()), [1, 2], Sampling())
    session = LocalSession(model, {whole[4]})
    found = said(session, [1, 2], Sampling())
    assert found == whole[: whole.index(whole[4])] and session.ended == whole[4]


def test_what_forgets_is_read_anew() -> None:
    model = gemma()
    session = LocalSession(model, ())
    session._rows = PlainRows(model, 1 << 20)
    first = said(session, [5, 6, 7], Sampling())
    assert said(session, [5, 6, 7], Sampling()) == first and session.computed == 3
