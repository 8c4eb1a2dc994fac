"""The types of what commands are given, with what a shell completes, and the options that several of them share."""

import math
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from orca2 import stages
from orca2.errors import RunError
from orca2.files import located

STAGES = tuple(stage.name for stage in stages.STAGES)
ROOT = Path(__file__).parents[1]
ADDRESS = re.compile(r"([^/:\s]+|\[[0-9a-fA-F:]+\]):\d+")


class PathType(click.ParamType[Path]):
    """A path; `~` is the home folder, which a shell leaves as it is in `--run=~/mine`. `completes` is file or dir."""

    name = "path"

    def __init__(self, completes: str = "file") -> None:
        self.completes = completes

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if isinstance(value, Path):
            return value
        if not value.strip():
            self.fail("it is empty; give a path", param, ctx)
        return located(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type=self.completes)]


class RunPath(PathType):
    """A run folder that is there. `otherwise` is what else might have been meant by what is none, {} its path."""

    name = "run"

    def __init__(self, otherwise: str = "") -> None:
        super().__init__("dir")
        self.otherwise = otherwise

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = super().convert(value, param, ctx)
        if not (path / "record.json").is_file():
            verb = (ctx.info_name if ctx else None) or "orca2"
            raise RunError(no_run(verb, path, self.otherwise.format(shlex.quote(str(value)))))
        return path


class ModelName(click.ParamType[str]):
    """What a model is called: a run folder, a checkpoint, a GGUF file, a hub id."""

    name = "model"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value.strip():
            self.fail("it is empty; give a run folder, a checkpoint folder, a GGUF file or a hub id", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type="file")]


class Words(click.ParamType[tuple[str, ...]]):
    """Words with a comma between them, each one of `choices`."""

    name = "list"

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = choices

    def to_info_dict(self) -> Any:
        return {**super().to_info_dict(), "choices": tuple(self.choices)}

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return f"[{','.join(self.choices)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        words = tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))
        if not words:
            self.fail(f"it names none; give one or more of {', '.join(self.choices)}, with a comma", param, ctx)
        for word in words:
            if word not in self.choices:
                self.fail(f"no {word!r}; give one or more of {', '.join(self.choices)}, with a comma", param, ctx)
        return words

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return last_word(self.choices, incomplete)


class OneOf(click.Choice[str]):
    """One of some words; a slip is told the nearest one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.choices:
            from orca2.plugins import suggest

            self.fail(f"no {value!r}{suggest(value, list(self.choices))}; one of {', '.join(self.choices)}", param, ctx)
        return str(value)


class DeviceName(OneOf):
    """A kind of device, or one GPU of several, as cuda:1."""

    name = "device"

    def __init__(self) -> None:
        super().__init__(("auto", "cpu", "cuda", "cuda:N", "mps"))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        kind, colon, number = str(value).partition(":")
        if kind == "cuda" and number == "N":
            self.fail("put the number of the GPU in place of N, as in cuda:1", param, ctx)
        return value if kind == "cuda" and colon and number.isdecimal() else super().convert(value, param, ctx)


class Count(click.IntRange):
    """A whole number within bounds."""

    name = "integer"


class Number(click.FloatRange):
    """A number within bounds, neither nan nor infinite."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is no finite number", param, ctx)
        return number


def no_run(verb: str, path: Path, otherwise: str = "") -> str:
    """What to type in place of `path`, which is no run folder."""
    shown = shlex.quote(str(path))
    if path.is_symlink() and not path.exists():
        return f"{path} is a link to nothing; {verb} takes a run folder, made by: orca2 run RECIPE"
    if path.suffix == ".toml" and path.is_file():
        if verb in STAGES:
            return f"{verb} takes a run folder; to do a recipe up to there: orca2 run {shown} --until {verb}"
        return f"{verb} takes a run folder, and {path} is a recipe; to make its run: orca2 run {shown}"
    if path.exists():
        for parent in path.parents:
            if (parent / "record.json").is_file():
                return f"{path} lies in the run folder {parent}; type: orca2 {verb} {shlex.quote(str(parent))}"
    why = "no record.json" if path.exists() else "it does not exist"
    return f"{path} is not a run folder ({why}); {otherwise or f'{verb} takes a run folder, made by: orca2 run RECIPE'}"


def last_word(choices: Sequence[str], incomplete: str) -> list[CompletionItem]:
    """Completions of the last of the words with commas."""
    before, comma, word = incomplete.rpartition(",")
    return [CompletionItem(f"{before}{comma}{choice}") for choice in choices if choice.startswith(word)]


def built_in(kind: str) -> list[str]:
    """The names of the built-in plug-ins of a kind, read off the folder: no plug-in is loaded for that."""
    return sorted(file.stem for file in (ROOT / kind).glob("*.py") if not file.stem.startswith("_"))


def plugin(kind: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Completes the name of a plug-in, or the path of a file."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        named = [CompletionItem(name) for name in built_in(kind) if name.startswith(incomplete)]
        return named or [CompletionItem(incomplete, type="file")]

    return complete


RUN = click.argument("folder", metavar="RUN", type=RunPath(), help="A run folder, made by `orca2 run`.")
MODEL = click.argument(
    "model", metavar="MODEL", type=ModelName(), help="A run folder, a checkpoint folder, a GGUF file or a hub id."
)
OVERRIDES = click.argument("overrides", metavar="KEY=VALUE", nargs=-1, help="Recipe keys to override.")
REDO = click.option("--redo", is_flag=True, help="Redo from the first stage that changed keys touch.")
DEVICE = click.option(
    "--device", type=DeviceName(), default="auto", envvar="ORCA2_DEVICE", show_envvar=True, help="Where it computes."
)
DTYPE = click.option(
    "--dtype", type=OneOf(["auto", "bf16", "fp16", "fp32"]), default="auto", help="The type of the weights."
)


class ClusterAddress(click.ParamType[str]):
    """Where a Ray cluster is: auto, local, or HOST:PORT."""

    name = "cluster"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "[auto|local|HOST:PORT]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in ("auto", "local") and not ADDRESS.fullmatch(value):
            self.fail(f"{value!r} is no address; give auto, local or HOST:PORT, as in 10.0.0.1:6379", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(word) for word in ("auto", "local") if word.startswith(incomplete)]


CLUSTER = click.option(
    "--cluster",
    type=ClusterAddress(),
    help="Share the work on a Ray cluster: this one's, a new one, one by address.",
)


def with_cluster(overrides: Sequence[str], cluster: str | None) -> tuple[str, ...]:
    """The overrides of a recipe, with the cluster that an option names."""
    return (*overrides, *([f'cluster.address="{cluster}"'] if cluster else []))
