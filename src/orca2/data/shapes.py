"""Rows as people have them: which shape they have, told from the first ones, and what of them is prompt and target."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

from orca2.data import conversations, exchanges
from orca2.data.conversations import Reading
from orca2.data.fields import AROUND, GOLDS, LIKELY, NOTHING, check_fields, listed, to_row, to_write
from orca2.data.messages import SYSTEMS, Turns, Wanted, are_messages
from orca2.data.not_text import NotTextError, refuse_beside
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
REQUESTS = ("exchanges", "batch_requests", "batch_results")  # which say themselves what their system message is


@dataclass(frozen=True)
class Shape:
    """A form that rows come in. `read` gives the tasks of a row, by which answers of a conversation are wanted;
    ValueError says why it is none."""

    name: str
    said: str
    fits: Callable[[Raw], bool]
    read: Callable[[Raw, Wanted], Sequence[Reading]]


def _is_columns(raw: Raw) -> bool:
    return "prompt" in raw and "target" in raw


def _one(raw: Raw, role: str) -> str | None:
    """The one column of a row that may be a question, or an answer."""
    found = [role] if role in raw else [name for name in raw if name.lower() in LIKELY[role]]
    return found[0] if len(found) == 1 else None


def _columns(raw: Raw, wanted: Wanted) -> Sequence[Reading]:
    if not (conversations.has_history(raw) and _is_columns(raw)):
        return [NOTHING]
    return conversations.with_history(raw, raw["prompt"], raw["target"], wanted)


def _is_whole(raw: Raw) -> bool:
    """Whether no column stands beside the question that would be part of it, so that a field map is needed."""
    beside = ((name.lower(), value) for name, value in raw.items() if value)
    return not any(name in AROUND or (name == "history" and not isinstance(value, list)) for name, value in beside)


def _is_pair(raw: Raw) -> bool:
    return _is_whole(raw) and _one(raw, "prompt") is not None and _one(raw, "target") is not None


def _pair(raw: Raw, wanted: Wanted) -> Sequence[Reading]:
    fields = {role: name for role in LIKELY if (name := _one(raw, role))}
    value = raw[fields["target"]]
    if is_nested(value) and not are_messages(value):
        raise ValueError(f"column {fields['target']!r} holds an object or a list of such, no text")
    if not conversations.has_history(raw):
        return [Reading(fields=fields)]
    return conversations.with_history(raw, raw[fields["prompt"]], value, wanted)


def _is_alpaca(raw: Raw) -> bool:
    return isinstance(raw.get("instruction"), str) and "output" in raw


def _alpaca(raw: Raw, wanted: Wanted) -> Sequence[Reading]:
    refuse_beside(raw)
    given = raw.get("input") or ""
    if not isinstance(given, str) or is_nested(raw["output"]):
        raise ValueError("its input or its output is no text")
    prompt = f"{raw['instruction']}\n\n{given}" if given.strip() else raw["instruction"]
    if not conversations.has_history(raw):
        return [Reading({"prompt": prompt}, {"target": "output"})]
    return conversations.with_history(raw, prompt, raw["output"], wanted)


def _is_question(raw: Raw) -> bool:
    asked = _one(raw, "prompt")
    other = [name for name, value in raw.items() if isinstance(value, str | list | Mapping) and name != asked]
    return asked is not None and isinstance(raw[asked], str) and {name.lower() for name in other} <= BESIDE


def _question(raw: Raw, wanted: Wanted) -> Sequence[Reading]:
    asked = _one(raw, "prompt")
    assert asked is not None
    return [Reading(fields={"prompt": asked})]


SHAPES = (
    Shape("columns", "columns of the names prompt and target", _is_columns, _columns),
    Shape(
        "messages",
        "messages of a user and an assistant: what the user says, after all before it, is the prompt, {target} the"
        " target",
        conversations.is_messages,
        conversations.messages,
    ),
    Shape(
        "conversations",
        "ShareGPT conversations: what the human says, after all before it, is the prompt, {target} the target",
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
    turns: Turns = "each",
) -> Iterator[Row]:
    """The rows of one file, each with where it stands; `say` is told the shape that was found. `without_target`: a
    question without an answer is a row too.

    A field map for prompt and target settles what a row is. Else the shape does, and the map goes before it. `turns`
    says which answers of a conversation are tasks."""
    rows = iter(raws)
    first = list(islice(rows, FIRST))
    if {"prompt", "target"} <= set(fields):
        found = None
    else:
        found = named(shape) if shape else recognised(_mapped(raw, fields) for _, raw in first)
    if say:
        for line in _told(found, [raw for _, raw in first], fields, turns):
            say(f"{family}: {line}")
    for where, raw in chain(first, rows):
        try:
            made = _rows(raw, fields, where, family, found, Wanted(turns, without_target))
        except RowError as error:
            bad_row(error)
        else:
            yield from made


def _told(shape: Shape | None, first: Sequence[Raw], fields: Mapping[str, str], turns: Turns) -> Iterator[str]:
    """What is said of the rows of a file: their shape, and a column that is taken for their system message."""
    if shape and shape.name != "columns":
        is_named = "target" in fields or any("target" in raw for raw in first)
        answer = "each answer" if turns == "each" and "prompt" not in fields else "the last answer"
        yield shape.said.replace("{target}", "what the row names" if is_named else answer)
    if "system" in fields or (shape and shape.name in REQUESTS):
        return
    for name in SYSTEMS:
        if any(isinstance(raw.get(name), str | list) and raw[name] for raw in first):
            yield f'column {name!r} is the system message of its row; tasks.options.fields.system = "" leaves it out'


def _rows(
    raw: Raw, fields: Mapping[str, str], where: str, family: str, shape: Shape | None, wanted: Wanted
) -> Sequence[Row]:
    """The tasks of a row: one, or of a conversation one for each answer that is wanted."""
    if shape is None and "prompt" not in fields and (inner := _rows_within(raw)):
        said = f"{where}: column {inner!r} holds {len(raw[inner])} rows; write that list alone to a file"
        raise RowError("rows within a row", said)
    known = _mapped(raw, fields)
    if shape and wanted.without_target and shape.name in PLAIN and not shape.fits(known):
        shape = next((other for name in PLAIN if (other := named(name)).fits(known)), shape)
    if shape and shape.name != "columns" and not shape.fits(known):
        said = f"{where}: no row of the shape {shape.name!r}; columns here: {listed(raw)}; {to_write(raw, fields)}"
        raise RowError(f"no row of the shape {shape.name!r}", said)
    talk = _talk(raw, fields)
    try:
        if str(raw.get("gold") or "").strip().lower() in GOLDS:  # what decides needs no answer of the row's
            wanted = wanted._replace(without_target=True)
        if talk:
            alone = {name: value for name, value in known.items() if name != "target"}
            parts: Sequence[Reading] = conversations.talk(alone, talk, wanted)
        else:
            parts = _parts(known, fields, shape, wanted)
    except ValueError as error:
        step = "leave such rows out" if isinstance(error, NotTextError) else to_write(raw, fields)
        said = f"{where}: {error}; columns here: {listed(raw)}; {step}"
        raise RowError(str(error).partition(";")[0], said) from None
    if talk:
        fields = {role: spec for role, spec in fields.items() if role not in LIKELY}
    bare = wanted.without_target or (shape is not None and shape.name == "prompts")
    places = [where] if len(parts) == 1 else [f"{where}, answer {number}" for number in range(1, len(parts) + 1)]
    made = [_row(raw, fields, place, family, part, bare) for place, part in zip(places, parts, strict=True)]
    if bare and not (made[0].target or made[0].gold or wanted.without_target):
        kind = "a question without an answer"
        said = f'{where}: {kind}; say what decides with tasks.gold = "agreed", "checked" or "judged", or where its'
        raise RowError(kind, f"{said} answer is: columns here: {listed(raw)}; {to_write(raw, fields)}")
    return [made[0], *(replace(row, further=True) for row in made[1:])]


def _talk(raw: Raw, fields: Mapping[str, str]) -> str:
    """The column of messages that a field map names for prompt and target both; empty if it names none."""
    column = fields.get("prompt", "")
    return column if column == fields.get("target") and are_messages(raw.get(column)) else ""


def _parts(known: Raw, fields: Mapping[str, str], shape: Shape | None, wanted: Wanted) -> Sequence[Reading]:
    """What a row asks, part by part: what a map names for the prompt or the target is of one part, the last."""
    if shape is None:
        return [NOTHING]
    if "system" in fields:
        known = {name: value for name, value in known.items() if name not in SYSTEMS}
    return shape.read(known, wanted._replace(turns="last") if LIKELY.keys() & fields.keys() else wanted)


def _row(raw: Raw, fields: Mapping[str, str], where: str, family: str, part: Reading, without_target: bool) -> Row:
    """One part of a row; the map goes before what the shape says of it."""
    if "prompt" in fields:
        part = replace(part, system=None, history=())
    columns = {role: value for role, value in part.columns.items() if role not in fields}
    return to_row({**raw, **columns}, {**part.fields, **fields}, where, family, without_target, part)


def _rows_within(raw: Raw) -> str | None:
    """The column of an object around the rows of a whole file, as in {"data": [{...}, {...}]}."""
    lists = (name for name, value in raw.items() if isinstance(value, list) and len(value) > 1)
    return next((name for name in lists if recognised(row for row in raw[name] if isinstance(row, Mapping))), None)


def _mapped(raw: Raw, fields: Mapping[str, str]) -> Raw:
    """A row with something in the place of the prompt or the target that the field map says, so that no shape asks for
    it."""
    return {**{role: MAPPED for role in LIKELY if role in fields and role not in raw}, **raw}
