"""The part of a response that is thinking, in every form that models and servers write it; it is never an answer.

A block may lack its opening mark, since many chat templates put that into the prompt; one that lacks its closing mark
was cut off while thinking. Marks: DeepSeek, Qwen (`<think>`), Magistral (`[THINK]`), Kimi (`◁think▷`), OpenThinker
(`<|begin_of_thought|>`), Command A (`<|START_THINKING|>`), Seed (`<seed:think>`), Gemma (`<|channel>thought`), and the
harmony channels of gpt-oss. A mark between backquotes is spoken of, and none.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_NAMES = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|seed:think|analysis|internal_monologue"
_OPEN = re.compile(
    rf"<(?:{_NAMES})>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|START_THINKING\|>|<\|channel>thought\b", re.IGNORECASE
)
_CLOSE = re.compile(
    rf"</(?:{_NAMES})>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|END_THINKING\|>|<channel\|>", re.IGNORECASE
)
# what a response begins with that was cut inside of its first mark; a single character may be an answer, such as `<`
_FIRST = (
    "<think>", "[THINK]", "◁think▷", "<|begin_of_thought|>", "<|START_THINKING|>", "<seed:think>", "<|channel>thought",
)  # fmt: skip
# harmony: each message is <|channel|>NAME<|message|>TEXT, and only the channel `final` speaks to the reader
_CHANNEL = re.compile(r"(?:<\|start\|>assistant)?<\|channel\|>\s?(\w+)[^<]{0,80}<\|message\|>")
_END = re.compile(r"<\|(?:end|return|call|im_end|eot_id|END_RESPONSE|START_RESPONSE|(?:begin|end)_of_solution)\|>")
_BEGUN = re.compile(r"\s*(?:<\|start\|>assistant)?<\|channel\|>\s?\w*[^<\n]{0,80}(?:<\|?\w*)?\Z")
# the same where the control tokens are gone from the text
_STRIPPED = re.compile(r"\A\W{0,4}analysis(?=[A-Z\s])(.*?)assistantfinal(?=\W|[A-Z0-9])", re.DOTALL)
_STRIPPED_CUT = re.compile(r"\A\W{0,4}analysis(?=[A-Z])")


class Split(NamedTuple):
    """A response taken apart: what it says to its reader, what it thinks, and whether it was cut off while thinking,
    before it said anything."""

    answer: str
    thought: str
    cut: bool = False


def split_thoughts(text: str) -> Split | None:
    """Answer and thought of a response; None for one without any mark of thinking, all of which is its answer.

    Of several thoughts the answer is what follows the last; where nothing does, what stands before the first.

    >>> split_thoughts("<think>5 or 6?</think>It is 6.")
    Split(answer='It is 6.', thought='5 or 6?', cut=False)
    >>> split_thoughts("so 6.</think>6")
    Split(answer='6', thought='so 6.', cut=False)
    >>> split_thoughts("<think>5 or")
    Split(answer='', thought='5 or', cut=True)
    """
    if "<|channel|>" in text and (split := _channels(text)) is not None:
        return split
    if stripped := _STRIPPED.match(text):
        return Split(text[stripped.end() :], stripped[1].strip())
    if cut := _STRIPPED_CUT.match(text):
        return Split("", text[cut.end() :].strip(), True)
    if not ("<" in text or "[" in text or "◁" in text):
        return None
    opens, closes = _marks(_OPEN, text), _marks(_CLOSE, text)
    if len(begun := text.strip()) > 1 and any(mark.startswith(begun) and mark != begun for mark in _FIRST):
        return Split("", "", True)
    if closes:
        start, end = _outside(text, opens, closes)
    elif opens:
        start, end = 0, opens[0].start()
    else:
        return None
    answer = _END.sub("", text[start:end])
    thoughts = (_unmarked(text[:start], opens, closes), _unmarked(text, opens, closes, end))
    answer = answer if closes else answer.strip()
    return Split(answer, "\n\n".join(filter(None, thoughts)), not closes and not answer)


def without_thoughts(text: str) -> tuple[str, bool]:
    """What a response says outside of its thoughts, and whether it was cut off inside them.

    >>> without_thoughts("<think>5 or")
    ('', True)
    """
    split = split_thoughts(text)
    return (_END.sub("", text), False) if split is None else (split.answer, split.cut)


def unmarked(thought: str) -> str:
    """A thought that came apart from the answer, without the marks that some servers leave in it."""
    return _unmarked(thought, _marks(_OPEN, thought), _marks(_CLOSE, thought))


def _marks(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """The marks in a text but for those that are spoken of: `<think>` between backquotes."""
    found = pattern.finditer(text)
    return [m for m in found if not (text[m.start() - 1 : m.start()] == "`" and text[m.end() : m.end() + 1] == "`")]


def _outside(text: str, opens: Sequence[re.Match[str]], closes: Sequence[re.Match[str]]) -> tuple[int, int]:
    """Where what stands after the last thought begins and ends, or before the first where nothing follows; nothing
    stands before one whose opening mark is missing."""
    closed = closes[-1].end()
    after = next((mark.start() for mark in opens if mark.start() >= closed), len(text))
    if text[closed:after].strip():
        return closed, after
    return 0, opens[0].start() if opens and opens[0].start() < closes[0].start() else 0


def _unmarked(text: str, opens: Sequence[re.Match[str]], closes: Sequence[re.Match[str]], start: int = 0) -> str:
    """What is left of a text from `start` on without its marks, piece by piece."""
    pieces, at = list[str](), start
    for mark in sorted((*opens, *closes), key=lambda mark: mark.start()):
        if start <= mark.start() and mark.end() <= len(text):
            pieces.append(text[at : mark.start()])
            at = mark.end()
    pieces.append(text[at:])
    return "\n\n".join(piece for piece in (_END.sub("", piece).strip() for piece in pieces) if piece)


def _channels(text: str) -> Split | None:
    """A response in harmony's channels; None for one that only speaks of them."""
    channels = list(_CHANNEL.finditer(text))
    if not channels:
        cut = _BEGUN.match(text)  # inside of the mark itself
        return Split("", "", True) if cut else None
    ends = [*(channel.start() for channel in channels[1:]), len(text)]
    spoken = [(c[1] == "final", text[c.end() : end]) for c, end in zip(channels, ends, strict=True)]
    # what comes before the first mark is the end of a thought that the prompt has begun
    thoughts = [text[: channels[0].start()], *(said for final, said in spoken if not final)]
    thought = "\n\n".join(filter(None, (_END.sub("", said).strip() for said in thoughts)))
    finals = [said for final, said in spoken if final]
    return Split(_END.sub("", finals[-1]), thought) if finals else Split("", thought, True)
