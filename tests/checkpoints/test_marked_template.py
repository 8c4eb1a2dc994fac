"""A template rendered with marks: which text is whose."""

import pytest

from orca2.checkpoints.encoder import MARK
from orca2.checkpoints.marked_template import QUESTION, MarkedTemplate
from orca2.core.types import Message
from orca2.errors import ModelError
from tests.checkpoints.true_templates import tokenizer_of
from tests.templates import CHATML

TAKEN_OUT = (  # in the manner of R1: thoughts are taken out of the content, and there is no field for them
    "{% for m in messages %}{% set said = m['content'] %}{% if m['role'] == 'assistant' and '</think>' in said %}"
    "{% set said = said.split('</think>')[-1].lstrip('\n') %}{% endif %}"
    "{{ '<|im_start|>' + m['role'] + '\n' + said + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def marked(template: str) -> MarkedTemplate:
    return MarkedTemplate(tokenizer_of(template), template, None)


def test_contents_are_told_from_the_templates_text() -> None:
    found = marked(CHATML).segments([QUESTION, Message("assistant", " ! ")], add_generation_prompt=True)
    head, end = "<|im_start|>user\n", "<|im_end|>\n"
    assert found == [head, "0", f"{end}<|im_start|>assistant\n ", "1", f" {end}<|im_start|>assistant\n"]


@pytest.mark.parametrize("said", ["<think>\nlong way\n</think>\n\nb. ", "long way</think>b."])
def test_a_thought_in_a_content_goes_where_the_template_sends_it(said: str) -> None:
    turns = [QUESTION, Message("assistant", said), QUESTION]
    found = marked(TAKEN_OUT)
    segments = found.segments(turns, add_generation_prompt=True)
    assert segments[1::2] == ["0", "1", "2"] and "think" not in "".join(segments[::2])
    assert found.contents(turns) == ["?", "b.", "?", "", "long way", ""]


def test_a_template_that_knows_no_thoughts_leaves_them_in_the_content() -> None:
    turns = [QUESTION, Message("assistant", "<think>a</think>b")]
    found = marked(CHATML)
    assert found.form is None and found.contents(turns)[1] == "<think>a</think>b"
    assert found.segments([*turns[:1], Message("assistant", "b", "a")], False)[1::2] == ["0", "1"]


def test_what_is_typed_as_a_thought_by_a_user_is_text() -> None:
    turns = [Message("user", "<think>a</think>b")]
    found = marked(TAKEN_OUT)
    assert found.contents(turns)[0] == "<think>a</think>b" and found.segments(turns, False)[1::2] == ["0"]


def test_a_message_that_is_left_out() -> None:
    with pytest.raises(ModelError, match="leaves out a user message"):
        marked("{% for m in messages if m.role == 'system' %}{{ m.content }}{% endfor %}").segments([QUESTION], False)


def test_a_mark_is_no_content() -> None:
    assert MARK not in "".join(marked(CHATML).segments([Message("system", ""), QUESTION], True)[::2])
