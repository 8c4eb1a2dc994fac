"""How a chat template writes a thought: what comes before it, between it and the answer, and where there is none.

Found by rendering one question with an answer, with and without a thought, and with thinking switched on and off. So
templates that take a thought as a field, in the content or not at all, and those whose prompt opens or closes it, all
come to one form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

# where a prompt ends: inside a thought that it opened, behind one that it closed, or before any
PromptEnd = Literal["open", "closed", "neutral"]
# whether the student thinks: as it likes, always, never
ThinkingMode = Literal["auto", "on", "off"]
THINKING: tuple[ThinkingMode, ...] = get_args(ThinkingMode)

# marks of templates that leave a thought out of what they write, by the models that have them
MARKS = (
    ("<think>", "</think>"),
    ("<|channel>thought", "<channel|>"),  # Gemma 4
    ("[THINK]", "[/THINK]"),  # Magistral, Ministral
    ("<seed:think>", "</seed:think>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),  # Command A
    ("◁think▷", "◁/think▷"),  # Kimi
    ("<|begin_of_thought|>", "<|end_of_thought|>"),  # OpenThinker
)
FIELDS = ("reasoning_content", "reasoning", "thinking")  # what templates call a message's thought


@dataclass(frozen=True, slots=True)
class ThoughtForm:
    """`opens` comes before a thought and `closes` between it and the answer, both with the white space around their
    marks. `empty` comes before an answer without one, `empty_open` where the prompt has opened one."""

    opens: str
    closes: str
    empty: str
    empty_open: str

    def end_of(self, tail: str) -> PromptEnd:
        """Where a prompt ends, by its text after the last message."""
        opened, closed = tail.rfind(self.opens.strip()), tail.rfind(self.closes.strip())
        return "neutral" if opened == closed else "open" if opened > closed else "closed"

    def mapped(self, change: Callable[[str], str]) -> "ThoughtForm":
        """The same with each text changed."""
        return ThoughtForm(*map(change, (self.opens, self.closes, self.empty, self.empty_open)))


def switches(thinking: ThinkingMode, effort: str = "") -> dict[str, bool | str]:
    """What templates are told of it, by both names that they have for it, and of an effort."""
    told = {} if thinking == "auto" else dict.fromkeys(("enable_thinking", "thinking"), thinking == "on")
    return {**told, **({"reasoning_effort": effort} if effort else {})}


def with_fields(message: Mapping[str, Any], thought: str) -> dict[str, Any]:
    """A message with its thought under every name that a template may look for."""
    return {**message, **dict.fromkeys(FIELDS, thought)} if thought else dict(message)


def find_thought_form(
    template: str, render: Callable[..., str | None], question: str, thought: str, answer: str
) -> ThoughtForm | None:
    """The form of a template; None where it knows nothing of thoughts.

    `render(message, **switches)` gives the text of a conversation, None if the template refuses it: the user's
    `question`, and an assistant's message after it, or with None the prompt for one. `thought` and `answer` are
    contents that can be told from all else.
    """

    def tail(message: Mapping[str, Any] | None, **told: bool | str) -> str:
        return (render(message, **told) or "").rpartition(question)[2]

    plain = {"role": "assistant", "content": answer}
    marks = next((pair for pair in MARKS if pair[1] in template), None)
    fields = tail(with_fields(plain, thought))
    if thought in fields:
        before, _, rest = fields.partition(thought)
    elif marks is None:
        return None
    else:
        tagged = tail({**plain, "content": f"{marks[0]}\n{thought}\n{marks[1]}\n\n{answer}"})
        before, _, rest = tagged.partition(thought) if thought in tagged else ("", "", "")
    between = rest.partition(answer)[0]
    prompts = [tail(None, **switches(thinking)) for thinking in ("auto", "on", "off")]
    names = marks or (before[len(prompts[0]) :].strip(), between.strip())
    header = _before_marks(prompts[0], names)
    opened = next((end for end in (prompt[len(header) :] for prompt in prompts) if _opens(end, names)), "")
    if before.startswith(header) and between:
        opens, closes = before[len(header) :], between
    else:  # the template leaves thoughts out: as its prompt opens one, or as most write one
        opens = opened or f"{names[0]}\n"
        space = "\n" if opens.endswith("\n") else ""
        closes = f"{space}{names[1]}{2 * space if names[1] == '</think>' else ''}"
    empty = _after(tail(plain).partition(answer)[0], header)
    off = _after(prompts[2], header)
    empty = empty or (off if names[1] in off else "")
    return ThoughtForm(opens, closes, empty, _closing(opened or opens, closes, empty))


def _before_marks(prompt: str, marks: tuple[str, str]) -> str:
    """A prompt's end up to the first mark in it."""
    places = [place for mark in marks if mark and (place := prompt.find(mark)) >= 0]
    return prompt[: min(places, default=len(prompt))]


def _opens(end: str, marks: tuple[str, str]) -> bool:
    return bool(marks[0]) and end.rstrip().endswith(marks[0])


def _after(text: str, header: str) -> str:
    return text[len(header) :] if text.startswith(header) else ""


def _closing(opened: str, closes: str, empty: str) -> str:
    """What closes a thought that was opened and is to stay empty, as the template's own empty one is closed."""
    if empty.startswith(opened):
        return empty[len(opened) :]
    place = empty.find(closes.strip())
    return empty[place:] if place >= 0 else closes
