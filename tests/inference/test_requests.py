"""Log-probabilities of a prompt's own ids, as evaluations ask for them, and texts that are gone on with."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.detokenizer import IncrementalDetokenizer
from orca2.core.types import Message
from orca2.inference.limits import EngineLimits
from orca2.inference.local import LocalModel
from orca2.inference.requests import GenerationRequest, RunningRequest, StreamChunk
from orca2.inference.sampling import SampledToken, Sampling
from orca2.inference.scheduler_thread import SchedulerThread
from orca2.models.transformers import load
from tests.templates import SHAPES, make_tokenizer


@pytest.fixture(scope="module")
def model(tiny: Path) -> LocalModel:
    return load(str(tiny), Path(), "cpu", dtype="fp32")


@pytest.fixture
def scheduler(model: LocalModel) -> Iterator[SchedulerThread]:
    made = SchedulerThread(model.model, model.chat, model.stop)
    yield made
    made.close()


def asked(ids: Sequence[int], most: int = 1, likeliest: int = 2) -> GenerationRequest:
    return GenerationRequest(ids, most, Sampling(logprobs=likeliest), prompt_logprobs=True, begins_turn=False)


def prompts(model: LocalModel, count: int) -> list[list[int]]:
    """Of many lengths, some with the same beginning."""
    return [model.chat.encode_text("One day " * (1 + 11 * (n % 4)) + f"there were {n} of them.") for n in range(count)]


def answers(scheduler: SchedulerThread, requests: Sequence[GenerationRequest]) -> list[list[StreamChunk]]:
    async def one(request: GenerationRequest) -> list[StreamChunk]:
        return [chunk async for _, chunk in scheduler.stream([request])]

    async def all_of_them() -> list[list[StreamChunk]]:
        return list(await asyncio.gather(*(one(request) for request in requests)))

    return asyncio.run(all_of_them())


def right(model: LocalModel, ids: Sequence[int], scored: Sequence[SampledToken], likeliest: int = 2) -> None:
    """What was told of a prompt is what the model says of it in one go."""
    logs = model.model(torch.tensor([list(ids)])).logits.detach()[0].float().log_softmax(-1)
    assert [one.id for one in scored] == list(ids)
    assert (scored[0].logprob, scored[0].likeliest) == (None, ())
    for place, one in enumerate(scored[1:]):
        assert one.logprob == pytest.approx(float(logs[place, one.id]), abs=1e-4)
        assert [value for _, value in one.likeliest] == pytest.approx(
            logs[place].topk(likeliest).values.tolist(), abs=1e-4
        )


@pytest.mark.parametrize(
    "limits",
    [
        EngineLimits(),
        EngineLimits(prefill_chunk=7),
        EngineLimits(rows=9, prefill_chunk=300, prefill_rows=9),
        EngineLimits(rows=5, tokens=1, prefill_chunk=40),
    ],
)
def test_prompts_are_scored_however_they_are_read(model: LocalModel, limits: EngineLimits) -> None:
    """In pieces, several in a call, and anew after the cache was full; amid others that are not scored."""
    scheduler = SchedulerThread(model.model, model.chat, model.stop, limits)
    texts = prompts(model, 14)
    try:
        found = answers(
            scheduler, [asked(ids, 1 + n % 3) if n % 3 else GenerationRequest(ids, 30) for n, ids in enumerate(texts)]
        )
    finally:
        scheduler.close()
    for n, (ids, chunks) in enumerate(zip(texts, found, strict=True)):
        if n % 3:
            right(model, ids, chunks[0].prompt)
        assert not any(chunk.prompt for chunk in chunks[1 if n % 3 else 0 :])


def test_a_row_that_waits_again_is_not_scored_twice(model: LocalModel) -> None:
    scheduler = SchedulerThread(model.model, model.chat, model.stop, EngineLimits(rows=5, prefill_chunk=50))
    core = scheduler.scheduler
    core._rows.cache.limit = 512  # type: ignore[attr-defined]  # columns: too few for all of them at once
    texts = prompts(model, 6)
    put_back: list[RunningRequest] = []
    before = core._preempt

    def counting() -> None:
        put_back.append((core._prefilling or core._running)[-1])
        before()

    core._preempt = counting  # type: ignore[method-assign]
    try:
        for ids, chunks in zip(texts, answers(scheduler, [asked(ids, 90) for ids in texts]), strict=True):
            right(model, ids, [one for chunk in chunks for one in chunk.prompt])
    finally:
        scheduler.close()
    assert put_back


def test_a_cache_has_no_logits(model: LocalModel, scheduler: SchedulerThread) -> None:
    """The same prompt again, once its cache is there, and beside a copy of itself."""
    ids = prompts(model, 4)[3]
    answers(scheduler, [GenerationRequest(ids, 5)])
    for chunks in answers(scheduler, [asked(ids)] * 3):
        right(model, ids, chunks[0].prompt)
        assert chunks[-1].reused == 0


@pytest.mark.parametrize("scored", [True, False])
def test_with_no_tokens_a_prompt_is_only_read(model: LocalModel, scheduler: SchedulerThread, scored: bool) -> None:
    texts = prompts(model, 5)
    requests = [asked(ids, 0) if scored else GenerationRequest(ids, 0) for ids in texts]
    for ids, chunks in zip(texts, answers(scheduler, [*requests, GenerationRequest(texts[0], 3)]), strict=False):
        assert len(chunks) == 1
        chunk = chunks[0]
        assert (chunk.text, chunk.sampled, chunk.tokens, chunk.finish) == ("", (), 0, "length")
        if scored:
            right(model, ids, chunk.prompt)


def test_one_id_has_nothing_before_it(model: LocalModel, scheduler: SchedulerThread) -> None:
    (chunk,) = answers(scheduler, [asked([7])])[0]
    assert chunk.prompt == (SampledToken(7),) and chunk.tokens == 1


def test_the_id_that_ends_an_answer_is_told_apart(model: LocalModel) -> None:
    ids = prompts(model, 1)[0]
    first = SchedulerThread(model.model, model.chat, ())
    new = [one.id for chunk in answers(first, [asked(ids, 6)])[0] for one in chunk.sampled]
    first.close()
    ending = SchedulerThread(model.model, model.chat, [new[3]])
    chunks = answers(ending, [asked(ids, 6)])[0]
    ending.close()
    assert [one.id for chunk in chunks for one in chunk.sampled] == new[: new.index(new[3])]
    ended = chunks[-1].ended
    assert ended is not None and ended.id == new[3] and ended.logprob is not None


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_a_text_that_is_gone_on_with_keeps_its_spaces(shape: str) -> None:
    """A SentencePiece tokenizer leaves out the space that begins a text; within one it is there."""
    chat = ChatCodec(make_tokenizer(shape))
    ids = chat.encode_text("So the answer is seven plus one.")
    whole = chat.decode(ids)
    for cut in range(1, len(ids)):
        reader = IncrementalDetokenizer(chat, before=ids[:cut])
        text = "".join([*(reader.add(token) for token in ids[cut:]), reader.rest()])
        assert chat.decode(ids[:cut]) + text == whole


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_an_unfinished_message_is_what_the_template_writes_up_to_its_end(shape: str) -> None:
    """As `transformers` has it with continue_final_message; the text's ids follow those of the prompt."""
    tokenizer = make_tokenizer(shape)
    chat = ChatCodec(tokenizer)
    said: list[Any] = [Message("user", "What is seven plus one?"), Message("assistant", "Let's think: 7 + 1")]
    found = chat.encode_unfinished(said)
    settled = [{"role": one.role, "content": one.content} for one in said]
    text = tokenizer.apply_chat_template(settled, tokenize=False, continue_final_message=True)
    shown = tokenizer.decode(found, skip_special_tokens=False)
    assert shown.replace(" ", "").endswith(text.replace(" ", ""))
    assert text.endswith("Let's think: 7 + 1")
    assert chat.encode_unfinished([*said[:1], Message("assistant", "<|im_end|> <eos> </s>")])[-1] != chat.end
