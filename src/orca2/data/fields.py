"""From the columns of a row to family, prompt and target: the field map of a recipe."""

import json
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, get_args

from orca2.core.types import Gold, Message
from orca2.data.conversations import SHAREGPT, THOUGHT, Reading
from orca2.data.messages import (
    Asked,
    are_messages,
    as_messages,
    is_written_out,
    last_asked,
    own_system,
    reply,
    said,
    system_text,
    with_system,
)
from orca2.data.row import Row
from orca2.data.values import is_nested, plain, text
from orca2.errors import RecipeError, RowError
from orca2.plugins import suggest

ROLES = ("prompt", "target", "family", "split", "gold", "system")
GOLDS: dict[str, Gold] = {gold: gold for gold in get_args(Gold)}
NOTHING = Reading()
CONVERSATIONS = ("messages", *SHAREGPT)  # columns that are read as conversations unasked
SHOWN = 40  # columns of a row that a message names, and characters of each name
LIKELY = {  # what columns are called that hold a question, and an answer
    "prompt": ("prompt", "question", "query", "problem", "instruction", "input", "text"),
    "target": ("target", "answer", "answers", "completion", "response", "output", "solution", "label"),
}
ALSO = ("answerKey", "chosen", "gold", "correct", "summary", "highlights", "translation")  # too unsure to read unasked
AROUND = (  # what a question is not whole without
    "context", "passage", "article", "document", "story", "table", "code", "premise", "hypothesis", "sentence",
    "sentence1", "sentence2", "choices", "options",
)  # fmt: skip
AFTER = ("choices", "options")  # which of it stands after the question
_PLACE = re.compile(r"\[(-?\d+)\]")


def check_fields(fields: Mapping[str, str]) -> None:
    """RecipeError for a role that there is not, and for a template that no row could fill."""
    if not isinstance(fields, Mapping):
        raise RecipeError(f'tasks.options.fields: {fields!r} is no table; write it as {{ prompt = "question" }}')
    for role, spec in fields.items():
        if role not in ROLES:
            raise RecipeError(
                f"tasks.options.fields: unknown {role!r}{suggest(role, list(ROLES))}; valid: {', '.join(ROLES)}"
            )
        check_template(spec, f"tasks.options.fields.{role}")


def check_template(spec: str, key: str) -> None:
    """RecipeError if the value of a key is neither a column nor a template of columns."""
    if not isinstance(spec, str):
        raise RecipeError(f"{key}: {spec!r} is no text; give a column or a template of columns")
    try:
        wrong = any(name == "" or form or turned for _, name, form, turned in string.Formatter().parse(spec))
    except ValueError as error:
        if "{" not in spec:
            return
        raise RecipeError(f"{key}: {spec!r} is no template ({error}); write each brace of the text twice") from None
    if wrong:
        raise RecipeError(f"{key}: {spec!r} is no template (in braces stands the name of a column and nothing else)")


def to_row(
    raw: Mapping[str, Any],
    fields: Mapping[str, str],
    where: str,
    family: str,
    without_target: bool = False,
    reading: Reading = NOTHING,
) -> Row:
    """Map one raw row, or what `reading` its shape gave of it; RowError if it cannot be. One `without_target` may be a
    row too, as may one whose column `gold` says that something else decides.

    A map's value is a column, a path into one ("answers.text", "messages[-1].content") or a template
    ("{question}\\n{choices}"). Of a column of messages the prompt is what the user asks last, with all that stands
    before it, and the target the answer."""
    whole = _conversation(raw, fields, where)
    texts = {role: _of_role(role, raw, fields, where) for role in ROLES[1:]}
    texts["prompt"] = whole.question if whole else _of_role("prompt", raw, fields, where)
    gold = _gold(texts["gold"], "gold" in fields, where)
    for role in ("prompt",) if without_target or gold not in (None, "given") else ("prompt", "target"):
        if not texts[role].strip():
            here = "" if role in fields or role in raw else f"; columns here: {listed(raw)}; {to_write(raw, fields)}"
            said = f"{where}: no {role} in column {fields.get(role, role)!r}{here or '; fix the row or the field map'}"
            raise RowError(f"no {role}", said)
    answer = _spoken(texts["target"], where)
    history, system = (whole.history, whole.system) if whole else (reading.history, reading.system)
    if "system" in fields:
        system = texts["system"].strip()
    elif system is None:
        system = _own_system(raw, where)
    return Row(
        where,
        texts["family"] or family,
        texts["prompt"].strip(),
        answer.content,
        texts["split"] or None,
        {
            **({THOUGHT: answer.reasoning} if answer.reasoning else {}),
            **{name: text(value) for name, value in raw.items() if value is not None and name != reading.whole},
        },
        bool(answer.content) and _is_list(raw, fields.get("target", "target")),
        gold,
        system,
        history,
    )


