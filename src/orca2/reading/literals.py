"""Literals of a program (and of JSON) in a text: lists, dictionaries, tuples, sets, strings, booleans, None."""

import ast
import json
import warnings
from collections.abc import Iterator
from typing import Any

from orca2.reading.patterns import lazy_pattern

LONGEST = 20_000  # characters of a literal that is read
_TRIED = 60  # literals of a text that are looked at, from the last
_CLOSING = {"[": "]", "{": "}", "(": ")"}
# a quote opens a string where no word ends, so that an apostrophe does not
_TOKEN = lazy_pattern(
    r"(?<![\w'\"\\])(?:'(?:[^'\\\n]|\\.){0,2000}'|\"(?:[^\"\\\n]|\\.){0,2000}\")(?!\w)|set\(\)|[\[\](){}]|"
    r"(?<![\w.])(?:None|null|True|False|true|false|[-+]?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?)(?![\w.]*\w)"
)
_TOKENS = 600  # brackets, strings and words of a text that are looked at, from the last
_DEEPEST = 50  # brackets in brackets that are still read
_WORDS: dict[str, Any] = {"null": None, "true": True, "false": False, "set()": set()}
NOTHING = object()  # what a text that is no literal parses to


def parse(text: str) -> Any:
    """The value of a literal; `NOTHING` if the text is none.

    >>> parse("{'a': (1, None)}")
    {'a': (1, None)}
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return NOTHING
    if text in _WORDS:
        return _WORDS[text]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of escapes that Python does not know
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return NOTHING


def same(gold: Any, value: Any) -> bool:
    """Equal by value and type all the way down: True is not 1, 1 is not 1.0, a list is no tuple."""
    if type(gold) is not type(value):
        return False
    if isinstance(gold, dict):
        return gold.keys() == value.keys() and all(same(gold[key], value[key]) for key in gold)
    if isinstance(gold, list | tuple):
        return len(gold) == len(value) and all(map(same, gold, value))
    if isinstance(gold, set | frozenset):
        return gold == value and {(type(item), item) for item in gold} == {(type(item), item) for item in value}
    return bool(gold == value) or (gold != gold and value != value)


def literals(text: str, kind: type) -> Iterator[tuple[int, int, Any]]:
    """The outermost literals of a type in a text, the last first: start, end, value."""
    for start, end, value in _outermost(text)[: -_TRIED - 1 : -1]:
        if type(value) is kind:
            yield start, end, value


def _outermost(text: str) -> list[tuple[int, int, Any]]:
    """The literals of a text that lie in no other; brackets of prose are looked into."""
    found: list[tuple[int, int, Any]] = []
    opened: list[tuple[int, str, int]] = []  # where, the bracket that closes it, how many literals stood before it
    for token in list(_TOKEN().finditer(text))[-_TOKENS:]:
        mark = token[0]
        if mark in _CLOSING:
            opened.append((token.start(), _CLOSING[mark], len(found)))
        elif mark in _CLOSING.values():
            while opened and opened[-1][1] != mark:
                opened.pop()
            if opened:
                start, _, before = opened.pop()
                if len(opened) < _DEEPEST and (value := parse(text[start : token.end()])) is not NOTHING:
                    found[before:] = [(start, token.end(), value)]
        elif (value := parse(mark)) is not NOTHING:
            found.append((token.start(), token.end(), value))
    return found
