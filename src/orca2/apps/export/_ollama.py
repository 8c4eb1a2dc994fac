"""A Modelfile for Ollama: the chat template once more, as one of Go's, and the default system message."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.core.types import Message

SYSTEM, PROMPT, RESPONSE, FURTHER = "SYSTEM-0", "PROMPT-1", "RESPONSE-2", "PROMPT-3"  # contents to find again
QUOTES = '"""'


@dataclass(frozen=True, slots=True)
class Form:
    """What a regular chat template writes: at the start, before and after each role's content, before an answer; and
    before and after a thought, if it knows thoughts."""

    start: str
    around: Mapping[str, tuple[str, str]]
    opening: str
    thought: tuple[str, str] | None = None

    def text(self, messages: Sequence[Message]) -> str:
        turns = (message.content.join(self.around[message.role]) for message in messages)
        return self.start + "".join(turns) + self.opening

    def template(self) -> str:
        cases = (
            f'{{{{ if eq .Role "{role}" }}}}' + self._content(role).join(around) + "{{ end }}"
            for role, around in self.around.items()
        )
        each = "range .Messages" if self.thought is None else "range $i, $_ := .Messages"
        return f"{self.start}{{{{ {each} }}}}{''.join(cases)}{{{{ end }}}}{self.opening}"

    def _content(self, role: str) -> str:
        """A message's content, with the last answer's thought before it: by these marks Ollama tells the two apart."""
        if role != "assistant" or self.thought is None:
            return "{{ .Content }}"
        last = "{{ if and .Thinking (eq (len (slice $.Messages $i)) 1) }}"
        return last + "{{ .Thinking }}".join(self.thought) + "{{ end }}{{ .Content }}"


def modelfile(chat: ChatCodec, file: str, context: int) -> str | None:
    """The Modelfile's text; None where the template is not regular or writes the date, or a text cannot be quoted."""
    form = None if chat.dated else form_of(chat)
    system = default_system(chat) if form else None
    if form is None or QUOTES in form.template() + (system or ""):
        return None
    parts = [f"FROM ./{file}", f"TEMPLATE {QUOTES}{form.template()}{QUOTES}"]
    if system:
        parts.append(f"SYSTEM {QUOTES}{system}{QUOTES}")
    stop = json.dumps(_end(chat), ensure_ascii=False)
    return (
        "\n".join([*parts, f"PARAMETER stop {stop}", "PARAMETER temperature 0", f"PARAMETER num_ctx {context}"]) + "\n"
    )


def default_system(chat: ChatCodec) -> str | None:
    """The system message where none is given: ours, or the template's own."""
    if chat.default is not None:
        return chat.default
    with_one, without = _text(chat, [Message("system", SYSTEM), _asked(PROMPT)]), _text(chat, [_asked(PROMPT)])
    before, _, after = with_one.partition(SYSTEM)
    if len(without) < len(before) + len(after) or not (without.startswith(before) and without.endswith(after)):
        return None
    return without[len(before) : len(without) - len(after)]


def form_of(chat: ChatCodec) -> Form | None:
    """The template's form, if that writes three conversations of different kinds as the template does."""
    if chat.system != "turn":
        return None
    first = [Message("system", SYSTEM), _asked(PROMPT)]
    answered = [*first, Message("assistant", RESPONSE), _asked(FURTHER)]
    before_system, _, rest = _text(chat, first).partition(SYSTEM)
    after_system, _, last = rest.partition(PROMPT)
    answering, _, rest = _text(chat, answered).partition(PROMPT)[2].partition(RESPONSE)
    between = rest.partition(FURTHER)[0]
    before_prompt, ended = between[_ended(chat, between) :], _ended(chat, last)
    around = {
        "system": (before_system, after_system.removesuffix(before_prompt)),
        "user": (before_prompt, last[:ended]),
        "assistant": (answering[ended:], between.removesuffix(before_prompt)),
    }
    system, alone = default_system(chat), _text(chat, [_asked(PROMPT)])
    start = alone.partition(PROMPT)[0].removesuffix(before_prompt) if system is None else ""
    around["system"] = (before_system.removeprefix(start), around["system"][1])
    thoughts = chat.thought_form
    form = Form(start, around, last[ended:], (thoughts.opens, thoughts.closes) if thoughts else None)
    longer = [*answered, Message("assistant", "RESPONSE-4"), _asked("PROMPT-5")]
    unsaid = [_asked(PROMPT)] if system is None else [Message("system", system), _asked(PROMPT)]
    same = form.text(first) == _text(chat, first) and form.text(longer) == _text(chat, longer)
    parts = (*around.values(), form.thought or ())
    written = "".join((start, form.opening, *(part for pair in parts for part in pair)))
    return form if same and form.text(unsaid) == alone and "{{" not in written else None


def _ended(chat: ChatCodec, text: str) -> int:
    """Where the last token that ends a turn is over, with the white space after it; 0 where there is none."""
    before, found, after = text.rpartition(_end(chat))
    return len(before) + len(found) + len(after) - len(after.lstrip()) if found else 0


def _end(chat: ChatCodec) -> str:
    return str(chat.tokenizer.convert_ids_to_tokens(chat.end))


def _asked(text: str) -> Message:
    return Message("user", text)


def _text(chat: ChatCodec, messages: Sequence[Message]) -> str:
    """As the template writes it, without the token that llama.cpp itself puts in front."""
    shown = [{"role": message.role, "content": message.content} for message in messages]
    text = chat.tokenizer.apply_chat_template(shown, tokenize=False, add_generation_prompt=True)
    return str(text).removeprefix(chat.bos_text)
