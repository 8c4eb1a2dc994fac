"""Drawing ids: greedy is the likeliest, nothing outside top_k and top_p, and neighbours do not matter."""

import math

import torch
from hypothesis import given
from hypothesis import strategies as st

from orca2.inference.sampling import NUCLEUS, Sampler, Sampling, sample
from tests.laws import examples

rows = st.lists(st.floats(-8, 8, width=32), min_size=2, max_size=40)


def nucleus(logits: torch.Tensor, temperature: float, top_k: int, top_p: float) -> set[int]:
    """By the book: sort everything."""
    shares = (logits.double() / temperature).softmax(-1)
    order = sorted(range(len(shares)), key=lambda place: -float(shares[place]))[: top_k or None]
    whole, total, inside = float(shares[order].sum()), 0.0, set()
    for place in order:
        inside.add(place)
        total += float(shares[place]) / whole
        if total >= top_p - 1e-5:
            break
    edge = min(float(shares[place]) for place in inside)
    return {place for place in range(len(shares)) if float(shares[place]) >= edge * (1 - 1e-4)}  # ties


@examples(80)
@given(row=rows, temperature=st.floats(0.1, 3), top_k=st.integers(0, 50), top_p=st.floats(0.01, 1), seed=st.integers())
def test_what_is_drawn_lies_inside(row: list[float], temperature: float, top_k: int, top_p: float, seed: int) -> None:
    logits = torch.tensor(row)
    sampler = Sampler(Sampling(temperature, top_p, top_k, seed))
    allowed = nucleus(logits, temperature, top_k, min(top_p + 1e-5, 1.0))
    assert {sampler.draw(logits) for _ in range(20)} <= allowed


@examples(40)
@given(row=rows)
def test_greedy_and_its_other_spellings(row: list[float]) -> None:
    logits = torch.tensor([row])
    for settings_ in (Sampling(), Sampling(1.0, top_k=1), Sampling(1.0, top_p=1e-9), Sampling(1e-9)):
        sampled = sample(logits, [Sampler(settings_)])[0].id
        assert row[sampled] >= max(row) - 1e-6 or settings_.temperature == 1e-9


def test_a_row_draws_the_same_among_any_neighbours() -> None:
    logits = torch.randn(4, 1000, generator=torch.Generator().manual_seed(0))
    settings_ = [Sampling(1.0, 0.9, seed=seed) for seed in range(4)]
    together, alone = [Sampler(one) for one in settings_], [Sampler(one) for one in settings_]
    for _ in range(10):
        sampled = sample(logits, together)
        assert sampled == [sample(logits[row : row + 1], [alone[row]])[0] for row in range(4)]
    unseeded = {tuple(p.id for p in sample(logits, [Sampler(Sampling(2.0, seed=None))] * 4)) for _ in range(5)}
    assert len(unseeded) > 1


def test_the_shares_are_those_of_the_distribution() -> None:
    logits, count = torch.tensor([0.0, 1.0, 2.0, -30.0]), 4000
    sampler = Sampler(Sampling(2.0, seed=1))
    drawn = torch.bincount(torch.tensor([sampler.draw(logits) for _ in range(count)]), minlength=4)
    expected = (logits / 2).softmax(-1) * count
    chi2 = ((drawn - expected)[:3] ** 2 / expected[:3]).sum()
    assert float(chi2) < 13.8 and drawn[3] == 0  # p = 0.001 at 2 degrees of freedom


def test_a_nucleus_wider_than_what_is_sorted_first() -> None:
    logits = torch.zeros(4 * NUCLEUS)
    sampler = Sampler(Sampling(1.0, top_p=0.99))
    assert len({sampler.draw(logits) for _ in range(3000)}) > NUCLEUS


def test_logprobs_are_the_models_own() -> None:
    logits = torch.tensor([[0.0, 2.0, 1.0]])
    sampled = sample(logits, [Sampler(Sampling(0.0, top_p=0.1, logprobs=2))])[0]
    logs = logits[0].log_softmax(-1).tolist()
    assert sampled.id == 1 and math.isclose(sampled.logprob or 0, logs[1], rel_tol=1e-5)
    assert [place for place, _ in sampled.likeliest] == [1, 2]
    assert sample(logits, [Sampler(Sampling(logprobs=0))])[0].likeliest == ()
    assert sample(logits, [Sampler(Sampling())])[0].logprob is None
