"""Drawing ids: greedy is the likeliest, nothing outside top_k, top_p and min_p, and neighbours do not matter."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import RepetitionPenaltyLogitsProcessor

from orca2.inference.sampling import BLOCK, SORTED, Sampler, Sampling, sample
from tests.laws import examples

rows = st.lists(st.floats(-8, 8, width=32), min_size=2, max_size=40)
settings = st.builds(
    Sampling,
    temperature=st.sampled_from([0.0, 0.3, 1.0, 2.5]),
    top_p=st.sampled_from([0.0, 0.4, 0.95, 1.0]),
    top_k=st.sampled_from([0, 0, 1, 7, 700]),
    min_p=st.sampled_from([0.0, 0.0, 0.1, 1.0]),
    repetition_penalty=st.sampled_from([1.0, 1.0, 1.3]),
    seed=st.integers(0, 1 << 40),
)


def draw(logits: torch.Tensor, sampler: Sampler, count: int = 1) -> list[int]:
    """Of one row, one id after the other."""
    return [sample(logits[None], [sampler])[0].id for _ in range(count)]


def allowed(logits: torch.Tensor, asked: Sampling) -> set[int]:
    """By the book: sort everything."""
    shares = (logits.double() / asked.temperature).softmax(-1)
    order = sorted(range(len(shares)), key=lambda place: -float(shares[place]))[: asked.top_k or None]
    whole, total, inside = float(shares[order].sum()), 0.0, set()
    for place in order:
        inside.add(place)
        total += float(shares[place]) / whole
        if total >= asked.top_p - 1e-5:
            break
    edge = max(min(float(shares[place]) for place in inside), asked.min_p * float(shares.max()))
    return {place for place in range(len(shares)) if float(shares[place]) >= edge * (1 - 1e-4)}  # ties


@examples(80)
@given(
    row=rows, temperature=st.floats(0.1, 3), top_k=st.integers(0, 50), top_p=st.floats(0.01, 1),
    min_p=st.floats(0, 1), seed=st.integers(),
)  # fmt: skip
def test_what_is_drawn_lies_inside(
    row: list[float], temperature: float, top_k: int, top_p: float, min_p: float, seed: int
) -> None:
    logits, asked = torch.tensor(row), Sampling(temperature, top_p, top_k, seed, min_p=min_p)
    wider = Sampling(temperature, min(top_p + 1e-5, 1.0), top_k, seed, min_p=min_p)
    assert set(draw(logits, Sampler(asked), 20)) <= allowed(logits, wider)


@examples(40)
@given(row=rows)
def test_greedy_and_its_other_spellings(row: list[float]) -> None:
    logits = torch.tensor([row])
    spellings = (
        Sampling(),
        Sampling(1.0, top_k=1),
        Sampling(1.0, top_p=1e-9),
        Sampling(1.0, min_p=1.0),
        Sampling(1e-9),
    )
    for settings_ in spellings:
        sampled = sample(logits, [Sampler(settings_)])[0].id
        assert row[sampled] >= max(row) - 1e-6 or settings_.temperature == 1e-9


@examples(25)
@given(asked=st.lists(settings, min_size=1, max_size=6), width=st.sampled_from([3, 97, 1000]), seed=st.integers(0, 99))
def test_a_row_draws_the_same_among_any_neighbours(asked: list[Sampling], width: int, seed: int) -> None:
    logits = 3 * torch.randn(len(asked), width, generator=torch.Generator().manual_seed(seed))
    ids = [[seed % width, (7 * row) % width] for row in range(len(asked))]
    together = [Sampler(one, seen) for one, seen in zip(asked, ids, strict=True)]
    alone = [Sampler(one, seen) for one, seen in zip(asked, ids, strict=True)]
    for _ in range(5):
        sampled = sample(logits, together)
        assert sampled == [sample(logits[row : row + 1], [alone[row]])[0] for row in range(len(asked))]


def test_without_a_seed_it_is_another_one_each_time() -> None:
    logits = torch.randn(4, 1000, generator=torch.Generator().manual_seed(0))
    found = {tuple(p.id for p in sample(logits, [Sampler(Sampling(2.0, seed=None))] * 4)) for _ in range(5)}
    assert len(found) > 1


def test_the_shares_are_those_of_the_distribution() -> None:
    logits, count = torch.tensor([0.0, 1.0, 2.0, -30.0]), 4000
    drawn = torch.bincount(torch.tensor(draw(logits, Sampler(Sampling(2.0, seed=1)), count)), minlength=4)
    expected = (logits / 2).softmax(-1) * count
    chi2 = ((drawn - expected)[:3] ** 2 / expected[:3]).sum()
    assert float(chi2) < 13.8 and drawn[3] == 0  # p = 0.001 at 2 degrees of freedom


def test_the_shares_are_kept_over_many_blocks_of_ids() -> None:
    logits, count = torch.linspace(-2, 2, 3 * BLOCK + 11), 6000
    drawn = torch.tensor(draw(logits, Sampler(Sampling(1.0, seed=5)), count))
    expected = torch.stack([part.sum() for part in logits.softmax(-1).chunk(8)]) * count
    found = torch.stack([((drawn >= 98 * n) & (drawn < 98 * (n + 1))).sum() for n in range(8)])
    assert len(logits.chunk(8)[0]) == 98 and found.sum() == count
    assert float(((found - expected) ** 2 / expected).sum()) < 24.3  # p = 0.001 at 7 degrees of freedom


def test_what_is_left_keeps_its_shares() -> None:
    logits, count = torch.tensor([0.0, 1.0, 2.0, -1.0]), 4000
    drawn = torch.bincount(torch.tensor(draw(logits, Sampler(Sampling(1.0, top_k=3, seed=1)), count)), minlength=4)
    expected = logits[:3].softmax(-1) * count
    assert float(((drawn[:3] - expected) ** 2 / expected).sum()) < 13.8 and drawn[3] == 0


@pytest.mark.slow
def test_an_edge_beyond_what_is_sorted_first() -> None:
    logits = torch.zeros(4 * SORTED)
    assert len(set(draw(logits, Sampler(Sampling(1.0, top_p=0.99)), 3000))) > SORTED
    logits = torch.arange(4 * SORTED) / -1e6
    assert max(draw(logits, Sampler(Sampling(1.0, top_k=2 * SORTED)), 3000)) in range(SORTED, 2 * SORTED)
    half = set(draw(logits, Sampler(Sampling(1.0, top_p=0.5)), 3000))
    assert SORTED < max(half) <= 2 * SORTED + 2


@examples(20)
@given(row=rows, penalty=st.sampled_from([0.7, 1.2, 4.0]), seen=st.lists(st.integers(0, 1), min_size=1, max_size=4))
def test_a_penalty_is_that_of_transformers(row: list[float], penalty: float, seen: list[int]) -> None:
    logits = torch.tensor([row])
    theirs = RepetitionPenaltyLogitsProcessor(penalty)(torch.tensor([seen]), logits.clone())  # type: ignore[no-untyped-call]
    found = sample(logits, [Sampler(Sampling(repetition_penalty=penalty, logprobs=0), seen)])[0]
    assert found.id == int(theirs.argmax())
    assert math.isclose(found.logprob or 0, float(logits[0].log_softmax(-1)[found.id]), rel_tol=1e-5, abs_tol=1e-6)


def test_logprobs_are_the_models_own() -> None:
    logits = torch.tensor([[0.0, 2.0, 1.0]])
    sampled = sample(logits, [Sampler(Sampling(0.0, top_p=0.1, logprobs=2))])[0]
    logs = logits[0].log_softmax(-1).tolist()
    assert sampled.id == 1 and math.isclose(sampled.logprob or 0, logs[1], rel_tol=1e-5)
    assert [place for place, _ in sampled.likeliest] == [1, 2]
    assert sample(logits, [Sampler(Sampling(logprobs=0))])[0].likeliest == ()
    assert sample(logits, [Sampler(Sampling())])[0].logprob is None
