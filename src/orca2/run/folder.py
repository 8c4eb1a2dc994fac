"""The run folder: artifacts written atomically, and `record.json`, which knows how they came to be."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from orca2 import __version__
from orca2.asking.budget import Budget
from orca2.asking.cache import Cache
from orca2.asking.client import Distributor, ModelClient
from orca2.asking.ledger import Ledger
from orca2.core.golds import AgreedGold, with_golds
from orca2.core.model import Model
from orca2.core.types import Task
from orca2.errors import RunError
from orca2.files import (
    Noun,
    as_mapping,
    hash_file,
    hash_json,
    located,
    locked,
    put,
    read_json,
    read_noun,
    read_nouns,
    utf8,
    write_text,
)  # fmt: skip
from orca2.recipe import Recipe

UNFINISHED = "unfinished"  # the folder of what stages make before they have ended well
CLOCK = ("seconds", "tokens_per_second", "mfu")  # what tells two equal trainings apart


class RunFolder:
    """One run on disk. `base` is the folder that the recipe's relative paths start from.

    What a stage writes lies in a folder of its own until the stage has ended well; until then what was there before is
    left alone. `redo` is whether the user said so, `again` the stages to be done though they are, `stale` those
    whose data files are others by now, with what is said of these. The record names the
    recipe by which the stages were finished, which is this one once `adopted`.
    """

    def __init__(self, path: Path, recipe: Recipe, base: Path, record: dict[str, Any]) -> None:
        self.path, self.recipe, self.base, self.record = path, recipe, base, record
        self.ledger = Ledger()
        self.redo, self.again, self.adopted = False, set[str](), True
        self.stale: dict[str, list[str]] = {}
        self._unfinished: Path | None = None
        self._tasks: Sequence[Task] = ()
        self._tasks_state: list[tuple[int, int, int]] = []  # inode, mtime_ns and size of the files that they are from

    def client(self, model: Model) -> ModelClient:
        """A model to ask, by this run: its cache, its cap on what is spent, the ledger of the stage that goes on."""
        return ModelClient(model, self._cache, self.ledger, self._budget, self._distributor)

    @cached_property
    def _distributor(self) -> Distributor | None:
        """The processes of the recipe's cluster that ask."""
        if self.recipe.cluster is None:
            return None
        from orca2.scale.answer_shards import folder_of
        from orca2.scale.asking import Askers

        store = folder_of(self.recipe.cluster.store, self.base, self.path)
        return Askers(self.recipe.cluster, store, self.path.name, self._cache)

    @cached_property
    def _cache(self) -> Cache:
        return Cache(located(self.recipe.cache, self.base) if self.recipe.cache else None)

    @cached_property
    def _budget(self) -> Budget:
        return Budget(self.recipe.teacher.max_cost, self.record.get("spent", 0.0), self._note_spent)

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
                self._note_spent(self._budget.spent)

    def checkpoints(self, stage: str) -> Path:
        """Where a stage that trains keeps what it can go on from; gone once the stage is done."""
        return self.path / "checkpoints" / stage

    @contextmanager
    def making(self, stage: str, keep: bool) -> Iterator[None]:
        """Have what is written lie apart. `keep` leaves what a try that failed has written, for a training to go on."""
        apart = self._unfinished = self.path / UNFINISHED / stage
        if not keep:
            shutil.rmtree(apart, ignore_errors=True)
        apart.mkdir(parents=True, exist_ok=True)
        try:
            yield
        except BaseException:
            if not keep:
                _remove(apart)
            raise
        finally:
            self._unfinished = None

    def out(self, name: str) -> Path:
        """Where an artifact is to be written."""
        return (self._unfinished or self.path) / name

    def place(self, name: str) -> Path:
        """Where an artifact is: what the stage under way has made of it, or what was there before."""
        made = self.out(name)
        return made if made.exists() else self.path / name

    def file(self, name: str, made_by: str) -> Path:
        """The path of an artifact; RunError names the verb that makes it if it is not there."""
        path = self.place(name)
        if not path.exists():
            raise RunError(f"{name} is missing in {self.path}; run: orca2 {made_by} {self.path}")
        return path

    def read_json(self, name: str, made_by: str) -> Any:
        return read_json(self.file(name, made_by), self._remake(made_by))

    def read_noun(self, name: str, made_by: str, noun: type[Noun]) -> Noun:
        """The noun that a `.json` artifact is."""
        return read_noun(self.file(name, made_by), noun, self._remake(made_by))

    def write_json(self, name: str, value: Any) -> None:
        text = json.dumps(value, indent=1, ensure_ascii=False, default=as_mapping)
        write_text(self.out(name), utf8(text) + "\n")

    def read_rows(self, name: str, made_by: str, noun: type[Noun]) -> list[Noun]:
        """The nouns of a `.jsonl` artifact."""
        return read_nouns(self.file(name, made_by), noun, self._remake(made_by))

    def tasks(self) -> Sequence[Task]:
        """All tasks of the run that have a gold; read once as long as their files stay the same."""
        files = [self.file("tasks.jsonl", "tasks"), self.place("golds.jsonl")]
        now = [file.stat() for file in files if file.exists()]
        state = [(one.st_ino, one.st_mtime_ns, one.st_size) for one in now]
        if state != self._tasks_state:
            tasks = self.tasks_as_read()
            if any(task.gold in ("agreed", "judged") for task in tasks):
                tasks = with_golds(tasks, self.read_rows("golds.jsonl", "gold", AgreedGold))
            self._tasks, self._tasks_state = tasks, state
        return self._tasks

    def tasks_as_read(self) -> list[Task]:
        """The tasks as their rows are, those too on whose gold nobody has agreed."""
        return self.read_rows("tasks.jsonl", "tasks", Task)

    def write_rows(self, name: str, rows: Iterable[Any]) -> None:
        """Nouns, or plain mappings, as one JSON object a line."""
        write_text(self.out(name), rows_as_text(rows))

    def append_rows(self, name: str, rows: Iterable[Any]) -> None:
        """Further rows of an artifact that grows, all of them at once."""
        text = rows_as_text(rows)
        with open(self.out(name), "a", encoding="utf-8", newline="") as handle:
            handle.write(text)

    @contextmanager
    def new_folder(self, name: str) -> Iterator[Path]:
        """A folder that takes its name only when it is whole; a half-written one is never seen."""
        partial = self.out(f"{name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        yield partial
        put(partial, self.out(name))

    def digest(self, names: Iterable[str]) -> str:
        """One hash over artifacts, files or folders, by content; how long a training took does not count."""
        total = hashlib.sha256()
        for name in names:
            path = self.place(name)
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.is_file():
                    inner = f"{name}/{file.relative_to(path).as_posix()}"
                    total.update(f"{inner}\0{_content(file)}\0".encode())
        return total.hexdigest()

    def finish(self, stage: str, entry: dict[str, Any]) -> None:
        """Enter a stage that has ended well into the record, and put what it made in the place of what was there."""
        self.adopted = True
        self.again.discard(stage)
        self.stale.pop(stage, None)
        self.record["stages"][stage] = entry
        self.record["moving"] = stage  # a kill from here on is mended by `move_finished`
        self.save()
        self.move_finished()

    def move_finished(self) -> None:
        """Give the files of a stage that was just finished their names."""
        if (stage := self.record.pop("moving", None)) is None:
            return
        made = self.path / UNFINISHED / stage
        for name in self.record["stages"][stage]["files"]:
            if (made / name).exists():
                put(made / name, self.path / name)
        _remove(made)
        self.save()

    def _remake(self, made_by: str) -> str:
        return f"remake it: orca2 {made_by} {self.path} --redo"

    def save(self) -> None:
        if self.adopted:
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


def rows_as_text(rows: Iterable[Any]) -> str:
    """Nouns, or plain mappings, as one JSON object a line."""
    return utf8("".join(json.dumps(row, ensure_ascii=False, default=as_mapping) + "\n" for row in rows))


class NonWritingRun(RunFolder):
    """The run folder as a second process of a training sees it: what it would write goes nowhere."""

    def write_json(self, name: str, value: Any) -> None:
        pass

    def write_rows(self, name: str, rows: Iterable[Any]) -> None:
        pass

    def append_rows(self, name: str, rows: Iterable[Any]) -> None:
        pass

    @contextmanager
    def new_folder(self, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as nowhere:
            yield Path(nowhere)


def _remove(apart: Path) -> None:
    """A stage's folder of what is unfinished, and the folder of all of them if that is empty then."""
    shutil.rmtree(apart, ignore_errors=True)
    with suppress(OSError):
        apart.parent.rmdir()


def _content(file: Path) -> str:
    """A hash of a file. Of the record of a training, what would be the same another time."""
    if file.name not in ("explain.json", "train.json", "orca2.json"):
        return hash_file(file)
    try:
        known = json.loads(file.read_bytes(), object_hook=lambda row: {k: v for k, v in row.items() if k not in CLOCK})
    except ValueError:
        return hash_file(file)
    return hash_json(known)


def check_folder(path: Path) -> None:
    """RunError for what no run folder can be."""
    for place in (path, *path.parents):
        if place.is_dir():
            return
        if place.exists() or place.is_symlink():
            what = "is a link to nothing" if place.is_symlink() and not place.exists() else "is a file, no folder"
            raise RunError(f"{place} {what}; give another --run folder")


def read_record(path: Path) -> dict[str, Any] | None:
    """The record of a run folder, or None if it has none."""
    file = path / "record.json"
    again = "restore it or start a new run folder"
    try:
        record = read_json(file, again)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not isinstance(record, dict) or not {"stages", "recipe", "base"} <= record.keys():
        raise RunError(f"{file} is no record of a run; {again}")
    return record
