"""The part of a response that is thinking, in every form that models and servers write it; it is never an answer.

A block may lack its opening mark, since many chat templates put that into the prompt; one that lacks its closing mark
was cut off while thinking. Marks: DeepSeek, Qwen (`<think>`), Magistral (`[THINK]`), Kimi (`◁think▷`), OpenThinker
(`<|begin_of_thought|>`), Command A (`<|START_THINKING|>`), Seed (`<seed:think>`), Gemma (`<|channel>thought`), and the
harmony channels of gpt-oss.
"""

import re

_NAMES = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|seed:think|analysis|internal_monologue"
_OPEN = re.compile(
    rf"<(?:{_NAMES})>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|START_THINKING\|>|<\|channel>thought\b", re.IGNORECASE
)
_CLOSE = re.compile(
    rf"</(?:{_NAMES})>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|END_THINKING\|>|<channel\|>", re.IGNORECASE
)
# harmony: each message is <|channel|>NAME<|message|>TEXT, and only the channel `final` speaks to the reader
_CHANNEL = re.compile(r"(?:<\|start\|>assistant)?<\|channel\|>\s?(\w+)[^<]{0,80}<\|message\|>")
_END = re.compile(r"<\|(?:end|return|call|im_end|eot_id|END_RESPONSE|START_RESPONSE|(?:begin|end)_of_solution)\|>")
_STRIPPED = re.compile(r"\A\W{0,4}analysis(?=[A-Z\s]).*?assistantfinal(?=\W|[A-Z0-9])", re.DOTALL)


def without_thoughts(text: str) -> tuple[str, bool]:
    """What a response says outside of its thoughts, and whether it was cut off inside them.

    >>> without_thoughts("<think>5 or 6?</think>It is 6.")
    ('It is 6.', False)
    >>> without_thoughts("so 6.</think>6")
    ('6', False)
    >>> without_thoughts("<think>5 or")
    ('', True)
    """
    if "<|channel|>" in text:
        return _final_channel(text)
    if not ("<" in text or "[" in text or "◁" in text or "analysis" in text[:20]):
        return text, False
    if stripped := _STRIPPED.match(text):
        return text[stripped.end() :], False
    if closed := _last(_CLOSE, text):
        text = _outside(text, closed)
    elif opened := _OPEN.search(text):
        before = text[: opened.start()].strip()
        return before, not before
    return _END.sub("", text), False


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(pattern.finditer(text), key=lambda match: match.start(), default=None)


def _outside(text: str, closed: re.Match[str]) -> str:
    """What stands after the last thought, or before the first where nothing follows."""
    after = text[closed.end() :]
    if opened := _OPEN.search(after):
        after = after[: opened.start()]
    if after.strip():
        return after
    first = _OPEN.search(text)
    return text[: first.start()] if first else ""


def _final_channel(text: str) -> tuple[str, bool]:
    channels = list(_CHANNEL.finditer(text))
    ends = [*(channel.start() for channel in channels[1:]), len(text)]
    said = [text[c.end() : end] for c, end in zip(channels, ends, strict=True) if c[1] == "final"]
    return (_END.sub("", said[-1]), False) if said else ("", True)
