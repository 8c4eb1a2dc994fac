"""Raw rows of a benchmark: files below a folder, or splits of the hub."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from orca2.core.benchmark import TOGETHER, Benchmark, Hub
from orca2.data.files import raw_rows
from orca2.errors import DataError, missing_extra


def data_files(benchmark: Benchmark, data: Path) -> list[Path]:
    """The files of the first entry of `files` that finds any."""
    for entry in benchmark.files:
        paths = {path for pattern in entry.split(TOGETHER) for path in data.glob(pattern) if path.is_file()}
        if paths:
            return sorted(paths)
    return []


def from_files(benchmark: Benchmark, data: Path) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(where, subset, row) of the files under `data`; the subset is the file's name if there are several."""
    files = data_files(benchmark, data)
    for file in files:
        subset = file.name.split(".")[0] if len(files) > 1 else ""
        for number, row in raw_rows(file, benchmark.columns or None):
            yield f"{file}:{number}", subset, row


def from_hub(title: str, hubs: tuple[Hub, ...]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    if not hubs:
        raise DataError(f"{title} has no copy on the hub that is known here; give a folder with it: --data FOLDER")
    try:
        import datasets
    except ImportError:
        raise missing_extra("datasets", "hub") from None
    for hub in hubs:
        try:
            rows = datasets.load_dataset(hub.path, hub.name, split=hub.split)
        except Exception as error:  # load_dataset raises a different type for each way to fail
            reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
            raise DataError(
                f"{title}: cannot load {hub.path} from the hub ({reason}); or give --data FOLDER"
            ) from error
        for number, row in enumerate(rows, 1):
            yield f"{hub.path}[{hub.split}][{number}]", hub.subset or (hub.name if len(hubs) > 1 else "") or "", row
