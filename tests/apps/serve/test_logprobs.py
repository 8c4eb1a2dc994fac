"""What evaluations by log-likelihood ask for: prompts said again with the log-probabilities of their own tokens."""

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from orca2.apps.serve._logprobs import LegacyLogprobs
from orca2.apps.serve._served import Served
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.inference.local import LocalModel
from orca2.inference.requests import StreamChunk
from orca2.inference.sampling import SampledToken
from orca2.models.transformers import load
from tests.serving import Running, start
from tests.templates import SHAPES, make_tokenizer

TEXT = "Monday, Tuesday, Wednesday: 漢字 👩‍🚀 <|im_end|> and so on"


@pytest.fixture(scope="module")
def server(tiny: Path) -> Iterator[Running]:
    running = start(tiny, "--device", "cpu", "--dtype", "fp32")
    yield running
    running.process.terminate()
    assert running.process.wait(60) == 0


@pytest.fixture(scope="module")
def model(tiny: Path) -> LocalModel:
    return load(str(tiny), Path(), "cpu", dtype="fp32")


def complete(server: Running, prompt: Any, **more: Any) -> Any:
    sent = {"model": "tiny-llama", "max_tokens": 1, "temperature": 0, "logprobs": 1, "echo": True, **more}
    return server.client.completions.create(prompt=prompt, **sent)


def lists(choice: Any) -> list[tuple[str, float | None, dict[str, float] | None, int]]:
    """The four lists of a choice as one, token by token."""
    told = choice.logprobs
    return list(zip(told.tokens, told.token_logprobs, told.top_logprobs, told.text_offset, strict=True))


def own(model: LocalModel, ids: list[int]) -> list[float]:
    """The log-probability of each id but the first, by the model in one go."""
    logs = model.model(torch.tensor([ids])).logits.detach()[0].float().log_softmax(-1)
    return [float(logs[place, token]) for place, token in enumerate(ids[1:])]


def test_a_prompt_is_said_again_with_its_logprobs(server: Running, model: LocalModel) -> None:
    ids = model.chat.encode_text(TEXT)
    reply = complete(server, TEXT)
    choice = reply.choices[0]
    assert choice.text.startswith(TEXT) and choice.finish_reason in ("stop", "length")
    told = lists(choice)
    assert len(told) == len(ids) + 1 == reply.usage.total_tokens
    assert told[0][1:] == (None, None, 0)
    assert [one[1] for one in told[1 : len(ids)]] == pytest.approx(own(model, ids), abs=1e-4)
    for text, logprob, likeliest, _ in told[1:]:
        assert likeliest is not None and likeliest[text] >= logprob - 1e-6 and 1 <= len(likeliest) <= 2


def test_texts_and_ids_alone_and_in_lists_are_the_same_prompt(server: Running, model: LocalModel) -> None:
    other = "One, two"
    ids, more = model.chat.encode_text(TEXT), model.chat.encode_text(other)
    by_text = lists(complete(server, TEXT).choices[0])
    for prompt in ([TEXT], ids, [ids]):
        choice = complete(server, prompt).choices[0]
        assert choice.text.startswith(TEXT)
        assert [one[0] for one in lists(choice)] == [one[0] for one in by_text]
        assert [one[1] for one in lists(choice)[1:]] == pytest.approx([one[1] for one in by_text[1:]], abs=1e-4)
    for both in ([TEXT, other], [ids, more]):
        choices = complete(server, both, n=2).choices
        assert [choice.index for choice in choices] == [0, 1, 2, 3]
        assert [choice.text.startswith(other) for choice in choices] == [False, False, True, True]
        assert [len(lists(choice)) for choice in choices] == [len(ids) + 1] * 2 + [len(more) + 1] * 2


def test_what_the_model_would_write_is_the_likeliest(server: Running, model: LocalModel) -> None:
    """And nothing else: evaluations ask whether a continuation is the greedy one by comparing for equality."""
    ids = model.chat.encode_text(TEXT)
    first = len(ids)
    for _ in range(5):
        ids.append(int(model.model(torch.tensor([ids])).logits[0, -1].argmax()))
    for prompt, greedy in ((ids, True), ([*ids[:-1], ids[-1] - 1], False)):
        told = lists(complete(server, [prompt], max_tokens=1).choices[0])[first:-1]
        assert all(logprob == max((likeliest or {}).values()) for _, logprob, likeliest, _ in told) == greedy


@pytest.mark.parametrize("logprobs", [None, 0, 1, 5])
@pytest.mark.parametrize("most", [0, 1, 4])
def test_echo_with_any_number_of_tokens_and_likeliest(server: Running, logprobs: int | None, most: int) -> None:
    reply = complete(server, TEXT, max_tokens=most, logprobs=logprobs)
    choice = reply.choices[0]
    assert reply.usage.completion_tokens <= most
    if most == 0:
        assert (choice.text, choice.finish_reason, reply.usage.completion_tokens) == (TEXT, "length", 0)
    plain = complete(server, TEXT, max_tokens=most, logprobs=logprobs, echo=False)
    assert choice.text == TEXT + plain.choices[0].text
    if logprobs is None:
        assert choice.logprobs is None
        return
    fewest = 1  # ids of one text, such as halves of a character, share its place
    assert all(fewest <= len(one[2] or ()) <= logprobs + 1 for one in lists(choice)[1:])
    assert len(lists(choice)) == reply.usage.total_tokens
    assert len(lists(plain.choices[0])) == plain.usage.completion_tokens


