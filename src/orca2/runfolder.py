"""The run folder: artifacts written atomically, and `record.json`, which knows how they came to be."""

import dataclasses
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from orca2 import __version__
from orca2.asking.cache import Cache
from orca2.asking.engine import Asker
from orca2.asking.ledger import Ledger
from orca2.asking.money import Purse
from orca2.errors import RunError
from orca2.files import hash_file, locked, write_text
from orca2.models._protocol import Model
from orca2.recipe import Recipe

Noun = TypeVar("Noun")


class RunFolder:
    """One run on disk. `base` is the folder that the recipe's relative paths start from."""

    def __init__(self, path: Path, recipe: Recipe, base: Path, record: dict[str, Any]) -> None:
        self.path, self.recipe, self.base, self.record = path, recipe, base, record
        self.ledger = Ledger()

    def asker(self, model: Model) -> Asker:
        """A model to ask, by this run: its cache, its cap on what is spent, the ledger of the stage that goes on."""
        return Asker(model, self._cache, self.ledger, self._purse)

    @cached_property
    def _cache(self) -> Cache:
        return Cache(self.base / self.recipe.cache if self.recipe.cache else None)

    @cached_property
    def _purse(self) -> Purse:
        return Purse(self.recipe.teacher.max_cost, self.record.get("spent", 0.0), self._note_spent)

    def _note_spent(self, dollars: float) -> None:
        self.record["spent"] = round(dollars, 6)
        self.save()

    @contextmanager
    def asking(self, stage: str) -> Iterator[None]:
        """Enter what the stage asks into the record, however it ends."""
        self.ledger = Ledger()
        try:
            yield
        finally:
            if self.ledger.requests:
                self.ledger.check()
                self.record.setdefault("asked", {})[stage] = self.ledger.row()
                self._note_spent(self._purse.spent)

    def checkpoints(self, stage: str) -> Path:
        """Where a stage that trains keeps what it can go on from; gone once the stage is done."""
        return self.path / "checkpoints" / stage

    def file(self, name: str, made_by: str) -> Path:
        """The path of an artifact; RunError names the verb that makes it if it is not there."""
        path = self.path / name
        if not path.exists():
            raise RunError(f"{name} is missing in {self.path}; run: orca2 {made_by} {self.path}")
        return path

    def read_json(self, name: str, made_by: str) -> Any:
        return json.loads(self.file(name, made_by).read_text(encoding="utf-8"))

    def write_json(self, name: str, value: Any) -> None:
        text = json.dumps(value, indent=1, ensure_ascii=False, default=dataclasses.asdict)
        write_text(self.path / name, text + "\n")

    def read_rows(self, name: str, made_by: str, noun: type[Noun]) -> list[Noun]:
        """The nouns of a `.jsonl` artifact."""
        path, adapter = self.file(name, made_by), TypeAdapter(noun)
        rows = []
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line:
                try:
                    rows.append(adapter.validate_json(line))
                except ValidationError as error:
                    what = error.errors()[0]
                    raise RunError(
                        f"{path}:{number}: {what['loc']}: {what['msg']}; remake it: orca2 {made_by} {self.path} --redo"
                    ) from None
        return rows

    def write_rows(self, name: str, rows: Iterable[Any]) -> None:
        """Nouns, or plain mappings, as one JSON object a line."""
        lines = (json.dumps(row, ensure_ascii=False, default=dataclasses.asdict) for row in rows)
        write_text(self.path / name, "".join(line + "\n" for line in lines))

    def append_rows(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Further rows of an artifact that grows, all of them at once."""
        text = "".join(json.dumps(row) + "\n" for row in rows)
        with open(self.path / name, "a", encoding="utf-8") as handle:
            handle.write(text)

    @contextmanager
    def new_folder(self, name: str) -> Iterator[Path]:
        """A folder that takes its name only when it is whole; a half-written one is never seen."""
        partial, final = self.path / f"{name}.partial", self.path / name
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        yield partial
        shutil.rmtree(final, ignore_errors=True)
        os.replace(partial, final)

    def digest(self, names: Iterable[str]) -> str:
        """One hash over artifacts, files or folders, by content."""
        total = hashlib.sha256()
        for name in names:
            path = self.path / name
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.is_file():
                    total.update(f"{file.relative_to(self.path)}\0{hash_file(file)}\0".encode())
        return total.hexdigest()

    def save(self) -> None:
        self.record |= {
            "orca2": __version__,
            "name": self.recipe.name,
            "seed": self.recipe.seed,
            "base": str(self.base),
            "recipe": self.recipe.model_dump(),
        }
        write_text(self.path / "record.json", json.dumps(self.record, indent=1, ensure_ascii=False) + "\n")

    def lock(self) -> AbstractContextManager[None]:
        return locked(self.path)


class Onlooker(RunFolder):
    """The run folder as a second process of a training sees it: what it would write goes nowhere."""

    def write_json(self, name: str, value: Any) -> None:
        pass

    def write_rows(self, name: str, rows: Iterable[Any]) -> None:
        pass

    def append_rows(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        pass

    @contextmanager
    def new_folder(self, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as nowhere:
            yield Path(nowhere)


def read_record(path: Path) -> dict[str, Any] | None:
    """The record of a run folder, or None if it has none."""
    file = path / "record.json"
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise RunError(f"{file} is not valid JSON: {error}; restore it or start a new run folder") from None
    assert isinstance(record, dict)
    return record