def _spoken(target: str, where: str) -> Message:
    """An answer, and what was thought before it in the same text; RowError where there is nothing else."""
    try:
        return said({"role": "assistant", "content": target})
    except ValueError as error:
        raise RowError(str(error), f"{where}: {error}; leave such rows out") from None


def _conversation(raw: Mapping[str, Any], fields: Mapping[str, str], where: str) -> Asked | None:
    """What a prompt asks that is a column of messages; None if it is none."""
    spec = fields.get("prompt", "prompt")
    if "{" in spec or (spec not in raw and "prompt" not in fields):
        return None
    value = reach(raw, spec, f"{where}: no column {spec!r} for prompt")
    if not (are_messages(value) or is_written_out(value)):
        return None
    try:
        return last_asked(with_system(as_messages(value), "" if "system" in fields else own_system(raw)))
    except ValueError as error:
        raise _named(error, spec, "prompt", where) from None


def _own_system(raw: Mapping[str, Any], where: str) -> str:
    try:
        return own_system(raw)
    except ValueError as error:
        raise RowError(str(error), f'{where}: {error}; tasks.options.fields.system = "" leaves it out') from None


def _named(error: ValueError, spec: str, role: str, where: str) -> RowError:
    """What is wrong with the messages of a column."""
    kind, _, step = str(error).partition("; ")
    step = step or f'name what is meant, as in {role} = "{spec}[-1].content"'
    return RowError(kind, f"{where}: {spec}: {kind}; {step}")


def _gold(said: str, mapped: bool, where: str) -> Gold | None:
    """What a row says that it is held against. A column `gold` that says something else is a column like others,
    unless the map names it."""
    if (word := said.strip().lower()) in GOLDS:
        return GOLDS[word]
    if mapped and word:
        kind = f"unknown gold {said.strip()[:40]!r}"
        raise RowError(kind, f"{where}: {kind}; use one of: {', '.join(GOLDS)}")
    return None


def listed(columns: Iterable[str]) -> str:
    """The names of columns, for a message: each cut, and the first of many."""
    names = [name[:SHOWN] for name in columns]
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if names[SHOWN:] else "") or "none"


def to_write(raw: Mapping[str, Any], fields: Mapping[str, str] | None = None) -> str:
    """The field map that may do for a row, as far as it can be told from its columns."""
    texts = dict(part for name, value in raw.items() for part in _texts(value, name))
    if talk := [name for name, value in raw.items() if are_messages(value) and name not in CONVERSATIONS]:
        return _map_to_write({"prompt": talk[0], "target": talk[0], **(fields or {})})
    longest = max(texts, key=lambda name: texts[name], default="...")
    prompt = _first(texts, LIKELY["prompt"]) or longest
    others = [name for name in texts if name != prompt] or ["..."]
    target = _first(others, (*LIKELY["target"], *ALSO)) or others[-1]
    if "{" not in prompt and (around := [path for path in (_first(others, [name]) for name in AROUND) if path]):
        before = [f"{{{path}}}" for path in around if _column(path) not in AFTER]
        after = [f"{{{path}}}" for path in around if _column(path) in AFTER]
        prompt = "\n".join([*before, f"{{{prompt}}}", *after])
    return _map_to_write({"prompt": prompt, "target": target, **(fields or {})})


def _map_to_write(shown: Mapping[str, str]) -> str:
    pairs = ", ".join(f"{role} = {json.dumps(spec, ensure_ascii=False)}" for role, spec in shown.items())
    return f"say which is which: tasks.options.fields = {{ {pairs} }}"


def _first(paths: Iterable[str], columns: Iterable[str]) -> str | None:
    """The first of the columns that a path leads to, or into."""
    paths = list(paths)
    return next((path for name in columns for path in paths if _column(path).lower() == name.lower()), None)


def _column(path: str) -> str:
    return re.split(r"[.\[]", path)[0]