@pytest.mark.parametrize("as_ids", [False, True])
def test_a_stream_says_the_same(server: Running, model: LocalModel, as_ids: bool) -> None:
    prompt: Any = [[*model.chat.encode_text(TEXT), 2]] if as_ids else TEXT
    whole = complete(server, prompt, max_tokens=5).choices[0]
    chunks = list(complete(server, prompt, max_tokens=5, stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].usage.completion_tokens <= 5
    choices = [chunk.choices[0] for chunk in chunks[:-1]]
    assert "".join(choice.text for choice in choices) == whole.text
    streamed = [one for choice in choices for one in lists(choice)]
    assert [(one[0], one[3]) for one in streamed] == [(one[0], one[3]) for one in lists(whole)]
    assert [one[1] or 0 for one in streamed] == pytest.approx([one[1] or 0 for one in lists(whole)], abs=1e-4)
    assert choices[-1].finish_reason == whole.finish_reason


def test_offsets_say_where_a_tokens_text_begins(server: Running, model: LocalModel) -> None:
    """Whole characters stand at their offset, control tokens of ids too; the parts of one begin together."""
    for prompt in (TEXT, [*model.chat.encode_text("One"), 2, *model.chat.encode_text(" two 漢字")]):
        for more in ({}, {"echo": False}):
            choice = complete(server, prompt, max_tokens=6, **more).choices[0]
            told = lists(choice)
            offsets = [one[3] for one in told]
            assert offsets[0] == 0 and offsets == sorted(offsets) and offsets[-1] <= len(choice.text)
            for text, _, _, offset in told:
                if "\ufffd" not in text and text not in ("<|im_end|>", "<|endoftext|>"):
                    assert choice.text[offset:].startswith(text), (text, offset)
    choice = complete(
        server, [*model.chat.encode_text("One"), 2, *model.chat.encode_text(" two")], max_tokens=0
    ).choices[0]
    assert choice.text == "One<|im_end|> two" and choice.logprobs.text_offset == [0, 3, 13]


@pytest.mark.slow
def test_the_token_that_ends_an_answer_counts(tiny: Path, model: LocalModel, tmp_path: Path) -> None:
    """An evaluation asks for one token and drops it; if that ends the turn at once it must be there too."""
    ids = model.chat.encode_text(TEXT)
    following = int(model.model(torch.tensor([ids])).logits[0, -1].argmax())
    folder = tmp_path / "tiny-llama"
    shutil.copytree(tiny, folder)
    settings = json.loads((folder / "generation_config.json").read_text())
    (folder / "generation_config.json").write_text(json.dumps({**settings, "eos_token_id": [2, following]}))
    ending = start(folder, "--device", "cpu", "--dtype", "fp32")
    try:
        for more in ({}, {"echo": False}):
            choice = complete(ending, TEXT, max_tokens=3, **more).choices[0]
            told = lists(choice)
            assert choice.finish_reason == "stop" and choice.text == ("" if more else TEXT)
            assert len(told) == (1 if more else len(ids) + 1)
            assert told[-1][0] == model.tokenizer.decode([following]) and told[-1][3] == len(choice.text)
            assert told[-1][2] == {told[-1][0]: told[-1][1]}
    finally:
        ending.process.terminate()
        assert ending.process.wait(60) == 0


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_token_texts_add_up_with_any_tokenizer(shape: str) -> None:
    """SentencePiece's too, which writes the space in front of a word as part of it and leaves out the first one."""
    tokenizer = make_tokenizer(shape)
    chat = ChatCodec(tokenizer)
    served = Served.__new__(Served)
    served.chat, served._anchor, served._texts = chat, chat.encode_text("a")[-1], {}
    text = "So the answer is seven plus one."
    ids = chat.encode_text(text)
    told = LegacyLogprobs(served, ids, text, False).told(
        [StreamChunk("", prompt=tuple(SampledToken(token) for token in ids))]
    )
    for token, offset in zip(told["tokens"], told["text_offset"], strict=True):
        assert token in tokenizer.all_special_tokens or text[offset:].startswith(
            token.lstrip() if offset == 0 else token
        )
    assert "".join(t for t in told["tokens"] if t not in tokenizer.all_special_tokens).strip() == text


def test_of_two_tokens_with_one_text_the_likelier_stays() -> None:
    """So that a token which is not the likeliest never looks as if it were: each half of a character reads the same."""
    served: Any = SimpleNamespace(chat=None, token_text=lambda token: "\ufffd" if token < 3 else "x")
    told: dict[str, Any] = {"tokens": [], "token_logprobs": [], "top_logprobs": [], "text_offset": []}
    legacy = LegacyLogprobs.__new__(LegacyLogprobs)
    legacy._served = served
    legacy._add(told, SampledToken(2, -3.0, ((1, -0.1),)), 0)
    legacy._add(told, SampledToken(2, -math.inf, ((3, -0.1),)), 0)
    assert told["top_logprobs"] == [{"\ufffd": -0.1}, {"x": -0.1, "\ufffd": -9999.0}]
    json.dumps(told, allow_nan=False)


def test_what_does_not_fit_or_is_no_id(server: Running) -> None:
    def refused(**more: Any) -> Any:
        body = {"model": "tiny-llama", "echo": True, "logprobs": 1, **more}
        status, reply = server.raw("/v1/completions", json.dumps(body).encode())
        assert status == 400
        return reply["error"]

    assert refused(prompt=[5] * 2048, max_tokens=1)["code"] == "context_length_exceeded"
    assert (
        refused(prompt=[5, 10**6])["param"] == refused(prompt=[-1])["param"] == refused(prompt="")["param"] == "prompt"
    )
    whole = complete(server, [[5] * 2048], max_tokens=0)
    assert len(lists(whole.choices[0])) == 2048 and whole.usage.completion_tokens == 0
