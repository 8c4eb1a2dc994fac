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
from tests.server import completion, serve

RECIPE = """
name = "files"
strategies = ["direct", "step_by_step", "guess_and_check"]
[tasks]
source = "jsonl"
options = { path = "rows.jsonl", fields = { prompt = "q", target = "a", family = "f" } }
splits = { profile = [0.0, 0.3], train = [0.3, 0.9], test = [0.9, 1.0] }
limits = { profile = 8, train = 12, test = 6 }
[student]
model = "TINY"
[teacher]
model = "openai"
options = { model = "teacher/large", base_url = "URL" }
prices = { in = 10.0, out = 30.0 }
temperature = 0.7
max_tokens = 50
[explain]
tasks = 0
[profile]
subject = "teacher"
budget = 48
[teach]
tasks_per_family = 12
samples = 3
min_correct = 2
"""


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
    rows = [{"q": f"Double {n} please.", "a": str(2 * n), "f": f"f{n % 2}"} for n in range(3, 99)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with serve(answer, whole=True) as (url, received):
        (tmp_path / "recipe.toml").write_text(RECIPE.replace("TINY", str(tiny)).replace("URL", url))
        yield Bench(tmp_path, url, received, run)
