"""Families that the stage tasks finds, and the file in which the user renames and merges them.

`families.csv` is the user's: once a name in it differs from what was found, the families stay as they are, with those
names, and new tasks are assigned to them. `families.json` is what assigns; a file of names alone could not.
"""

import csv
import dataclasses
import importlib.util
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from orca2.core.grouping import Grouping, assign, find
from orca2.data.row import Row
from orca2.errors import DataError, RunError, missing_extra
from orca2.files import read_noun, write_text
from orca2.progress import console
from orca2.run.folder import RunFolder
from orca2.tasks_section import Tasks

NAMES, MODEL = "families.csv", "families.json"
EXAMPLES = 3
_COLUMNS = ("name", "found", "tasks", "words", *(f"example_{n}" for n in range(1, EXAMPLES + 1)))


@dataclasses.dataclass(frozen=True)
class Found:
    """What `families.json` holds: the keys of the recipe that the families were found with, and the families."""

    seed: int
    groups: int
    grouping: Grouping


def found(folder: RunFolder, rows: Sequence[Row]) -> list[Row]:
    """The rows, each with the family that its prompt belongs to."""
    if importlib.util.find_spec("sklearn") is None:
        raise missing_extra("scikit-learn", "families")
    prompts = {row.task_id: row.form for row in rows}
    names = _edited(folder.path / NAMES)
    if names:
        grouping = _kept(folder, names)
        places = assign(grouping, prompts)
        console.print(f"  {len(set(names.values()))} families as named in {folder.path / NAMES}", soft_wrap=True)
    else:
        grouping = _find(folder.recipe.tasks, prompts, folder.recipe.drawn_with)
        places = assign(grouping, prompts)
        folder.write_json(MODEL, Found(folder.recipe.drawn_with, folder.recipe.tasks.groups, grouping))
        _write(folder.out(NAMES), grouping, prompts, places)
        names = dict(zip(grouping.families, grouping.families, strict=True))
        console.print(f"  {len(names)} families found; to rename or merge them, edit names in", soft_wrap=True)
        console.print(f"  {folder.path / NAMES} and run again", soft_wrap=True)
    return [dataclasses.replace(row, family=names[grouping.families[places[row.task_id]]]) for row in rows]


def _find(spec: Tasks, prompts: Mapping[str, str], seed: int) -> Grouping:
    if spec.groups > len(prompts):
        raise DataError(
            f"tasks.groups is {spec.groups}, but there are {len(prompts)} different prompts; lower it, or 0 to choose"
        )
    return find(prompts, spec.groups, seed)


def _kept(folder: RunFolder, names: Mapping[str, str]) -> Grouping:
    """The families that the user has named; RunError if the recipe asks for others by now."""
    file, spec = folder.path / NAMES, folder.recipe.tasks
    again = f"or delete {file} to have families found anew"
    try:
        kept = read_noun(folder.path / MODEL, Found, f"restore it, {again}")
    except FileNotFoundError:
        raise RunError(
            f"{folder.path / MODEL} is missing, which {NAMES} names families of; restore it, {again}"
        ) from None
    if (kept.seed, kept.groups) != (folder.recipe.drawn_with, spec.groups):
        was = f"seed={kept.seed} and tasks.groups={kept.groups}"
        raise RunError(f"{file} holds your names of families found with {was}; set these back, {again}")
    if wrong := set(names) ^ set(kept.grouping.families):
        what = "has no row of the found family" if min(wrong) not in names else "has a row of no found family:"
        raise RunError(f"{file} {what} {min(wrong)!r}; correct the column 'found', {again}")
    return kept.grouping


def _edited(file: Path) -> dict[str, str]:
    """The user's name of each found family; empty if there is no file or every name is as it was found."""
    try:
        table = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise RunError(f"{file}: not UTF-8 ({error.reason}); save it as UTF-8, or delete it") from None
    if not {"name", "found"} <= set(table.fieldnames or ()):
        raise RunError(f"{file}: no columns 'name' and 'found', parted by commas; put them back, or delete the file")
    names: dict[str, str] = {}
    for row in table:
        name, family = (row["name"] or "").strip(), (row["found"] or "").strip()
        if not name or not family or family in names:
            what = "two rows of one found family" if family in names else "a row without a name or a found family"
            raise RunError(f"{file}:{table.line_num}: {what}; correct it, or delete the file")
        names[family] = name
    return names if any(name != family for family, name in names.items()) else {}


def _write(file: Path, grouping: Grouping, prompts: Mapping[str, str], places: Mapping[str, int]) -> None:
    """One row a family. Examples go by the hash of the prompt, so they are drawn at random."""
    members: list[list[str]] = [[] for _ in grouping.families]
    for identity in sorted(places):
        members[places[identity]].append(prompts[identity])
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    for family, words, own in zip(grouping.families, grouping.words, members, strict=True):
        shown = [" ".join(prompt.split())[:200] for prompt in own[:EXAMPLES]]
        table.writerow([family, family, len(own), " ".join(words), *shown, *[""] * (EXAMPLES - len(shown))])
    write_text(file, text.getvalue())
