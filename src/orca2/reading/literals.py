"""Literals of a program (and of JSON) in a text: lists, dictionaries, tuples, sets, strings in quotes, booleans, None."""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

LONGEST = 20_000  # characters of a literal that is read
_TRIED = 60  # literals of a text that are looked at, from the last
_CLOSING = {"[": "]", "{": "}", "(": ")"}
# a quote opens a string where no word ends, so that an apostrophe does not
_STRING = re.compile(r"(?<![\w'\"\\])(?:'(?:[^'\\\n]|\\.){0,2000}'|\"(?:[^\"\\\n]|\\.){0,2000}\")(?!\w)")
_TOKEN = re.compile(r"'(?:[^'\\\n]|\\.){0,2000}'|\"(?:[^\"\\\n]|\\.){0,2000}\"|[\[\](){}]")
_WORD = re.compile(r"\b(?:None|null|True|False|true|false|set\(\)|[-+]?[0-9]+(?:\.[0-9]+)?)(?![\w.]*\w)")
_WORDS = {"null": None, "true": True, "false": False, "set()": set()}
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
    if kind is str:
        spans = [match.span() for match in _STRING.finditer(text)]
    elif issubclass(kind, list | tuple | dict | set):
        spans = list(_bracketed(text))
    else:
        spans = []
    spans += [match.span() for match in _WORD.finditer(text)] if not issubclass(kind, str | list | tuple | dict) else []
    for start, end in sorted(spans)[: -_TRIED - 1 : -1]:
        value = parse(text[start:end])
        if type(value) is kind:
            yield start, end, value


def _bracketed(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the outermost brackets that close; those of a call, as in f([1]), hold what they are given."""
    stack: list[tuple[int, str]] = []
    done: list[tuple[int, int]] = []
    for token in _TOKEN.finditer(text):
        mark, at = token[0], token.start()
        if mark in _CLOSING:
            stack.append((at, _CLOSING[mark]))
        elif mark in ("]", "}", ")"):
            while stack and stack[-1][1] != mark:
                stack.pop()
            if stack:
                start = stack.pop()[0]
                done = [span for span in done if span[0] < start]
                done.append((start, at + 1))
        elif not stack and "\n" not in mark:
            continue
    yield from done
