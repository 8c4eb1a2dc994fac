"""Files written whole or not at all, named by their content, and read as nouns; folders kept to one process; where
paths lead."""

import dataclasses
import glob
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from orca2.errors import RunError

if TYPE_CHECKING:
    from pydantic import ValidationError

Noun = TypeVar("Noun")
_ADAPTERS: dict[Any, Any] = {}  # by noun: what checks a value against it, which takes long to make


def write_text(path: Path, text: str) -> None:
    """Write a whole file or nothing: readers see the old content until the new one is on disk.

    What UTF-8 cannot hold, half of a surrogate pair, is written as JSON escapes it.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        with open(partial, "w", encoding="utf-8", errors="backslashreplace", newline="") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(partial, path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def as_mapping(noun: Any) -> dict[str, Any]:
    """A noun as `json.dumps` takes it (`default=as_mapping`), without the fields marked as unsaid that say nothing.

    >>> from orca2.core.types import Message
    >>> as_mapping(Message("user", "hi"))
    {'role': 'user', 'content': 'hi'}
    """
    if not dataclasses.is_dataclass(noun):
        raise TypeError(f"{type(noun).__name__} has no form in JSON")
    pairs = ((field, getattr(noun, field.name)) for field in dataclasses.fields(noun))
    return {f.name: value for f, value in pairs if not ("unsaid" in f.metadata and value == f.default)}


def read_json(path: Path, again: str) -> Any:
    """The JSON of a file; RunError, with what makes it `again`, if it is cut or damaged."""
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:  # UnicodeDecodeError is one too
        raise RunError(f"{path} is not valid JSON: {error}; {again}") from None


def read_json_lines(path: Path, again: str) -> list[Any]:
    """The same for a file with JSON on each line."""
    rows = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise RunError(f"{path}:{number} is not valid JSON: {error}; {again}") from None
    return rows


def as_noun(value: Any, noun: type[Noun], where: str | Path, again: str) -> Noun:
    """The noun that a value from JSON is; RunError with `where` it stands, and what makes it `again`, if it is none."""
    from pydantic import ValidationError

    try:
        made: Noun = _adapter(noun).validate_python(value)
    except ValidationError as error:
        raise _no_noun(error, where, again) from None
    return made


def read_noun(path: Path, noun: type[Noun], again: str) -> Noun:
    """The noun that a file of JSON is."""
    return as_noun(read_json(path, again), noun, path, again)


def read_nouns(path: Path, noun: type[Noun], again: str) -> list[Noun]:
    """The nouns of a file with JSON on each line."""
    from pydantic import ValidationError

    nouns, adapter = [], _adapter(noun)
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if line:
            try:
                nouns.append(adapter.validate_json(line))
            except ValidationError as error:
                raise _no_noun(error, f"{path}:{number}", again) from None
    return nouns


def _adapter(noun: Any) -> Any:
    from pydantic import TypeAdapter  # not at the top: commands that read no noun can do without

    if noun not in _ADAPTERS:
        _ADAPTERS[noun] = TypeAdapter(noun)
    return _ADAPTERS[noun]


def _no_noun(error: "ValidationError", where: str | Path, again: str) -> RunError:
    first = error.errors()[0]
    at = f"{'.'.join(map(str, first['loc']))}: " if first["loc"] else ""
    return RunError(f"{where}: {at}{first['msg']}; {again}")


def put(made: Path, final: Path) -> None:
    """Give a file or a folder its name; what had it goes only then."""
    before = final.with_name(final.name + ".before")
    shutil.rmtree(before, ignore_errors=True)
    if final.is_dir():
        os.replace(final, before)
    os.replace(made, final)
    shutil.rmtree(before, ignore_errors=True)


@contextmanager
def locked(folder: Path, wait: float = 0.0) -> Iterator[None]:
    """Keep a second process out of a folder (RunError there, after `wait` seconds); the lock goes with the process,
    however it ends."""
    from filelock import FileLock, Timeout  # brings asyncio, which most commands can do without

    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        raise RunError(f"{folder} is in use by another orca2 process; wait for it or stop it") from None
    try:
        yield
    finally:
        lock.release()


def located(path: str | Path, base: Path = Path()) -> Path:
    """Where a path that a user wrote leads: `~` is the home folder, all else starts from `base`."""
    return base / os.path.expanduser(path)


def matching(pattern: str | Path, base: Path = Path()) -> list[Path]:
    """The files that a glob pattern finds, sorted. `base`, and whatever is there under the very name that the
    pattern begins with, is taken as it is, so that brackets in the name of a folder mean themselves."""
    first, *rest = Path(pattern).parts or (".",)
    root, parts = (located(first), rest) if first.startswith("~") else (base, [first, *rest])
    while parts and os.path.exists(root / parts[0]):
        root /= parts.pop(0)
    if not parts:
        return [root]
    return [Path(name) for name in sorted(glob.glob(os.path.join(glob.escape(str(root)), *parts)))]


def cache_folder() -> Path:
    """Where the user's cache of this project is; it is there afterwards. RunError where it cannot be made."""
    folder = located(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "orca2"
    try:
        if folder.parts[0].startswith("~"):
            raise FileNotFoundError(0, "there is no home folder")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            f"{folder} cannot be made ({error.strerror}); name a folder for caches in XDG_CACHE_HOME,"
            " or a file for answers in ORCA2_CACHE"
        ) from None
    return folder


def utf8(text: str) -> str:
    """The text with U+FFFD in place of half surrogate pairs, which no UTF-8 can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text


def apply_umask(folder: Path) -> None:
    """Give a folder and all in it the modes that the umask gives: some libraries write for the owner's eyes only."""
    file, inner = folder / ".mode", folder / ".modes"
    file.touch()
    inner.mkdir()
    modes = {False: stat.S_IMODE(file.stat().st_mode), True: stat.S_IMODE(inner.stat().st_mode)}
    file.unlink()
    inner.rmdir()
    for path in (folder, *folder.rglob("*")):
        with suppress(OSError):  # a file system without modes
            path.chmod(stat.S_IMODE(path.stat().st_mode) | modes[path.is_dir()])


def hash_json(value: Any) -> str:
    """SHA-256 of a value as JSON, nouns among it, in hex; the order of keys does not count."""
    text = json.dumps(value, sort_keys=True, default=as_mapping)
    return hashlib.sha256(text.encode()).hexdigest()


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
