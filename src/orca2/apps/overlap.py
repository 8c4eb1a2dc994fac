"""overlap: how much of one set of prompts stands in another: a run's splits, or any evaluation file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from orca2.core.ngrams import CONTAMINATED, PAIRS, Match, by_split, overlap
from orca2.core.types import Message, Task
from orca2.data.fields import reach
from orca2.data.files import raw_rows
from orca2.data.messages import COLUMNS as MESSAGES
from orca2.data.messages import are_messages, questions
from orca2.data.values import text
from orca2.errors import DataError
from orca2.files import matching, write_text
from orca2.reporting.artifacts import check_out, check_run, read_rows

ASKED = ("prompt", "question", "query", "input", "problem", "instruction", "turns", "text", "sentence", *MESSAGES)
BESIDE = ("passage", "context")  # read with the question; in front of it
SHOWN = 3  # matches side by side, for each pair of sets
HEAD, TAIL = 100, 200  # characters of a long text that are shown; what sets two of a kind apart often comes last

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """The texts of the set `of`, looked up in the set `among`."""

    of: str
    among: str
    texts: Texts
    known: Texts
    matches: Sequence[Match]

    @property
    def touched(self) -> list[Match]:
        """Those with any n-gram in common, the most first."""
        return sorted((m for m in self.matches if m.share), key=lambda m: -m.share)


def report(
    path: Path, against: Sequence[Path], words: int, fields: Sequence[str], columns: Sequence[str], out: Path | None
) -> None:
    """Print counts, shares and a few matches side by side; all matches go to `out` as JSON lines."""
    check_out(out)
    sets = _splits(path) if path.is_dir() else {path.name: texts(path, fields, columns)}
    if against:
        files = {str(file): texts(file, fields) for file in _expanded(against)}
        pairs = [(file, files[file], name, known) for file in files for name, known in sets.items()]
    elif path.is_dir():
        pairs = [(second, sets[second], first, sets[first]) for first, second in PAIRS]
    else:
        raise DataError(f"{path} is a file: name what to look up in it with --against FILE")
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    lines = []
    for of, own, among, known in pairs:
        found = Found(of, among, own, known, overlap(own, known, words))
        _show(console, found, words)
        lines += [json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(found)]
    if out:
        write_text(out, "".join(lines))


def _expanded(patterns: Sequence[Path]) -> list[Path]:
    return [file for pattern in patterns for file in matching(pattern) or [pattern]]


def texts(file: Path, fields: Sequence[str] = (), columns: Sequence[str] = ()) -> dict[str, str]:
    """Text by "name:row": of the named fields, or the question with its passage, whichever columns there are."""
    if not file.is_file():
        raise DataError(f"{file} does not exist; give a data file (.jsonl, .json, .csv, .tsv; .gz allowed) or a run")
    found, seen = dict[str, str](), set[str]()
    for number, row in enumerate(_flat(file, columns), 1):
        seen |= row.keys()
        said = "\n".join(filter(None, (_text(row, name) for name in _names(row, fields))))
        if said.strip():
            found[f"{file.name}:{number}"] = said
    if not found:
        wanted = ", ".join(fields) or "prompt, question, query, ..."
        named = ", ".join(sorted(map(str, seen)))
        raise DataError(
            f"{file}: no text in {wanted}; columns here: {named[:200]}; name some with --fields, or all with --columns"
        )
    return found


def _flat(file: Path, columns: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """The rows of a file; where a row holds a list of rows and no text (`examples`), those."""
    for _, row in raw_rows(file, columns):
        inner = [value for value in row.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        yield from inner[0] if inner and not _names(row, ()) else [row]


def _text(row: Mapping[str, Any], name: str) -> str:
    """The text of a column, or at a path into one; empty where there is none. Of messages, what the user says."""
    try:
        value = reach(row, name, "")
        return "\n".join(questions(value)) if are_messages(value) else text(value) if value else ""
    except ValueError:  # no such column in this row, or a message that is no text
        return ""


def _names(row: Mapping[str, Any], fields: Sequence[str]) -> list[str]:
    if fields:
        return list(fields)
    here = {str(name).lower(): name for name in row}
    return [here[name] for name in BESIDE if name in here] + [here[name] for name in ASKED if name in here][:1]


def _splits(folder: Path) -> dict[str, dict[str, str]]:
    check_run(folder)
    known = by_split(_task(row) for row in read_rows(folder, "tasks.jsonl", "tasks"))
    return {split: known.get(split, {}) for split in ("train", "profile", "test")}


def _task(row: Mapping[str, Any]) -> Task:
    """What a line says of what is asked."""
    history = tuple(Message(message["role"], message["content"]) for message in row.get("history", ()))
    return Task(row["id"], "", row["prompt"], "", "", row["split"], system=row.get("system", ""), history=history)


def _rows(found: Found) -> Iterator[dict[str, Any]]:
    for match in found.touched:
        assert match.best is not None
        yield {
            "of": found.of, "among": found.among, "id": match.id, "share": round(match.share, 4), "best": match.best,
            "text": found.texts[match.id], "best_text": found.known[match.best],
        }  # fmt: skip


def _show(console: Console, found: Found, words: int) -> None:
    n, touched = len(found.matches), found.touched
    repeated = sum(match.contaminated for match in touched)
    console.print(
        f"{found.of} in {found.among}: {repeated} of {n} ({repeated / max(n, 1):.1%}) share {CONTAMINATED:.0%} or more"
        f" of their {words}-word n-grams, {len(touched)} ({len(touched) / max(n, 1):.1%}) at least one"
    )
    for match in touched[:SHOWN]:
        assert match.best is not None
        console.print(f"  {match.share:.0%}  {match.id}: {_brief(found.texts[match.id])}")
        console.print(f"       {match.best}: {_brief(found.known[match.best])}")


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= HEAD + TAIL else f"{line[:HEAD]} [...] {line[-TAIL:]}"
