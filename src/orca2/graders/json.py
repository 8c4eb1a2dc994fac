"""JSON objects and arrays, by value: layout and the order of keys do not count, nor does 1 against 1.0."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from orca2.core.types import Verdict
from orca2.reading.answer_fields import answer_field
from orca2.reading.asked import interval
from orca2.reading.grader import TextGrader
from orca2.reading.places import verdict

_TAIL = 20_000  # characters from the end that are read
_TRIED = 40  # opening brackets that are tried
_SHOWN = 200  # characters of the answer that a verdict shows


@dataclass(frozen=True, slots=True)
class Json(TextGrader):
    """Reads JSON, by value.

    >>> Json().grade('{"a": 1}', 'The object is {"a": 1.0}.').outcome
    'correct'
    """

    name: ClassVar[str] = "json"
    looks_into_json: ClassVar[bool] = False

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is a JSON object or array; [0, 25] may be an interval."""
        return isinstance(_parse(target.strip()), dict | list) and not interval(target, question)

    def answer_in(self, response: str, question: str = "") -> str | None:
        """The last JSON value of a response, which a verdict shows cut."""
        values = [said for value, said in _values(response) if isinstance(value, dict | list)]
        return next((said for said in reversed(values) if self.grade(said, response, question).correct), None)

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Compare the last whole JSON value of the gold answer's kind in the text, fenced or in prose."""
        gold = _parse(target.strip())
        field = answer_field(text)
        if field is not None and field.text is not None and type(value := _parse(field.text)) is type(gold):
            return verdict((" ".join(field.text[:_SHOWN].split()),), "field", _same(gold, value))
        values = [(value, said) for value, said in _values(text) if type(value) is type(gold)]
        if not values:
            return verdict((), "last", False)
        value, said = values[-1]
        return verdict((" ".join(said[:_SHOWN].split()),), "last", _same(gold, value))


load = Json


def _values(response: str) -> Iterator[tuple[Any, str]]:
    """The outermost JSON values of the response's tail with their texts, in order."""
    text, decoder, at = response[-_TAIL:], json.JSONDecoder(), 0
    for _ in range(_TRIED):
        starts = [start for mark in "{[" if (start := text.find(mark, at)) >= 0]
        if not starts:
            return
        start = min(starts)
        try:
            value, at = decoder.raw_decode(text, start)
            yield value, text[start:at]
        except (ValueError, RecursionError):
            at = start + 1


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _same(gold: Any, value: Any) -> bool:
    """Equal by value; unlike Python's own equality, true is not 1."""
    if isinstance(gold, bool) or isinstance(value, bool):
        return gold is value
    if isinstance(gold, dict) and isinstance(value, dict):
        return gold.keys() == value.keys() and all(_same(gold[key], value[key]) for key in gold)
    if isinstance(gold, list) and isinstance(value, list):
        return len(gold) == len(value) and all(map(_same, gold, value))
    return bool(gold == value)
