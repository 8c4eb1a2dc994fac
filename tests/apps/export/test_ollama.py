"""A Modelfile's template writes what the chat template writes; read here by a small part of Go's template language."""

import copy
import re
from typing import Any

import pytest

from orca2.apps.export._ollama import default_system, form_of, modelfile
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.preparing import ensure_chat_template
from orca2.core.types import Message
from tests.templates import CHATML, SHAPES, make_tokenizer

REGULAR = ("orca2", "llama3", "qwen", "chatml not special")
TURNS = [
    Message("user", "Why?"), Message("assistant", "So."), Message("user", "{{ .Role }} and then?"),
    Message("assistant", "Then that."), Message("user", "Thanks."),
]  # fmt: skip


def rendered(template: str, messages: list[Message]) -> str:
    """`range .Messages`, `if eq .Role "..."`, `.Content`, `end`; every other action is an error."""
    start, _, rest = template.partition("{{ range .Messages }}")
    body, _, last = rest.rpartition("{{ end }}")
    assert "{{" not in start + last
    said = start
    for message in messages:
        cases = re.findall(r'{{ if eq \.Role "(\w+)" }}(.*?){{ \.Content }}(.*?){{ end }}', body, re.DOTALL)
        assert "".join(f'{{{{ if eq .Role "{r}" }}}}{a}{{{{ .Content }}}}{b}{{{{ end }}}}' for r, a, b in cases) == body
        said += "".join(before + message.content + after for role, before, after in cases if role == message.role)
    return said + last


def ours(chat: ChatCodec, messages: list[Message]) -> str:
    shown = [{"role": message.role, "content": message.content} for message in messages]
    return str(chat.tokenizer.apply_chat_template(shown, tokenize=False, add_generation_prompt=True))


@pytest.mark.parametrize("default", [None, "Be careful.\nSay so."])
@pytest.mark.parametrize("name", REGULAR)
def test_the_same_prompt(name: str, default: str | None) -> None:
    tokenizer = make_tokenizer(name)
    kept = tokenizer.chat_template
    if default:
        tokenizer.chat_template = ChatCodec(tokenizer).with_default(default)
    try:
        chat = ChatCodec(tokenizer)
        text = modelfile(chat, "it.gguf", 2048)
        assert text is not None
        found = re.fullmatch(
            r'FROM \./it\.gguf\nTEMPLATE """(.*?)"""\n(?:SYSTEM """(.*?)"""\n)?PARAMETER stop "(.*?)"\n'
            r"PARAMETER temperature 0\nPARAMETER num_ctx 2048\n",
            text, re.DOTALL,
        )  # fmt: skip
        assert found is not None
        template, system, stop = found.groups()
        assert stop == SHAPES[name].end
        assert system == (default or {"qwen": "You are Qwen."}.get(name))
        for count in (1, 3, 5):
            given = TURNS[:count]
            filled = [Message("system", system), *given] if system else given  # as Ollama fills SYSTEM in
            starts = chat.bos_text if ours(chat, given).startswith(chat.bos_text) else ""
            assert starts + rendered(template, filled) == ours(chat, given)
            with_one = [Message("system", "Another."), *given]
            assert starts + rendered(template, with_one) == ours(chat, with_one)
    finally:
        tokenizer.chat_template = kept


@pytest.mark.parametrize("name", [name for name in SHAPES if name not in REGULAR])
def test_a_template_of_another_form_gets_none(name: str) -> None:
    assert modelfile(ChatCodec(make_tokenizer(name)), "it.gguf", 2048) is None


def test_a_template_that_writes_the_date_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Modelfile would say the day of its making for ever."""
    tokenizer: Any = make_tokenizer("qwen")
    dated = "{{ '<|im_start|>system\nToday: ' + strftime_now('%d %b %Y') + '<|im_end|>\n' }}" + CHATML
    monkeypatch.setattr(tokenizer, "chat_template", dated)
    assert modelfile(ChatCodec(tokenizer), "it.gguf", 2048) is None
    monkeypatch.setattr(tokenizer, "chat_template", dated.replace("strftime_now('%d %b %Y')", "'26 Jul 2024'"))
    assert "Today: 26 Jul 2024" in (modelfile(ChatCodec(tokenizer), "it.gguf", 2048) or "")


def test_a_text_that_cannot_be_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer: Any = make_tokenizer("orca2")
    monkeypatch.setattr(tokenizer, "chat_template", ChatCodec(tokenizer).with_default('Say """so""".'))
    chat = ChatCodec(tokenizer)
    assert form_of(chat) is not None and default_system(chat) == 'Say """so""".'
    assert modelfile(chat, "it.gguf", 2048) is None


@pytest.mark.parametrize("name", ["qwen", "llama3"])
def test_a_student_that_thinks_has_its_thought_apart(name: str) -> None:
    """The marks stand around `.Thinking`, from where Ollama reads them, in the last answer only."""
    tokenizer = copy.deepcopy(make_tokenizer(name))
    plain = form_of(ChatCodec(tokenizer))
    ensure_chat_template(None, tokenizer, "added")
    form = form_of(ChatCodec(tokenizer))
    assert plain is not None and form is not None and form.thought == ("<think>\n", "\n</think>\n\n")
    thought = "{{ if and .Thinking (eq (len (slice $.Messages $i)) 1) }}<think>\n{{ .Thinking }}\n</think>\n\n{{ end }}"
    assert form.template().count(thought) == 1
    without = form.template().replace(thought, "").replace("range $i, $_ := .Messages", "range .Messages")
    assert without == plain.template()
