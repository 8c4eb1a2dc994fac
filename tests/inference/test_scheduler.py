"""Continuous batching against one answer at a time, in float32, token for token."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Message
from orca2.inference.kv_cache.prefix_cache import Kept, common
from orca2.inference.kv_cache.slots import COLUMNS, Slots, masks
from orca2.inference.limits import Bounds, bounds_for
from orca2.inference.local import Local
from orca2.inference.requests import Ask, Piece, Row
from orca2.inference.sampling import Sampling
from orca2.inference.scheduler import Scheduler
from orca2.models.transformers import load

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"]


@pytest.fixture(scope="module")
def model(tiny: Path) -> Local:
    return load(str(tiny), Path(), "cpu", dtype="fp32")


@pytest.fixture
def scheduler(model: Local) -> Iterator[Scheduler]:
    made = Scheduler(model.model, model.chat, model.stop)
    yield made
    made.close()


def question(model: Local, index: int, words: int = 1) -> list[int]:
    return model.chat.prompt([Message("user", " ".join(WORDS[: 1 + index % 8] * words) + f" {index}?")])


async def whole(scheduler: Scheduler, ask: Ask) -> tuple[str, list[int], Piece]:
    text, ids = "", []
    async for _, piece in scheduler.pieces([ask]):
        text += piece.text
        ids += [picked.id for picked in piece.picked]
    return text, ids, piece


def together(scheduler: Scheduler, asks: list[Ask]) -> list[tuple[str, list[int], Piece]]:
    async def go() -> list[tuple[str, list[int], Piece]]:
        return list(await asyncio.gather(*(whole(scheduler, ask) for ask in asks)))

    return asyncio.run(go())


def alone(model: Local, ask: Ask) -> list[int]:
    """What `transformers` makes of a prompt, up to the id that ends it."""
    ids = torch.tensor([ask.ids])
    new = model.model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=ask.max_tokens, do_sample=False,
        eos_token_id=sorted(model.stop), pad_token_id=2,
    )[0, ids.shape[1] :].tolist()  # fmt: skip
    return [token for token in new if token not in model.stop]


def test_many_at_once_say_what_each_says_alone(model: Local, scheduler: Scheduler) -> None:
    asks = [Ask(question(model, i, words=1 + 9 * (i % 3)), 5 + 7 * (i % 6)) for i in range(24)]
    for ask, (_, ids, last) in zip(asks, together(scheduler, asks), strict=True):
        assert ids == alone(model, ask)
        assert last.tokens == len(ids) + (last.finish == "stop")
        assert last.finish == ("length" if len(ids) == ask.max_tokens else "stop")


def test_few_rows_small_chunks_and_a_full_cache_change_nothing(model: Local) -> None:
    bounds = Bounds(rows=5, tokens=1, kept=100, chunk=7)  # the least cache: one context
    scheduler = Scheduler(model.model, model.chat, model.stop, bounds)
    asks = [Ask(question(model, i, words=60), 350 + i) for i in range(6)]
    try:
        assert scheduler._limit == 2048
        for ask, (_, ids, last) in zip(asks, together(scheduler, asks), strict=True):
            assert ids == alone(model, ask)
            assert last.finish in ("length", "stop")
        assert scheduler._slots.rows * scheduler._slots.width <= 2048
    finally:
        scheduler.close()


def test_prompts_read_together_say_what_each_says_alone(model: Local) -> None:
    """Of several lengths; some whose beginnings are alike wait for the first of them."""
    scheduler = Scheduler(model.model, model.chat, model.stop, Bounds(rows=9, tokens=9 * 640, chunk=400, together=9))
    calls: list[int] = []
    read = scheduler._read_together
    scheduler._read_together = lambda rows: calls.append(len(rows)) or read(rows)  # type: ignore[method-assign, func-returns-value]
    asks = [Ask(question(model, i, words=1 + 9 * (i % 3)), 5 + 7 * (i % 6)) for i in range(24)]
    try:
        for ask, (_, ids, _) in zip(asks, together(scheduler, asks), strict=True):
            assert ids == alone(model, ask)
        assert max(calls) > 2
        copies = together(scheduler, [Ask(question(model, 7, words=40), 6)] * 4)
        assert [last.reused for _, _, last in copies[1:]] == [len(question(model, 7, words=40)) - 1] * 3
        assert len({tuple(ids) for _, ids, _ in copies}) == 1
    finally:
        scheduler.close()


def test_who_leaves_while_prompts_are_read_leaves_the_others_as_they_are(model: Local) -> None:
    scheduler = Scheduler(model.model, model.chat, model.stop, Bounds(rows=9, tokens=9 * 640, chunk=300, together=9))
    scheduler.close()  # its thread: the test goes through the turns itself
    said: dict[int, list[int]] = {index: [] for index in range(5)}
    asks = [Ask(question(model, index, words=12), 9) for index in said]
    rows = [
        Row(ask, model.chat, lambda piece, index=index: said[index].extend(one.id for one in piece.picked))
        for index, ask in enumerate(asks)
    ]
    with torch.inference_mode():
        scheduler._waiting.extend(rows)
        while scheduler._waiting:
            assert scheduler._admit()
        scheduler._read_on(rows[0], 5)
        rows[0].cancelled = rows[3].cancelled = True
        while scheduler.load[0]:
            scheduler._turn()
    for index in (1, 2, 4):
        assert said[index] == alone(model, asks[index])
    assert not said[0] and not said[3]


def test_a_drawn_answer_depends_on_its_seed_and_not_on_its_neighbours(model: Local, scheduler: Scheduler) -> None:
    asks = [Ask(question(model, 3), 12, Sampling(temperature=1.0, top_k=5, seed=seed)) for seed in (1, 2, 3)]
    by_itself = [together(scheduler, [ask])[0][1] for ask in asks]
    others = [Ask(question(model, i), 3 + i, Sampling(temperature=2.0, seed=None)) for i in range(9)]
    assert [ids for _, ids, _ in together(scheduler, asks + others)[:3]] == by_itself
    assert len({tuple(ids) for ids in by_itself}) == 3


def test_a_conversation_and_copies_of_a_prompt_start_from_a_cache(model: Local, scheduler: Scheduler) -> None:
    first = Ask(question(model, 5, words=9), 10)
    _, ids, last = together(scheduler, [first])[0]
    assert last.reused == 0
    second = Ask([*first.ids, *ids, *question(model, 6)], 8)
    _, found, last = together(scheduler, [second])[0]
    assert last.reused == len(first.ids) + len(ids) - (1 if len(ids) == 10 else 0)
    assert found == alone(model, second)
    copies = together(scheduler, [Ask(question(model, 7, words=5), 6)] * 4)
    assert [last.reused for _, _, last in copies[1:]] == [len(question(model, 7, words=5)) - 1] * 3
    assert len({tuple(ids) for _, ids, _ in copies}) == 1


def test_a_stop_string_ends_an_answer_and_its_ids_are_left_out(model: Local, scheduler: Scheduler) -> None:
    ask = Ask(question(model, 2), 30)
    text, ids, _ = together(scheduler, [ask])[0]
    stop = text[len(text) // 2 :][:5]
    cut, fewer, last = together(scheduler, [Ask(ask.ids, 30, Sampling(stop=(stop,), logprobs=2))])[0]
    assert cut == text[: text.index(stop)] and last.finish == "stop"
    assert fewer == ids[: len(fewer)] and model.chat.decode(fewer).startswith(cut)
    assert last.tokens < 30


def test_logprobs_are_the_models_own(model: Local, scheduler: Scheduler) -> None:
    ask = Ask(question(model, 4), 4, Sampling(temperature=0.7, seed=5, logprobs=3))

    async def go() -> list[Any]:
        return [picked async for _, piece in scheduler.pieces([ask]) for picked in piece.picked]

    ids = list(ask.ids)
    for picked in asyncio.run(go()):
        logs = model.model(torch.tensor([ids])).logits.detach()[0, -1].float().log_softmax(-1)
        assert picked.logprob == pytest.approx(float(logs[picked.id]), abs=1e-4)
        assert [token for token, _ in picked.likeliest] == logs.topk(3).indices.tolist()
        ids.append(picked.id)


def test_a_short_answer_does_not_wait_behind_long_ones(model: Local) -> None:
    ended: list[int] = []
    with_one_row = Scheduler(model.model, model.chat, (), Bounds(rows=1))

    async def go() -> None:
        async def answer(index: int, most: int) -> None:
            await whole(with_one_row, Ask(question(model, index), most))
            ended.append(index)

        await asyncio.gather(*(answer(index, most) for index, most in enumerate([200, 200, 200, 4])))

    asyncio.run(go())
    with_one_row.close()
    assert [one for one in ended if one != 3] == [0, 1, 2] and ended.index(3) < 2  # the first may have begun before it


def test_who_leaves_is_dropped_at_once(model: Local, scheduler: Scheduler) -> None:
    async def go() -> int:
        stream = scheduler.pieces([Ask(question(model, 1), 1900)])
        async for _ in stream:
            break
        await stream.aclose()  # type: ignore[attr-defined]
        _, _, last = await whole(scheduler, Ask(question(model, 2), 5))
        while scheduler.load[0]:
            await asyncio.sleep(0.01)
        return last.tokens

    assert asyncio.run(go()) == 5
    assert scheduler._kept.tokens < 1000


def test_a_failure_is_told_and_the_next_one_is_served(
    model: Local, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = model.model.forward
    with monkeypatch.context() as patch:
        patch.setattr(model.model, "forward", lambda *a, **k: (_ for _ in ()).throw(MemoryError("no room")))
        text, _, last = together(scheduler, [Ask(question(model, 1), 5)])[0]
    assert (text, last.finish) == ("MemoryError: no room", "error")
    assert model.model.forward == forward
    assert together(scheduler, [Ask(question(model, 1), 5)])[0][2].finish == "length"


def test_closing_ends_what_is_under_way(model: Local) -> None:
    scheduler = Scheduler(model.model, model.chat, model.stop)
    ended, pieces = threading.Event(), []

    def take(piece: Piece) -> None:
        pieces.append(piece)
        if piece.finish:
            ended.set()

    scheduler.submit(Ask(question(model, 1), 1900), take)
    scheduler.close()
    assert ended.wait(10) and pieces[-1].finish == "error"


def test_what_cannot_fit_is_refused_before_it_waits(model: Local, scheduler: Scheduler) -> None:
    for ids, most in (([], 5), ([1], -1), ([1] * 2000, 49)):
        with pytest.raises(ValueError, match="do not fit"):
            scheduler.submit(Ask(ids, most), lambda piece: None)


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=8), max_size=12), st.lists(st.integers(0, 2)))
def test_kept_finds_the_longest_beginning_and_stays_small(entries: list[list[int]], asked: list[int]) -> None:
    kept = Kept(20)
    for ids in entries:
        kept.add(ids, [])
        assert kept.find(ids)[1] == len(ids)
    held = [list(ids) for ids, _ in kept._entries.values()]
    assert kept.tokens == sum(map(len, held)) <= 20
    assert not [1 for a in held for b in held if a is not b and a == b[: len(a)]]
    assert kept.find(asked)[1] == max((common(np.array(ids), np.array(asked)) for ids in held), default=0)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 400)), min_size=1, max_size=8))
def test_slots_keep_their_rows_as_they_grow_and_stay_within_the_limit(sizes: list[tuple[int, int]]) -> None:
    slots, (rows, width) = Slots(1600), (0, 0)
    for asked_rows, asked_width in sizes:
        if not slots.holds(max(rows, asked_rows), max(width, asked_width)):
            continue
        slots.fit(max(rows, asked_rows), max(width, asked_width), rows)
        rows, width = max(rows, asked_rows), max(width, asked_width)
        assert rows <= slots.rows and width <= slots.width and slots.rows * slots.width <= 1600
        slots.at(slice(rows - 1, rows), slice(0, 1), 1)
        states = torch.full((1, 1, 1, 2), float(rows))
        slots.update(states, states, 0)
    for row in range(rows):
        if (value := float(slots._keys[0][row, 0, 0, 0])) != 0:
            assert value == row + 1


def test_masks_of_each_kind_of_layer() -> None:
    class Config:
        layer_types = ("full_attention", "sliding_attention")
        sliding_window = 2

    found = masks(Config(), torch.tensor([[2, 3]]), 5)
    assert found["full_attention"][0, 0].int().tolist() == [[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]]
    assert found["sliding_attention"][0, 0].int().tolist() == [[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]]


def test_bounds_come_from_the_memory_that_is_free(model: Local) -> None:
    found = bounds_for(model.model, rows=8)
    assert found.rows == 8 and COLUMNS < found.tokens <= 8 * 2048
