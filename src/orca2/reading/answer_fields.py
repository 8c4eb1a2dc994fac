"""The answer field of a response that is written in JSON, fenced or not, before or after prose.

Models break JSON in a few ways of their own: line breaks and quotes inside strings, LaTeX with single backslashes,
Python's quotes. Where an object does not parse, its field is looked for in the text.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_NAMES = (
    "finalanswer", "correctanswer", "answer", "ans", "finalresult", "finaloutput", "finalchoice", "finallabel",
    "result", "output", "label", "labels", "choice", "option", "selectedoption", "correctoption", "prediction",
    "predicted", "predictedlabel", "solution", "category", "classification", "class", "sentiment", "verdict",
    "decision", "conclusion", "value", "response", "final",
)  # fmt: skip
# of two fields the earlier name here counts
_RANK = {name: rank for rank, name in enumerate(_NAMES)}
_NO_ANSWER = re.compile(r"reason|explan|rational|confiden|steps?$|thought|question|type|score")
_OBJECT = re.compile(r"\{\s{0,20}[\"'\u201c]?[A-Za-z][\w \-]{0,40}[\"'\u201d]?\s{0,5}:")
_FIELD = re.compile(
    r"(?:[{,]|[\"'\u201d\]}0-9]\s{0,3}\n)\s{0,20}[\"'\u201c]([A-Za-z][\w \-]{0,40})[\"'\u201d]\s{0,5}:\s{0,20}"
)
_FIELD_ENDS = {quote: re.compile(rf"{quote}\s{{0,20}}(?=\}}|,?\s{{0,20}}[\"'][A-Za-z][\w \-]{{0,40}}[\"']\s{{0,5}}:)")
               for quote in "\"'"}  # fmt: skip
_BARE_VALUE = re.compile(r"[^,}\n]{1,200}(?=[,}\n])")
_PLACEHOLDER = re.compile(
    r"_{2,}|[\[<]?\s?\.\.\.\s?[\]>]?|<[^<>]{1,60}>|your (?:final )?answer(?: here)?|\.\.\.", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|[a-zA-Z]+|.)", re.DOTALL)
# LaTeX that begins as an escape of JSON does
_LATEX = re.compile(
    r"frac|forall|text|times|tan|theta|tau|to|tfrac|triangle|boxed|begin|beta|bar|binom|big|bmod|bullet|rho|right|"
    r"rangle|rfloor|rceil|neq|notin|nabla|fbox|top"
)
_TAKEN_BACK = re.compile(
    r"\b(?:wait|correction|corrected|mistake|apolog\w+|sorry|revised|updated|actually)\b", re.IGNORECASE
)
_TRIED = 8  # objects and fields that are tried, from the last
_LONGEST = 30_000  # characters of a response, from its end, that are looked into


class Field(NamedTuple):
    """What a response's JSON comes to: the answer as text, None where it was cut off before one."""

    text: str | None


def answer_field(text: str) -> Field | None:
    """The answer that a text gives in a JSON object; None if it holds no such object.

    >>> answer_field('```json\\n{"reasoning": "6 x 14", "answer": "84"}\\n```')
    Field(text='84')
    >>> answer_field('{"reasoning": "6 x 1')
    Field(text=None)
    """
    if ":" not in text or ('"' not in text and "'" not in text):
        return None
    text = text[-_LONGEST:]
    named = any(_rank(match[1]) is not None for match in _FIELD.finditer(text))
    starts = [match.start() for match in _OBJECT.finditer(text)]
    if not named:
        return Field(None) if starts and _opens_with_json(text, starts[0]) else None
    if (found := _of_objects(text, starts)) is not None:
        return Field(found)
    found, cut = _of_fields(text)
    if found is not None:
        return Field(found)
    return Field(None) if cut else None


def answer_of(value: Mapping[str, Any]) -> str | None:
    """The text of the answer field of an object, which may lie one object deeper; None if it has none."""
    ranked = sorted((rank, key) for key in value if isinstance(key, str) and (rank := _rank(key)) is not None)
    for _, key in ranked:
        field = value[key]
        if isinstance(field, Mapping):
            inner = answer_of(field)
            return inner if inner is not None else _shown(next(iter(field.values())) if len(field) == 1 else field)
        return _shown(field)
    nested = [field for field in value.values() if isinstance(field, Mapping)]
    return next((inner for field in nested if (inner := answer_of(field)) is not None), None)