def _texts(value: Any, path: str) -> Iterator[tuple[str, int]]:
    """The paths to texts and numbers in a value, its own or one level into it, and how long each is."""
    if are_messages(value):
        part = "content" if "content" in value[-1] else "value"
        yield from ((f"{path}[{n}].{part}", len(text(value[n].get(part)))) for n in (-2, -1) if len(value) >= -n)
        return
    within = {path: value}
    if isinstance(value, Mapping):
        within = {f"{path}.{name}": inner for name, inner in value.items()}
    elif isinstance(value, list) and value and isinstance(value[-1], Mapping):
        within = {f"{path}[-1].{name}": inner for name, inner in value[-1].items()}
    for name, inner in within.items():
        if inner is not None and not is_nested(inner) and not is_written_out(inner):
            yield name, len(text(inner))


def _is_list(raw: Mapping[str, Any], spec: str) -> bool:
    """Whether a column, or what a path leads to, is a list of texts and numbers."""
    value = None if "{" in spec else reach(raw, spec, "") if spec not in raw else raw[spec]
    return isinstance(value, list) and not is_nested(value) and len(value) > 1


def fill(spec: str, columns: Mapping[str, Any], where: str) -> str:
    """The text of a column, or of a template with "{column}" places; RowError names what the row lacks."""
    pieces = string.Formatter().parse(spec) if "{" in spec else [("", spec, "", None)]
    filled = []
    for literal, name, _, _ in pieces:
        filled.append(literal)
        if name is not None:
            value = reach(columns, name, f"{where}: no column {name!r} for {spec!r}")
            if value is None:
                said = f"{where}: no value in column {name!r} for {spec!r}; fix the row or the field map"
                raise RowError(f"no value in column {name!r}", said)
            filled.append(text(value))
    return "".join(filled)


def _of_role(role: str, raw: Mapping[str, Any], fields: Mapping[str, str], where: str) -> str:
    """The text that a role has in a row; empty where there is none."""
    spec = fields.get(role, role)
    if "{" in spec:
        return fill(spec, raw, where)
    if spec not in raw and (role not in fields or role in ("split", "gold")):
        return ""
    if role == "gold" and role not in fields and not isinstance(raw[spec], str):
        return ""
    if role == "system" and (role not in fields or not spec):  # a column of that name is looked at by itself
        return ""
    value = reach(raw, spec, f"{where}: no column {spec!r} for {role}")
    if value is None:
        return ""
    if role == "target" and (are_messages(value) or is_written_out(value)):
        try:
            return reply(as_messages(value))
        except ValueError as error:
            raise _named(error, spec, role, where) from None
    if role == "system":
        try:
            value = system_text(value) or value
        except ValueError as error:
            raise _named(error, spec, role, where) from None
    if role in ("prompt", "system") and is_nested(value):
        inner = ", ".join(value) if isinstance(value, Mapping) else "a list"
        said = f'{where}: column {spec!r} holds {inner}, no text; name a text in it, as in "{spec}.text"'
        raise RowError(f"no text in column {spec!r}", said)
    return text(value)


def reach(columns: Mapping[str, Any], path: str, missing: str) -> Any:
    """The value of a column, or at a path into one. RowError, `missing` and what there is, where there is none."""
    if path in columns:
        return columns[path]
    names = _PLACE.sub(r".\1", path).split(".")
    for count in range(len(names) - 1, 0, -1):
        column = ".".join(names[:count])
        if column in columns:
            return _within(columns[column], names[count:], f"{missing}; {column}")
    raise RowError(f"no column {path!r}", f"{missing}; columns here: {listed(columns)}")


def _within(value: Any, names: list[str], missing: str) -> Any:
    if not names or value is None:
        return value
    if isinstance(value, str) and value.startswith(("{", "[")):  # JSON in a cell of a table
        with suppress(ValueError):
            value = plain(json.loads(value))
    name, rest = names[0], names[1:]
    if isinstance(value, Mapping) and name in value:
        return _within(value[name], rest, f"{missing}.{name}")
    if isinstance(value, list) and not name.removeprefix("-").isdigit():
        return [_within(item, names, missing) for item in value]
    if isinstance(value, list) and -len(value) <= int(name) < len(value):
        return _within(value[int(name)], rest, f"{missing}.{name}")
    there = ", ".join(value) if isinstance(value, Mapping) else "no such part"
    raise RowError(f"nothing under {name!r} in a column", f"{missing} holds {there}")
