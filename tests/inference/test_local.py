"""A local model against `transformers`' own generate, in float32, token for token."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.core.types import Completion, Message, Request
from orca2.errors import ModelError
from orca2.inference.local import LocalModel
from orca2.inference.sampling import Sampling
from orca2.models.transformers import load


def answers(model: LocalModel, requests: list[Request]) -> dict[int, Completion]:
    async def collect() -> dict[int, Completion]:
        return {index: completion async for index, completion in model.generate(requests)}

    return asyncio.run(collect())


def questions(count: int, most: int = 24) -> list[Request]:
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    return [
        Request((Message("system", ""), Message("user", " ".join(words[: 1 + i % 8]) + f" {i}?")), most - i % 5)
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def model(tiny: Path) -> LocalModel:
    return load(str(tiny), Path(), "cpu", dtype="fp32")


def test_batched_is_the_same_as_transformers_alone(model: LocalModel) -> None:
    requests = questions(20)
    found = answers(model, requests)
    assert sorted(found) == list(range(20))
    for index, request in enumerate(requests):
        ids = torch.tensor([model.chat.encode_prompt(request.messages)])
        theirs = model.model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=request.max_tokens, do_sample=False,
            eos_token_id=sorted(model.stop), pad_token_id=2,
        )[0, ids.shape[1] :].tolist()  # fmt: skip
        assert found[index].tokens_out == len(theirs)
        assert found[index].text == model.tokenizer.decode(theirs, skip_special_tokens=True).strip()
        assert found[index].finish_reason == ("stop" if theirs[-1] in model.stop else "length")


def test_one_answer_alone_says_the_same(model: LocalModel) -> None:
    request = questions(1)[0]
    ids = model.chat.encode_prompt(request.messages)
    new = [sampled.id for sampled in model.session().stream(ids, request.max_tokens, Sampling())]
    assert model.chat.decode_answer(new).text.strip() == answers(model, [request])[0].text


def test_rows_that_finish_leave_the_others_alone(model: LocalModel) -> None:
    requests = [Request(q.messages, 1 + i) for i, q in enumerate(questions(12))]
    together = answers(model, requests)
    for index, request in enumerate(requests):
        assert answers(model, [request])[0] == together[index]


def test_sampling_follows_its_seed_not_its_batch(model: LocalModel) -> None:
    requests = [Request(q.messages, 8, temperature=1.0, seed=i) for i, q in enumerate(questions(6))]
    together = answers(model, requests)
    assert answers(model, requests) == together
    assert answers(model, requests[3:4])[0].text == together[3].text
    other = [Request(q.messages, 8, temperature=1.0, seed=i + 100) for i, q in enumerate(questions(6))]
    assert [c.text for c in answers(model, other).values()] != [c.text for c in together.values()]


def test_a_prompt_longer_than_the_context_fails_alone(model: LocalModel) -> None:
    long = Request((Message("system", ""), Message("user", "word " * 40_000)), 8)
    found = answers(model, [*questions(2), long])
    assert found[2].finish_reason == "error" and "exceed" in (found[2].error or "")
    assert found[0].error is None and found[1].error is None


def test_an_answer_may_fill_the_context(model: LocalModel) -> None:
    """`max_tokens` is the most, not what there has to be room for."""
    request = Request((Message("user", "one two"),), 1 << 20)
    ids = len(model.chat.encode_prompt(request.messages))
    short = LocalModel("short", model.model, model.tokenizer)
    for room in (1, 7):
        short.context = ids + room
        found = answers(short, [request])[0]
        assert (found.finish_reason, found.tokens_out) == ("length", room)
    short.context = ids
    assert "exceed" in (answers(short, [request])[0].error or "")


@pytest.mark.slow
def test_the_name_changes_with_the_weights(tiny: Path, tmp_path: Path, model: LocalModel) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(tiny, copy)
    network = load(str(copy), Path(), "cpu", dtype="fp32").model  # packed layers have no names to save by
    with torch.no_grad():
        network.get_input_embeddings().weight.mul_(1.5)
    network.save_pretrained(copy)
    assert load(str(copy), Path(), "cpu").name.split()[1:] != model.name.split()[1:]


def test_a_folder_without_tokenizer(tiny: Path, tmp_path: Path, model: Any) -> None:
    model.model.save_pretrained(tmp_path / "bare")
    with pytest.raises(ModelError, match="has no tokenizer"):
        load(str(tmp_path / "bare"), Path())


def test_a_cache_that_is_kept_says_the_same(model: LocalModel, tiny: Path) -> None:
    kept, expected = load(str(tiny), Path(), "cpu", dtype="fp32"), answers(model, questions(20))
    kept.keeps_cache = True

    async def leave() -> None:
        async for _ in kept.generate(questions(20)):
            break

    for _ in range(2):
        assert answers(kept, questions(20)) == expected
        asyncio.run(leave())  # in the midst of its work