def objects(text: str) -> Iterator[Any]:
    """The objects of a text that parse, the last first, with what models break mended."""
    for start in reversed([match.start() for match in _OBJECT.finditer(text)][-_TRIED:]):
        if (value := _decoded(text, start)) is not None:
            yield value


def _of_objects(text: str, starts: list[int]) -> str | None:
    """The answer of the last object that has one and is no form to fill in.

    A response that is JSON from its beginning has answered with that: what follows is a comment, or another question
    that the model goes on to ask itself, unless it takes the answer back.
    """
    first = bool(starts) and not text[: starts[0]].strip().strip("`").removeprefix("json").strip()
    if first and not _TAKEN_BACK.search(text, starts[0]):
        starts = starts[:1]
    for start in reversed(starts[-_TRIED:]):
        value = _decoded(text, start)
        found = answer_of(value) if isinstance(value, dict) else None
        if found is not None and not _PLACEHOLDER.fullmatch(found):
            return found
    return None


def _decoded(text: str, start: int) -> Any:
    decoder = json.JSONDecoder(strict=False)
    try:
        if "\\" in text:
            return decoder.raw_decode(_ESCAPE.sub(_escaped, text[start:]))[0]
        return decoder.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        end = text.find("}", start)
        try:  # Python's quotes
            return ast.literal_eval(text[start : end + 1]) if end > 0 else None
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None


def _escaped(match: re.Match[str]) -> str:
    letters = match[1]
    if letters == "'":  # no escape of JSON, and never meant as a backslash
        return "'"
    if letters[0] in '"\\/' or (letters[0] == "u" and len(letters) == 5):
        return match[0]
    if letters[0] in "nrtbf" and not _LATEX.match(letters):
        return match[0]
    return "\\" + match[0]


def _of_fields(text: str) -> tuple[str | None, bool]:
    """The value of the last answer field by its marks alone, and whether the text ends inside of its object."""
    cut = False
    for field in [match for match in _FIELD.finditer(text) if _rank(match[1]) is not None][: -_TRIED - 1 : -1]:
        value, end = _field_value(text, field.end())
        if value is None or not _closes(text, end):
            cut = True
        elif not _PLACEHOLDER.fullmatch(value):
            return value, False
    return None, cut


def _field_value(text: str, start: int) -> tuple[str | None, int]:
    """The value that starts there and where it ends; None if the text ends before it."""
    quote = text[start : start + 1]
    if quote in _FIELD_ENDS:
        ends = _FIELD_ENDS[quote].search(text, start + 1)
        return (_ESCAPE.sub(_unescaped, text[start + 1 : ends.start()]), ends.end()) if ends else (None, len(text))
    bare = _BARE_VALUE.match(text, start)
    return (bare[0].strip(), bare.end()) if bare else (None, len(text))


def _closes(text: str, start: int) -> bool:
    """Whether the object of a field goes on to its end: a brace, or the fence around it."""
    return "}" in text[start:] or text.rstrip().endswith("```")


def _unescaped(match: re.Match[str]) -> str:
    if match[1][0] in "\"\\/'":
        return match[1]
    return "\n" + match[1][1:] if match[1][0] == "n" and not _LATEX.match(match[1]) else match[0]


def _opens_with_json(text: str, start: int) -> bool:
    """Whether a response is one JSON object from its start on that never closes."""
    before = text[:start].strip().removesuffix("json").rstrip("`").strip()
    rest = text[start:].rstrip().rstrip("`").rstrip()
    fields = len(re.findall(r"\"\s{0,5}:", rest[:200]))
    return fields > 0 and (not before or text[:start].rstrip().endswith(("```json", "```"))) and "}" not in rest


def _rank(key: str) -> int | None:
    name = re.sub(r"[^a-z]", "", key.lower())
    if _NO_ANSWER.search(name):
        return None
    return _RANK.get(name, len(_RANK) if name.endswith("answer") or name.startswith("answer") else None)


def _shown(value: Any) -> str:
    """A value as a model would write it in prose."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list) and len(value) == 1:
        return _shown(value[0])
    return json.dumps(value, ensure_ascii=False)
