"""Files of results as they come back: plain or compressed, whole or cut off at the end."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orca2.endpoints import json_codec
from orca2.endpoints.batch_lines import is_request, read_result
from orca2.errors import DataError

ENDINGS = (".jsonl", ".jsonl.gz")


@dataclass(slots=True)
class Results:
    """What files hold, by the keys of requests: the `replies` as they came, which may be none, where and why some
    `failed`, and each key's name with its first place. `cut` are files that end in the midst of a line.
    """

    files: int = 0
    replies: dict[bytes, list[bytes]] = field(default_factory=dict)
    failed: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    names: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)


def read_results(source: Path) -> Results:
    """The results in a folder's files, or in one file; DataError for a line that is none. Lines of requests, which may
    lie beside them, are passed over."""
    found = Results()
    for path in _files(source):
        lines = sum(_read(line, f"{path.name}:{number}", found) for number, line in _lines(path, found.cut))
        found.files += lines > 0
    if not found.names:
        raise DataError(f"{source} holds no line of results; give the folder of the files that came back")
    return found


def _files(source: Path) -> Sequence[Path]:
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise DataError(f"{source} does not exist; give the folder of the files that came back")
    named = [path for path in source.iterdir() if path.name.endswith(ENDINGS) and not path.name.startswith(".")]
    if not named:
        raise DataError(f"{source} holds no file *.jsonl or *.jsonl.gz; give the folder of the files that came back")
    return sorted(named)


def _lines(path: Path, cut: list[str]) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are whole, with their numbers. A job that is killed leaves half a line at the end: its
    request stays to be asked, so nothing is lost by leaving it out, and it is noted as `cut`."""
    try:
        with gzip.open(path) if path.name.endswith(".gz") else open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n") and not _is_json(line):
                    cut.append(path.name)
                elif line.strip():
                    yield number, line
    except EOFError:
        cut.append(path.name)
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path} is no whole gzip file: {error}; nothing was taken in; fetch it again") from None


def _is_json(line: bytes) -> bool:
    try:
        json_codec.decode(line)
    except ValueError:
        return False
    return True


def _read(line: bytes, place: str, found: Results) -> bool:
    """Enter a line; whether it is one of results."""
    try:
        row = json_codec.decode(line)
        if is_request(row):
            return False
        result = read_result(row)
    except ValueError as error:
        raise DataError(f"{place}: no line of results: {error}; nothing was taken in; mend or remove it") from None
    key = _key(result.name)
    found.names.setdefault(key, (result.name, place))
    replies = found.replies.setdefault(key, [])
    if result.reply is None:
        found.failed.setdefault(key, (place, result.why))
    elif result.reply not in replies:
        replies.append(result.reply)
    return True


def _key(name: str) -> bytes:
    """The key that a custom_id is written for; what can be none stays as it is, and is no key of anything."""
    try:
        return bytes.fromhex(name)
    except ValueError:
        return name.encode(errors="replace")
