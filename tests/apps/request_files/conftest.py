"""A run at the point of teach, and a teacher over real HTTP whose answers depend on the request alone."""

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.doubling import write_recipe, write_rows
from tests.server import completion, serve


def answer(body: dict[str, Any]) -> dict[str, Any]:
    """Right, wrong, cut off or empty, each as it comes, but always the same for the same request."""
    number = next(
        int(found[1]) for message in body["messages"] if (found := re.search(r"Double (\d+)", message["content"]))
    )
    fate = zlib.crc32(json.dumps([body["messages"], body["seed"]]).encode())
    said = f"Word {fate}, {fate % 97} and {fate % 89}. The answer is {2 * number if fate % 2 else 1}."
    if fate % 11 == 0:
        said = ""
    reply = completion(said, "length" if fate % 13 == 0 else "stop")
    reply["id"], reply["model"] = f"chatcmpl-{fate}", "teacher/large-2026"
    reply["usage"] = {"prompt_tokens": 7 + fate % 5, "completion_tokens": 3 + fate % 7}
    return reply


@dataclass
class Bench:
    """A run whose teacher is at `url`; `received` is what that was asked, `orca2` the command line."""

    folder: Path
    url: str
    received: list[dict[str, Any]]
    orca2: Run

    @property
    def run(self) -> Path:
        return self.folder / "run"

    def begin(self, *keys: str, until: str = "profile", run: str = "run") -> None:
        """Do the recipe up to a stage, with a cache of the run's own."""
        recipe = self.folder / "recipe.toml"
        words = ("run", recipe, "--run", self.folder / run, "--until", until, f"cache={self.folder / run}.sqlite")
        code, _, said = self.orca2(*words, *keys)
        assert code == 0, said

    def teach(self, *words: object, run: str = "run") -> str:
        """`orca2 teach` as it ends well: what it prints."""
        code, out, said = self.orca2("teach", self.folder / run, *words)
        assert code == 0, said
        return out

    def refused(self, *words: object) -> str:
        """`orca2 teach` as it refuses, in one line."""
        code, out, said = self.orca2("teach", self.run, *words)
        *others, last = said.splitlines()
        assert code == 2 and not out and last.startswith("orca2: "), said
        assert all(line.startswith("  teach: known answers") for line in others), said
        return last

    def record(self, run: str = "run") -> Any:
        return json.loads((self.folder / run / "record.json").read_text())


@pytest.fixture
def bench(tiny: Path, tmp_path: Path, run: Run) -> Iterator[Bench]:
    write_rows(tmp_path, ("f0", "f1"), until=99)
    with serve(answer, whole=True) as (url, received):
        write_recipe(
            tmp_path,
            tiny,
            url,
            model="teacher/large",
            strategies=["direct", "step_by_step", "guess_and_check"],
            teacher={"prices": {"in": 10.0, "out": 30.0}, "max_tokens": 50},
            profile={"budget": 48},
            teach={"min_correct": 2},
        )
        yield Bench(tmp_path, url, received, run)
