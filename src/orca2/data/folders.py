"""The data files of a folder, also of one that `datasets` saved, and the family that a file's rows are of."""

import re
from pathlib import Path

from orca2.data.files import KINDS, kind_of
from orca2.errors import DataError

NOTES = ("dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json")  # what `datasets` notes beside
SPLITS = ("train", "test", "validation", "valid", "dev", "eval", "data", "dataset", "default")
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")


def data_files(folder: Path) -> list[Path]:
    """The files of rows below a folder, sorted; none hidden, and no notes and caches of `datasets`."""
    found = (file for file in folder.rglob("*") if kind_of(file) in KINDS and file.name not in NOTES)
    return sorted(
        file
        for file in found
        if not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and not file.name.startswith("cache-")
        and file.is_file()
    )


def in_folder(folder: Path) -> list[Path]:
    """The same; DataError if there is none."""
    if found := data_files(folder):
        return found
    raise DataError(f"tasks.options.path: {folder} holds no data file; put one there of {', '.join(KINDS)}")


def family_of(file: Path, folder: Path | None) -> str:
    """The family of rows that name none: the file's name, or of a data set in a folder that folder's, whose files have
    the names of splits and parts."""
    name = _SHARD.sub("", file.name.split(".")[0])
    return folder.resolve().name if folder and name in SPLITS else name


def splits_of(files: list[Path], folder: Path) -> list[str]:
    """The splits that the files of a data set in a folder are of, by their names or their folders'."""
    names = {part for file in files for part in (*file.relative_to(folder).parts[:-1], family_of(file, None))}
    return sorted(name for name in names if name in SPLITS[:6])
