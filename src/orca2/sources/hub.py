"""Tasks from the Hugging Face hub, or anything else that `datasets.load_dataset` loads."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from orca2.data.labels import named
from orca2.data.messages import Turns
from orca2.data.row import BadRow, Row, refuse
from orca2.data.shapes import Say, check_options, shaped
from orca2.data.values import plain
from orca2.errors import DataError, missing_extra
from orca2.files import located

ENDLESS = False
check = check_options


def load(
    path: str,
    name: str | None = None,
    split: str = "train",
    revision: str | None = None,
    fields: Mapping[str, str] | None = None,
    shape: str | None = None,
    family: str | None = None,
    turns: Turns = "each",
    bad_row: BadRow = refuse,
    say: Say | None = None,
    without_target: bool = False,
) -> Iterator[Row]:
    """Rows of one split of a data set; `fields`, `shape` and what else both take as in the `jsonl` source."""
    try:
        import datasets
    except ImportError:
        raise missing_extra("datasets", "hub") from None
    check_options(fields, shape)
    try:
        source = str(located(path)) if path.startswith("~") else path
        rows = datasets.load_dataset(source, name, split=split, revision=revision)
    except Exception as error:  # load_dataset raises a different type for each way to fail
        reason = str(error).splitlines()[0]
        raise DataError(f"tasks.options.path: cannot load {path!r}, split {split!r}: {reason}") from error
    features = rows.features.to_dict()
    raws = ((f"{path}[{split}][{number}]", plain(named(raw, features))) for number, raw in enumerate(rows))
    yield from shaped(
        raws, fields or {}, family or name or path.split("/")[-1], shape, bad_row, say, without_target, turns
    )


def files(base: Path, options: Mapping[str, Any]) -> dict[str, list[Path]]:
    """The files of a data set in a folder, which starts from where the command is given; none for one of the hub."""
    path = options.get("path")
    folder = located(path) if isinstance(path, str) and path else Path(os.devnull)
    inside = (file for file in folder.rglob("*") if not any(p.startswith(".") for p in file.relative_to(folder).parts))
    return {"path": sorted(file for file in inside if file.is_file()) if folder.is_dir() else []}
