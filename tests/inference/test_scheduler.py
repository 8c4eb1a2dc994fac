"""Continuous batching against one answer at a time, in float32, token for token."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Message
from orca2.inference.kv_cache.batched import COLUMNS
from orca2.inference.limits import EngineLimits, engine_limits
from orca2.inference.llama_rows import LlamaRows
from orca2.inference.local import LocalModel
from orca2.inference.model_rows import ModelRows
from orca2.inference.requests import GenerationRequest, RunningRequest, StreamChunk
from orca2.inference.rows import PlainRows
from orca2.inference.sampling import Sampling
from orca2.inference.scheduler import Scheduler
from orca2.inference.scheduler_thread import SchedulerThread
from orca2.models.transformers import load
from tests.laws import examples

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"]


@pytest.fixture(scope="module")
def model(tiny: Path) -> LocalModel:
    return load(str(tiny), Path(), "cpu", dtype="fp32")


@pytest.fixture
def scheduler(model: LocalModel) -> Iterator[SchedulerThread]:
    made = SchedulerThread(model.model, model.chat, model.stop)
    yield made
    made.close()


def question(model: LocalModel, index: int, words: int = 1) -> list[int]:
    return model.chat.encode_prompt([Message("user", " ".join(WORDS[: 1 + index % 8] * words) + f" {index}?")])


async def whole(scheduler: SchedulerThread, request: GenerationRequest) -> tuple[str, list[int], StreamChunk]:
    text, ids = "", []
    async for _, chunk in scheduler.stream([request]):
        text += chunk.text
        ids += [sampled.id for sampled in chunk.sampled]
    return text, ids, chunk


def together(scheduler: SchedulerThread, requests: list[GenerationRequest]) -> list[tuple[str, list[int], StreamChunk]]:
    async def go() -> list[tuple[str, list[int], StreamChunk]]:
        return list(await asyncio.gather(*(whole(scheduler, request) for request in requests)))

    return asyncio.run(go())


def alone(model: LocalModel, request: GenerationRequest) -> list[int]:
    """What `transformers` makes of a prompt, up to the id that ends it."""
    ids = torch.tensor([request.ids])
    new = model.model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=request.max_tokens, do_sample=False,
        eos_token_id=sorted(model.stop), pad_token_id=2,
    )[0, ids.shape[1] :].tolist()  # fmt: skip
    return [token for token in new if token not in model.stop]


def test_many_at_once_say_what_each_says_alone(model: LocalModel, scheduler: SchedulerThread) -> None:
    requests = [GenerationRequest(question(model, i, words=1 + 9 * (i % 3)), 5 + 7 * (i % 6)) for i in range(24)]
    for request, (_, ids, last) in zip(requests, together(scheduler, requests), strict=True):
        assert ids == alone(model, request)
        assert last.tokens == len(ids) + (last.finish == "stop")
        assert last.finish == ("length" if len(ids) == request.max_tokens else "stop")


@pytest.mark.slow
def test_few_rows_small_chunks_and_a_full_cache_change_nothing(model: LocalModel) -> None:
    limits = EngineLimits(rows=5, tokens=1, prefix_tokens=100, prefill_chunk=7)  # the least cache: one context
    scheduler = SchedulerThread(model.model, model.chat, model.stop, limits)
    requests = [GenerationRequest(question(model, i, words=60), 350 + i) for i in range(6)]
    try:
        assert scheduler.scheduler._max_tokens == 2048
        for request, (_, ids, last) in zip(requests, together(scheduler, requests), strict=True):
            assert ids == alone(model, request)
            assert last.finish in ("length", "stop")
        cache = scheduler.scheduler._rows.cache
        assert cache.rows * cache.width <= 2048
    finally:
        scheduler.close()


def test_prompts_read_together_say_what_each_says_alone(model: LocalModel) -> None:
    """Of several lengths; some whose beginnings are alike wait for the first of them."""
    scheduler = SchedulerThread(
        model.model, model.chat, model.stop, EngineLimits(rows=9, tokens=9 * 640, prefill_chunk=400, prefill_rows=9)
    )
    calls: list[int] = []
    core = scheduler.scheduler
    read = core._read
    core._read = lambda rows, most: calls.append(len(rows)) or read(rows, most)  # type: ignore[method-assign, func-returns-value]
    requests = [GenerationRequest(question(model, i, words=1 + 9 * (i % 3)), 5 + 7 * (i % 6)) for i in range(24)]
    try:
        for request, (_, ids, _) in zip(requests, together(scheduler, requests), strict=True):
            assert ids == alone(model, request)
        assert max(calls) > 2
        copies = together(scheduler, [GenerationRequest(question(model, 7, words=40), 6)] * 4)
        assert [last.reused for _, _, last in copies[1:]] == [len(question(model, 7, words=40)) - 1] * 3
        assert len({tuple(ids) for _, ids, _ in copies}) == 1
    finally:
        scheduler.close()


def test_who_leaves_while_prompts_are_read_leaves_the_others_as_they_are(model: LocalModel) -> None:
    limits = EngineLimits(rows=9, tokens=9 * 640, prefill_chunk=300, prefill_rows=9)
    scheduler = Scheduler(model.model, model.stop, limits)
    said: dict[int, list[int]] = {index: [] for index in range(5)}
    requests = [
        GenerationRequest([300 + index, *question(model, index, words=12)], 9) for index in said
    ]  # none begins alike
    rows = [
        RunningRequest(request, lambda chunk, index=index: said[index].extend(one.id for one in chunk.sampled))
        for index, request in enumerate(requests)
    ]
    with torch.inference_mode():
        for row in rows:
            scheduler.add(row)
        while scheduler._waiting:
            assert scheduler._admit()
        scheduler._read(rows[:1], 5)
        rows[0].cancelled = rows[3].cancelled = True
        scheduler.drop_cancelled()
        while not scheduler.idle:
            scheduler.step()
    for index in (1, 2, 4):
        assert said[index] == alone(model, requests[index])
    assert not said[0] and not said[3]


def test_a_drawn_answer_depends_on_its_seed_and_not_on_its_neighbours(
    model: LocalModel, scheduler: SchedulerThread
) -> None:
    requests = [
        GenerationRequest(question(model, 3), 12, Sampling(temperature=1.0, top_k=5, seed=seed)) for seed in (1, 2, 3)
    ]
    by_itself = [together(scheduler, [request])[0][1] for request in requests]
    others = [GenerationRequest(question(model, i), 3 + i, Sampling(temperature=2.0, seed=None)) for i in range(9)]
    assert [ids for _, ids, _ in together(scheduler, requests + others)[:3]] == by_itself
    assert len({tuple(ids) for ids in by_itself}) == 3


def test_a_conversation_and_copies_of_a_prompt_start_from_a_cache(
    model: LocalModel, scheduler: SchedulerThread
) -> None:
    first = GenerationRequest(question(model, 5, words=9), 10)
    _, ids, last = together(scheduler, [first])[0]
    assert last.reused == 0
    second = GenerationRequest([*first.ids, *ids, *question(model, 6)], 8)
    _, found, last = together(scheduler, [second])[0]
    assert last.reused == len(first.ids) + len(ids) - (1 if len(ids) == 10 else 0)
    assert found == alone(model, second)
    copies = together(scheduler, [GenerationRequest(question(model, 7, words=5), 6)] * 4)
    assert [last.reused for _, _, last in copies[1:]] == [len(question(model, 7, words=5)) - 1] * 3
    assert len({tuple(ids) for _, ids, _ in copies}) == 1


def test_a_stop_string_ends_an_answer_and_its_ids_are_left_out(model: LocalModel, scheduler: SchedulerThread) -> None:
    request = GenerationRequest(question(model, 2), 30)
    text, ids, _ = together(scheduler, [request])[0]
    stop = text[len(text) // 2 :][:5]
    cut, fewer, last = together(scheduler, [GenerationRequest(request.ids, 30, Sampling(stop=(stop,), logprobs=2))])[0]
    assert cut == text[: text.index(stop)] and last.finish == "stop"
    assert fewer == ids[: len(fewer)] and model.chat.decode(fewer).startswith(cut)
    assert last.tokens < 30


def test_logprobs_are_the_models_own(model: LocalModel, scheduler: SchedulerThread) -> None:
    request = GenerationRequest(question(model, 4), 4, Sampling(temperature=0.7, seed=5, logprobs=3))

    async def go() -> list[Any]:
        return [sampled async for _, chunk in scheduler.stream([request]) for sampled in chunk.sampled]

    ids = list(request.ids)
    for sampled in asyncio.run(go()):
        logs = model.model(torch.tensor([ids])).logits.detach()[0, -1].float().log_softmax(-1)
        assert sampled.logprob == pytest.approx(float(logs[sampled.id]), abs=1e-4)
        assert [token for token, _ in sampled.likeliest] == logs.topk(3).indices.tolist()
        ids.append(sampled.id)


def test_a_short_answer_does_not_wait_behind_long_ones(model: LocalModel) -> None:
    ended: list[int] = []
    with_one_row = SchedulerThread(model.model, model.chat, (), EngineLimits(rows=1))

    async def go() -> None:
        async def answer(index: int, most: int) -> None:
            await whole(with_one_row, GenerationRequest(question(model, index), most))
            ended.append(index)

        await asyncio.gather(*(answer(index, most) for index, most in enumerate([200, 200, 200, 4])))

    asyncio.run(go())
    with_one_row.close()
    assert [one for one in ended if one != 3] == [0, 1, 2] and ended.index(3) < 2  # the first may have begun before it


def test_who_leaves_is_dropped_at_once(model: LocalModel, scheduler: SchedulerThread) -> None:
    async def go() -> int:
        stream = scheduler.stream([GenerationRequest(question(model, 1), 1900)])
        async for _ in stream:
            break
        await stream.aclose()  # type: ignore[attr-defined]
        _, _, last = await whole(scheduler, GenerationRequest(question(model, 2), 5))
        while scheduler.load[0]:
            await asyncio.sleep(0.01)
        return last.tokens

    assert asyncio.run(go()) == 5
    assert scheduler.load[2] < 1000


def test_a_failure_is_told_and_the_next_one_is_served(
    model: LocalModel, scheduler: SchedulerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(LlamaRows, "prefill", lambda *a, **k: (_ for _ in ()).throw(MemoryError("no room")))
        text, _, last = together(scheduler, [GenerationRequest(question(model, 1), 5)])[0]
    assert (text, last.finish) == ("MemoryError: no room", "error")
    assert together(scheduler, [GenerationRequest(question(model, 1), 5)])[0][2].finish == "length"


def test_closing_ends_what_is_under_way(model: LocalModel) -> None:
    scheduler = SchedulerThread(model.model, model.chat, model.stop)
    ended, chunks = threading.Event(), []

    def take(chunk: StreamChunk) -> None:
        chunks.append(chunk)
        if chunk.finish:
            ended.set()

    scheduler.submit(GenerationRequest(question(model, 1), 1900), take)
    scheduler.close()
    assert ended.wait(10) and chunks[-1].finish == "error"


def test_what_cannot_fit_is_refused_before_it_waits(model: LocalModel, scheduler: SchedulerThread) -> None:
    for ids, most in (([], 5), ([1], -1), ([1] * 2000, 49)):
        with pytest.raises(ValueError, match="do not fit"):
            scheduler.submit(GenerationRequest(ids, most), lambda chunk: None)


batches = st.lists(
    st.tuples(
        st.sampled_from([[], list(range(100, 130)), list(range(100, 120)), list(range(500, 800))]),  # how some begin
        st.lists(st.integers(10, 4_000), min_size=1, max_size=60),
        st.integers(1, 12),
        st.sampled_from([0.0, 0.0, 0.9]),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


@pytest.mark.slow
@examples(15)
@given(
    asked=batches, rows=st.integers(1, 9), tokens=st.sampled_from([1, 32_768]), chunk=st.sampled_from([16, 400]),
    share=st.sampled_from([0.0, 0.6]), kind=st.sampled_from([LlamaRows, ModelRows, PlainRows]),
)  # fmt: skip
def test_a_batch_says_what_each_says_alone(
    model: LocalModel, asked: Any, rows: int, tokens: int, chunk: int, share: float, kind: Any
) -> None:
    """Greedy and drawn, whatever beginnings they share, on every kind of rows."""
    stop = set(range(0, 4_096, 7))

    def answers(requests: list[GenerationRequest], limits: EngineLimits, kind: Any) -> dict[int, list[int]]:
        scheduler, found = Scheduler(model.model, stop, limits), dict[int, list[int]]()
        scheduler._rows = kind(model.model, scheduler._max_tokens)
        for index, request in enumerate(requests):

            def told(chunk: StreamChunk, index: int = index) -> None:
                assert index not in found and chunk.finish
                found[index] = [one.id for one in (*chunk.sampled, *([chunk.ended] if chunk.ended else []))]

            scheduler.add(RunningRequest(request, told, priority=len(request.ids) + request.max_tokens))
        while not scheduler.idle:
            scheduler.step()
            assert scheduler.load[0] <= limits.rows
        return found

    requests = [
        GenerationRequest([*begins, *rest], most, Sampling(heat, seed=seed))
        for seed, (begins, rest, most, heat) in enumerate(asked)
    ]
    limits = EngineLimits(rows, tokens, 512, chunk, rows, batch=True, refill_share=share)
    found = answers(requests, limits, kind)
    alone = [answers([request], EngineLimits(1), PlainRows)[0] for request in requests]
    assert [found[index] for index in range(len(requests))] == alone


def test_a_batch_reads_a_shared_beginning_once(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = list(range(100, 140)), list(range(200, 240))
    asked = [[*one, 7], [*other, 8], [*one, 9, 10], [*other, 11, 12, 13], [*one, 7]]
    for kind in (LlamaRows, ModelRows):
        read, plain = list[int](), kind.prefill

        def prefill(self: Any, row: int, parts: Any, *rest: Any, plain: Any = plain, read: Any = read) -> Any:
            read += map(len, parts)
            return plain(self, row, parts, *rest)

        monkeypatch.setattr(kind, "prefill", prefill)
        for rows in (1, 8):  # also where the one that began so has ended by then
            scheduler = Scheduler(model.model, (), EngineLimits(rows, prefill_chunk=400, prefill_rows=8, batch=True))
            scheduler._rows = kind(model.model, 1 << 15)
            for ids in asked:
                scheduler.add(RunningRequest(GenerationRequest(ids, 3), lambda chunk: None, priority=len(ids)))
            while not scheduler.idle:
                scheduler.step()
            if rows == 8:
                assert sorted(read) == [1, 2, 3, 41, 41]
            read.clear()


def test_bounds_come_from_the_memory_that_is_free(model: LocalModel) -> None:
    found = engine_limits(model.model, rows=8)
    assert found.rows == 8 and COLUMNS < found.tokens <= 8 * 2048
