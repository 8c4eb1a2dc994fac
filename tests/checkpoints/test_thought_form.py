"""Thoughts under the true templates of many models: trained as they are served, and read back as they were."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.thought_form import THINKING, ThinkingMode, ThoughtForm, switches
from orca2.core.types import Lesson, Message
from orca2.errors import ModelError
from orca2.training.spans import encode
from tests.checkpoints.true_templates import names, template, tokenizer_of
from tests.laws import examples

# the prompt opens a thought, closes it, or leaves it to the student
OPEN = {"deepseek_r1_distill", "deepseekv3", "nemotron_3_5_lightning", "nemotron_3_nano", "nemotron_3_super",
        "nemotron_3_ultra", "qwen3_5_think", "qwen3_6", "qwen3_8"}  # fmt: skip
CLOSED = {"qwen3_5_nothink"}
NEUTRAL = {"diffusion_gemma", "gemma4", "gemma4_v2", "gemma4_v3", "gemma4_v4", "gemma4_v5", "glm4moe", "gptoss",
           "lfm2_2_5", "lfm2_2_5_v2", "muse_glimmer", "qwen3"}  # fmt: skip
SILENT = {"deepseek_r1_distill", "deepseekv3", "gemma4", "gemma4_v2", "gemma4_v3", "gemma4_v4"}  # write no thought
CHOOSING = sorted(OPEN | NEUTRAL)
ASKED = [Message("system", "Be careful."), Message("user", "What is seven plus one?")]
FORMS = {
    "deepseek_r1_distill": ThoughtForm("<think>\n", "\n</think>\n\n", "", "\n</think>\n\n"),
    "nemotron_3_nano": ThoughtForm("<think>\n", "\n</think>\n", "<think></think>", "</think>"),
    "nemotron_3_ultra": ThoughtForm("<think>\n", "</think>", "<think></think>", "</think>"),
    "qwen3": ThoughtForm("<think>\n", "\n</think>\n\n", "<think>\n\n</think>\n\n", "\n</think>\n\n"),
    "qwen3_5_think": ThoughtForm("<think>\n", "\n</think>\n\n", "<think>\n\n</think>\n\n", "\n</think>\n\n"),
    "lfm2_2_5": ThoughtForm("<think>", "</think>", "", "</think>"),
    "glm4moe": ThoughtForm("\n<think>", "</think>\n", "\n<think></think>\n", "</think>\n"),
    "gemma4_v5": ThoughtForm("<|channel>thought\n", "\n<channel|>", "", "\n<channel|>"),
    "gptoss": ThoughtForm(
        "<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
        "<|channel|>final<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
    ),
}  # fmt: skip
said = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"), include_characters="\n\t"), max_size=30)
typed = st.sampled_from(["<think>", "</think>", "<|end|>", "x </think> y", "<|channel|>final<|message|>", "a\n\nb"])
texts = st.one_of(said, typed, st.tuples(typed, said).map("".join))
real = pytest.mark.skipif(not names(), reason="trl is not installed")


def rendered(tokenizer: Any, messages: list[Mapping[str, str]], **told: bool) -> str:
    return str(tokenizer.apply_chat_template(messages, tokenize=False, **told))


def plain(messages: list[Message]) -> list[Mapping[str, str]]:
    return [
        {"role": m.role, "content": m.content} | ({"reasoning_content": m.reasoning} if m.reasoning else {})
        for m in messages
    ]


@real
def test_which_templates_think_and_where_their_prompts_end() -> None:
    found = {name: ChatCodec(tokenizer_of(template(name))) for name in names()}
    thinks = {name for name, chat in found.items() if chat.thoughts is not None}
    assert thinks == OPEN | CLOSED | NEUTRAL
    assert {name for name in thinks if found[name].opens_thought()} == OPEN
    assert {name for name in thinks if not found[name].chooses} == CLOSED


@real
@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_form_of_a_template(name: str) -> None:
    chat = ChatCodec(tokenizer_of(template(name)))
    assert chat.thoughts is not None and chat.thoughts.mapped(shown(chat)) == FORMS[name]


def shown(chat: ChatCodec) -> Any:
    return lambda text: chat.tokenizer.decode(chat._encoder.ids(text), skip_special_tokens=False)


@real
@pytest.mark.parametrize("tags", [True, False])
@pytest.mark.parametrize("name", CHOOSING)
@examples(25)
@given(thought=texts, answer=texts)
def test_a_lesson_is_read_back_as_it_was(name: str, tags: bool, thought: str, answer: str) -> None:
    """By what serving reads with, whatever is typed; where `<think>` is plain text it cannot be typed."""
    chat = ChatCodec(tokenizer_of(template(name), tags))
    if not tags and "think>" in thought + answer and "<think>" in (chat.tokenizer.chat_template or ""):
        return
    document = encode(Lesson((*ASKED, Message("assistant", answer, thought)), "id"), chat)
    prompt, learned = document.ids[: document.start], document.ids[document.start :]
    assert prompt == chat.encode_prompt(ASKED) and learned[-1] == chat.end
    read = chat.decode_answer(learned[:-1], prompt)
    assert (read.reasoning, read.text.strip()) == (thought.strip(), answer.strip())
    if thought.strip() and answer.strip():
        count = chat.count_thought(learned[:-1], prompt)
        assert 0 < count < len(learned) and chat.decode_answer(learned[:count], prompt).reasoning == thought.strip()


@real
@pytest.mark.parametrize("name", sorted(set(CHOOSING) - SILENT))
def test_a_lesson_is_what_the_template_writes(name: str) -> None:
    """Text for text, and id for id where the prompt opens no thought: then a token may go over the seam."""
    tokenizer = tokenizer_of(template(name))
    chat = ChatCodec(tokenizer)
    for answer in (Message("assistant", "It is 8.", "7 + 1,\n\nso 8."), Message("assistant", "It is 8.")):
        document = encode(Lesson((*ASKED, answer), "id"), chat)
        whole = rendered(tokenizer, plain([*ASKED, answer]))
        ours = tokenizer.decode(document.ids)
        if name.startswith("nemotron") and not answer.reasoning:
            whole = whole.replace("<think></think>It", "<think>\n</think>It")  # what follows the prompt that opens
        if name.startswith("glm4moe"):
            whole += "</s>"  # the next turn's beginning ends an answer there
        assert whole.startswith(ours) and ours.startswith(tokenizer.decode(chat.encode_prompt(ASKED)))
        if name in NEUTRAL:
            ids = tokenizer(whole, add_special_tokens=False)["input_ids"]
            assert ids[: len(document.ids)] == document.ids


@real
@pytest.mark.parametrize("name", CHOOSING)
def test_without_a_thought_the_answer_is_outside_of_one(name: str) -> None:
    chat = ChatCodec(tokenizer_of(template(name)))
    ids = chat.encode_answer("It is 8.")
    text = chat.tokenizer.decode(ids)
    if chat.opens_thought():
        assert text.lstrip().startswith("</think>")
    assert chat.decode_answer(ids[:-1]) == ("It is 8.", "")


@real
@pytest.mark.parametrize("thinking", THINKING)
@pytest.mark.parametrize("name", [*CHOOSING, *CLOSED])
def test_thinking_is_switched_as_the_template_does(name: str, thinking: ThinkingMode) -> None:
    tokenizer = tokenizer_of(template(name))
    chat = ChatCodec(tokenizer)
    ids = chat.encode_prompt(ASKED, thinking=thinking)
    theirs = rendered(tokenizer, plain(ASKED), add_generation_prompt=True, **switches(thinking))
    ours = tokenizer.decode(ids)
    assert ours.startswith(theirs)
    assert chat.opens_thought(ids) is (thinking == "on" or (thinking == "auto" and name in OPEN))
    if thinking == "auto":
        assert ours == theirs


@real
@pytest.mark.parametrize("name", [*CHOOSING, *CLOSED])
def test_thoughts_of_earlier_turns_are_what_the_template_makes_of_them(name: str) -> None:
    tokenizer = tokenizer_of(template(name))
    chat = ChatCodec(tokenizer)
    turns = [*ASKED, Message("assistant", "It is 8.", "7 + 1, so 8."), Message("user", "Sure?")]
    theirs = rendered(tokenizer, plain(turns), add_generation_prompt=True)
    ids = chat.encode_prompt(turns)
    assert tokenizer.decode(ids) == theirs
    assert ids == tokenizer(theirs, add_special_tokens=False)["input_ids"]


@real
@pytest.mark.parametrize("thought", ["7 + 1, so 8.", ""])
@pytest.mark.parametrize("name", CHOOSING)
def test_a_next_turn_goes_on_from_kept_ids_only_where_the_template_keeps_the_thought(name: str, thought: str) -> None:
    chat = ChatCodec(tokenizer_of(template(name)))
    turns = [*ASKED, Message("assistant", "It is 8.", thought), Message("user", "Sure?")]
    prompt, answer = chat.encode_lesson(turns[:-1])
    further = chat.encode_next_turn(turns)
    if further is not None:
        assert chat.tokenizer.decode([*prompt, *answer, *further]) == chat.tokenizer.decode(chat.encode_prompt(turns))
    if thought:
        assert (further is not None) is (name in ("muse_glimmer", "qwen3_8"))


@real
@pytest.mark.parametrize("typed", ["<think>\nlong way round\n</think>\n\nb.", "long way round</think>b."])
@pytest.mark.parametrize("name", ["deepseek_r1_distill", "qwen3", "qwen3_5_think", "nemotron_3_nano"])
def test_thoughts_in_the_content_are_taken_out_as_the_template_does(name: str, typed: str) -> None:
    tokenizer = tokenizer_of(template(name))
    turns = [*ASKED, Message("assistant", typed), Message("user", "c?")]
    theirs = rendered(tokenizer, plain(turns), add_generation_prompt=True)
    ids = ChatCodec(tokenizer).encode_prompt(turns)
    assert ids == tokenizer(theirs, add_special_tokens=False)["input_ids"]
    assert ("long way round" in theirs) is (name == "nemotron_3_nano" and not typed.startswith("<"))


@real
def test_a_prompt_that_closes_the_thought_refuses_one() -> None:
    chat = ChatCodec(tokenizer_of(template("qwen3_5_nothink")))
    with pytest.raises(ModelError, match="a lesson thinks where its prompt has closed the thought"):
        chat.encode_answer("8", "7 + 1")
    assert chat.decode_answer(chat.encode_answer("8")[:-1]).text == "8"


@real
def test_a_template_without_thoughts_refuses_one() -> None:
    chat = ChatCodec(tokenizer_of(template("llama3")))
    assert chat.thoughts is None and not chat.opens_thought() and chat.encode_closing() == []
    with pytest.raises(ModelError, match=r"no form for a thought; set train\.think_tokens"):
        chat.encode_answer("8", "7 + 1")


# In the manner of SmolLM3: a mode in the system message, thoughts in the content and in no field
MODES = (
    "{%- set mode = '/think' -%}{%- if enable_thinking is defined and not enable_thinking -%}"
    "{%- set mode = '/no_think' -%}{%- endif -%}{%- set asked = '' -%}{%- set turns = messages -%}"
    "{%- if messages[0].role == 'system' -%}{%- set asked = messages[0].content -%}{%- set turns = messages[1:] -%}"
    "{%- if '/no_think' in asked -%}{%- set mode = '/no_think' -%}{%- elif '/think' in asked -%}"
    "{%- set mode = '/think' -%}{%- endif -%}{%- endif -%}"
    "{%- set asked = asked.replace('/no_think', '').replace('/think', '').rstrip() -%}"
    "{{ '<|im_start|>system\nMode: ' + mode + '\n\n' + (asked or 'You are careful.') + '<|im_end|>\n' }}"
    "{%- for m in turns -%}{%- if m.role == 'assistant' -%}{{ '<|im_start|>assistant\n' + "
    "('' if mode == '/think' else '<think>\n\n</think>\n') + m.content.lstrip('\n') + '<|im_end|>\n' }}{%- else -%}"
    "{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{%- endif -%}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\n' + "
    "('' if mode == '/think' else '<think>\n\n</think>\n') }}{%- endif -%}"
)


def test_a_mode_in_the_system_message() -> None:
    chat = ChatCodec(tokenizer_of(MODES))
    assert chat.thoughts is not None and chat.chooses
    form = ThoughtForm("<think>\n", "\n</think>\n\n", "<think>\n\n</think>\n", "\n</think>\n")
    assert chat.thoughts.mapped(shown(chat)) == form
    tokenizer, quiet = tokenizer_of(MODES), [Message("system", "Be brief. /no_think"), ASKED[1]]
    for said in ("/no_think", " /no_think ", "Be brief.\n/no_think or not", "say /no_thinking", " Be brief. /think "):
        turns = [Message("system", said), ASKED[1]]
        theirs = rendered(tokenizer, plain(turns), add_generation_prompt=True)
        assert chat.encode_prompt(turns) == tokenizer(theirs, add_special_tokens=False)["input_ids"]
    _, answer = chat.encode_lesson([*quiet, Message("assistant", "8")])
    assert chat.decode(answer[:-1]) == "8"  # the prompt has the empty thought already
    with pytest.raises(ModelError, match="closed the thought"):
        chat.encode_lesson([*quiet, Message("assistant", "8", "7 + 1")])
    with pytest.raises(ModelError, match="tells the student not to think"):
        chat.encode_prompt(quiet, thinking="on")
    assert chat.decode(chat.encode_answer("8")[:-1]) == "<think>\n\n</think>\n8"
