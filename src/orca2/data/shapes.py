"""Rows as people have them: which shape they have, told from the first ones, and what of them is prompt and target."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from orca2.data import conversations, exchanges
from orca2.data.fields import AROUND, LIKELY, check_fields, listed, to_row, to_write
from orca2.data.row import BadRow, Row, refuse
from orca2.data.values import is_nested
from orca2.errors import RecipeError, RowError
from orca2.plugins import suggest

Raw = Mapping[str, Any]
Say = Callable[[str], None]
FIRST = 100  # rows from which a shape is told
MAPPED = "(as the field map says)"
BESIDE = {"id", "prompt_id", "source", "category", "kind", "family", "split", "model", "lang", "language", "gold"}
PLAIN = ("columns", "question_answer", "prompts")  # shapes that rows of one file may have by turns


@dataclass(frozen=True)
class Shape:
    """A form that rows come in. `read` gives the row with what it asks and its answer as `prompt` and `target`, and the
    field map for it; ValueError says why a row is no task."""

    name: str
    said: str
    fits: Callable[[Raw], bool]
    read: Callable[[Raw], tuple[Raw, Mapping[str, str]]]


def _is_columns(raw: Raw) -> bool:
    return "prompt" in raw and "target" in raw


def _one(raw: Raw, role: str) -> str | None:
    """The one column of a row that may be a question, or an answer."""
    found = [role] if role in raw else [name for name in raw if name.lower() in LIKELY[role]]
    return found[0] if len(found) == 1 else None


def _is_whole(raw: Raw) -> bool:
    """Whether no column stands beside the question that would be part of it, so that a field map is needed."""
    return not any(value and name.lower() in (*AROUND, "history", "system") for name, value in raw.items())


def _is_pair(raw: Raw) -> bool:
    return _is_whole(raw) and _one(raw, "prompt") is not None and _one(raw, "target") is not None


def _pair(raw: Raw) -> tuple[Raw, Mapping[str, str]]:
    fields = {role: name for role in LIKELY if (name := _one(raw, role))}
    value = raw[fields["target"]]
    if is_nested(value) and not conversations.are_messages(value):
        raise ValueError(f"column {fields['target']!r} holds an object or a list of such, no text")
    return raw, fields


def _is_alpaca(raw: Raw) -> bool:
    return isinstance(raw.get("instruction"), str) and "output" in raw


def _alpaca(raw: Raw) -> tuple[Raw, Mapping[str, str]]:
    if turns := [name for name in ("history", "system") if raw.get(name)]:
        raise ValueError(f"its column {turns[0]!r} is part of what is asked, which a task has no place for")
    given = raw.get("input") or ""
    if not isinstance(given, str) or is_nested(raw["output"]):
        raise ValueError("its input or its output is no text")
    prompt = f"{raw['instruction']}\n\n{given}" if given.strip() else raw["instruction"]
    return {**raw, "prompt": prompt}, {"target": "output"}


def _is_question(raw: Raw) -> bool:
    asked = _one(raw, "prompt")
    other = [name for name, value in raw.items() if isinstance(value, str | list | Mapping) and name != asked]
    return asked is not None and isinstance(raw[asked], str) and {name.lower() for name in other} <= BESIDE


def _question(raw: Raw) -> tuple[Raw, Mapping[str, str]]:
    asked = _one(raw, "prompt")
    assert asked is not None
    return raw, {"prompt": asked}


SHAPES = (
    Shape("columns", "columns of the names prompt and target", _is_columns, lambda raw: (raw, {})),
    Shape(
        "messages",
        "messages of a user and an assistant: the first is the prompt, the answer the target",
        conversations.is_messages,
        conversations.messages,
    ),
    Shape(
        "conversations",
        "ShareGPT conversations: what the human says is the prompt, the answer the target",
        conversations.is_sharegpt,
        conversations.sharegpt,
    ),
    Shape(
        "exchanges",
        "requests and their responses: what is asked is the prompt, the response the target; a recorded teacher "
        'demonstrates with it and asks nothing: teacher.options.columns = { direct = "target" }',
        exchanges.is_exchange,
        exchanges.exchange,
    ),
    Shape(
        "batch_requests", "requests of a batch, without answers", exchanges.is_batch_request, exchanges.batch_request
    ),
    Shape("batch_results", "results of a batch, without questions", exchanges.is_batch_result, exchanges.batch_result),
    Shape(
        "alpaca",
        "Alpaca rows: instruction and input are the prompt, output the target",
        _is_alpaca,
        _alpaca,
    ),
    Shape("question_answer", "a column of questions and one of answers", _is_pair, _pair),
    Shape("prompts", "questions without answers", _is_question, _question),
)
NAMES = [shape.name for shape in SHAPES]


def check_options(fields: Mapping[str, str] | None = None, shape: str | None = None, **options: Any) -> None:
    """The `check` of a source of rows: RecipeError for a map that no row could fill, and a shape that there is not."""
    check_fields(fields or {})
    if shape is not None and shape not in NAMES:
        raise RecipeError(f"tasks.options.shape: no {shape!r}{suggest(shape, NAMES)}; valid: {', '.join(NAMES)}")


def recognised(raws: Iterable[Raw]) -> Shape | None:
    """The shape that most of some rows have, if any has one; of each row the first in the list."""
    counts = Counter(next((shape.name for shape in SHAPES if shape.fits(raw)), "") for raw in raws)
    counts.pop("", None)
    return named(counts.most_common(1)[0][0]) if counts else None


def named(name: str) -> Shape:
    return next(shape for shape in SHAPES if shape.name == name)


def shaped(
    raws: Iterable[tuple[str, Raw]],
    fields: Mapping[str, str],
    family: str,
    shape: str | None = None,
    bad_row: BadRow = refuse,
    say: Say | None = None,
    without_target: bool = False,
) -> Iterator[Row]:
    """The rows of one file, each with where it stands; `say` is told the shape that was found. `without_target`: a
    question without an answer is a row too.

    A field map for prompt and target settles what a row is. Else the shape does, and the map goes before it."""
    rows = iter(raws)
    first = list(islice(rows, FIRST))
    if {"prompt", "target"} <= set(fields):
        found = None
    else:
        found = named(shape) if shape else recognised(_mapped(raw, fields) for _, raw in first)
        if found and found.name != "columns" and say:
            say(f"{family}: {found.said}")
    for where, raw in chain(first, rows):
        try:
            row = _row(raw, fields, where, family, found, without_target)
        except RowError as error:
            bad_row(error)
        else:
            yield row


def _row(
    raw: Raw, fields: Mapping[str, str], where: str, family: str, shape: Shape | None, without_target: bool
) -> Row:
    if shape is None and "prompt" not in fields and (inner := _rows_within(raw)):
        said = f"{where}: column {inner!r} holds {len(raw[inner])} rows; write that list alone to a file"
        raise RowError("rows within a row", said)
    if shape is None or shape.name == "columns":
        return to_row(raw, fields, where, family, without_target)
    known = _mapped(raw, fields)
    if without_target and shape.name in PLAIN and not shape.fits(known):
        shape = next((other for name in PLAIN if (other := named(name)).fits(known)), shape)
    if not shape.fits(known):
        said = f"{where}: no row of the shape {shape.name!r}; columns here: {listed(raw)}; {to_write(raw, fields)}"
        raise RowError(f"no row of the shape {shape.name!r}", said)
    try:
        read, own = shape.read(known)
    except ValueError as error:
        said = f"{where}: {error}; columns here: {listed(raw)}; {to_write(raw, fields)}"
        raise RowError(str(error).partition(";")[0], said) from None
    read = {name: value for name, value in read.items() if name in raw or value is not MAPPED}
    row = to_row(read, {**own, **fields}, where, family, without_target or shape.name == "prompts")
    if not (row.target or row.gold or without_target):
        kind = "a question without an answer"
        said = f"{where}: {kind}, without which tasks.gold has to say what decides; columns here: {listed(raw)}"
        raise RowError(kind, f"{said}; {to_write(raw, fields)}")
    return row


def _rows_within(raw: Raw) -> str | None:
    """The column of an object around the rows of a whole file, as in {"data": [{...}, {...}]}."""
    lists = (name for name, value in raw.items() if isinstance(value, list) and len(value) > 1)
    return next((name for name in lists if recognised(row for row in raw[name] if isinstance(row, Mapping))), None)


def _mapped(raw: Raw, fields: Mapping[str, str]) -> Raw:
    """A row with something in the place of the prompt or the target that the field map says, so that no shape asks for
    it."""
    return {**{role: MAPPED for role in LIKELY if role in fields and role not in raw}, **raw}
