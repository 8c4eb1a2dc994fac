"""Students that know no thoughts get a form for them, as text or as tokens of their own, and keep all else."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_model, load_tokenizer
from orca2.checkpoints.preparing import ThinkTokens, ensure_chat_template
from orca2.core.types import Message
from tests.checkpoints.true_templates import names, template, tokenizer_of

ASKED = [Message("user", "What is seven plus one?")]
ANSWERS = [Message("assistant", "It is 8.", "7 + 1,\nso 8."), Message("assistant", "It is 8.")]
PLAIN = ["llama3", "llama3_1", "gemma3", "phi3", "qwen2_5", "cohere2", "lfm2", "qwen3_instruct_2507"]


def rendered(tokenizer: Any, messages: list[Message], **told: Any) -> str:
    turns = [
        {"role": m.role, "content": m.content} | ({"reasoning_content": m.reasoning} if m.reasoning else {})
        for m in messages
    ]
    return str(tokenizer.apply_chat_template(turns, tokenize=False, **told))


@pytest.mark.skipif(not names(), reason="trl is not installed")
@pytest.mark.parametrize("think_tokens", ["text", "added"])
@pytest.mark.parametrize("name", PLAIN)
def test_a_template_without_thoughts_gets_a_form_for_them(name: str, think_tokens: ThinkTokens) -> None:
    tokenizer = copy.deepcopy(tokenizer_of(template(name), tags=False))
    before, size = ChatCodec(tokenizer), len(tokenizer)
    ensure_chat_template(None, tokenizer, think_tokens)
    assert len(tokenizer) == size + (2 if think_tokens == "added" else 0)
    chat = ChatCodec(tokenizer)
    assert chat.thoughts is not None and chat.chooses and not chat.opens_thought()
    assert chat.encode_prompt(ASKED) == before.encode_prompt(ASKED)
    assert chat.encode_answer("It is 8.") == before.encode_answer("It is 8.")  # nothing is written of no thought
    for answer in ANSWERS:
        prompt, learned = chat.encode_lesson([*ASKED, answer])
        text = rendered(tokenizer, [*ASKED, answer])
        assert text.startswith(
            tokenizer.decode([*prompt, *learned]).removeprefix("" if text.startswith("<s>") else "<s>")
        )
        read = chat.decode_answer(learned[:-1], prompt)
        assert (read.text.strip(), read.reasoning) == (answer.content, answer.reasoning)
        if think_tokens == "added" and answer.reasoning:
            assert learned.count(tokenizer.convert_tokens_to_ids("</think>")) == 1
    turns = [*ASKED, ANSWERS[0], *ASKED]
    assert "so 8" not in rendered(tokenizer, turns, add_generation_prompt=True)
    assert chat.encode_prompt(turns) == before.encode_prompt([*ASKED, ANSWERS[1], *ASKED])
    opened = chat.encode_prompt(ASKED, thinking="on")
    assert chat.opens_thought(opened)
    assert rendered(tokenizer, ASKED, add_generation_prompt=True, enable_thinking=True) == rendered(
        tokenizer, ASKED, add_generation_prompt=True
    )  # which llama.cpp says unasked
    template_then = tokenizer.chat_template
    assert ensure_chat_template(None, tokenizer, think_tokens) == [] and tokenizer.chat_template == template_then


def test_the_default_system_message_stays_around_it() -> None:
    from tests.templates import CHATML

    tokenizer = copy.deepcopy(tokenizer_of(CHATML, tags=False))
    tokenizer.chat_template = ChatCodec(tokenizer).with_default("Be careful.")
    ensure_chat_template(None, tokenizer, "text")
    assert ChatCodec(tokenizer).default == "Be careful."
    assert rendered(tokenizer, [*ASKED, ANSWERS[0]]).endswith(
        "Be careful.<|im_end|>\n<|im_start|>user\nWhat is seven plus one?<|im_end|>\n<|im_start|>assistant\n<think>\n"
        "7 + 1,\nso 8.\n</think>\n\nIt is 8.<|im_end|>\n"
    )


@pytest.mark.skipif(not names(), reason="trl is not installed")
def test_a_prompt_that_closed_every_thought_leaves_it_to_the_student_now() -> None:
    tokenizer = copy.deepcopy(tokenizer_of(template("qwen3_5_nothink")))
    size = len(tokenizer)
    assert ensure_chat_template(None, tokenizer, "added") == [] and len(tokenizer) == size
    chat = ChatCodec(tokenizer)
    assert chat.chooses and chat.opens_thought()
    for answer in ANSWERS:
        prompt, learned = chat.encode_lesson([*ASKED, answer])
        assert tokenizer.decode([*prompt, *learned]) == rendered(tokenizer, [*ASKED, answer]).removesuffix("\n")
    closed = rendered(tokenizer, ASKED, add_generation_prompt=True, enable_thinking=False)
    assert closed.endswith("<think>\n\n</think>\n\n")


def test_added_tokens_get_rows_and_can_be_learned(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, tokenizer = load_model(str(tiny), torch.float32, torch.device("cpu")), load_tokenizer(str(tiny))
    assert ensure_chat_template(model, tokenizer, "added") == [4096, 4097]
    assert model.get_input_embeddings().weight.shape[0] == 4098
    assert "it knew no thoughts: they are written as <think> now, tokens of its own" in capsys.readouterr().err
