"""Making a run: `run` for a whole recipe, every stage as a verb on a run folder, and the method put to the test."""

import functools
import shlex
from collections.abc import Callable
from pathlib import Path

import click

from orca2.commands.parameters import (
    CLUSTER,
    OVERRIDES,
    REDO,
    RUN,
    Count,
    OneOf,
    PathType,
    RunPath,
    no_run,
    with_cluster,
)
from orca2.run.stage import Stage
from orca2.stages import STAGES

RECIPE = PathType()


NAMES = tuple(stage.name for stage in STAGES)
SHARED = ("gold", "explain", "profile", "teach", "verify", "train", "evaluate")  # stages that a cluster can help with
TARGET = click.argument(
    "target", metavar="RECIPE|RUN", type=RECIPE, help="A recipe (.toml), or a run folder to go on with."
)


@click.command()
@TARGET
@OVERRIDES
@click.option("--run", type=PathType("dir"), help="The run folder of a recipe; default: runs/NAME.")
@click.option("--until", type=OneOf(NAMES), default="report", help="Stop after this stage.")
@CLUSTER
@REDO
def run(
    target: Path, overrides: tuple[str, ...], run: Path | None, until: str, cluster: str | None, redo: bool
) -> None:
    """Do what is missing of a recipe or a run, stage by stage."""
    from orca2 import pipeline
    from orca2 import recipe as recipes
    from orca2.errors import RecipeError

    overrides = with_cluster(overrides, cluster)

    if _is_run(target):
        if run is not None:
            raise RecipeError(f"--run names the run folder of a recipe, and {target} is a run folder; leave it out")
        folder = pipeline.reopen(target, overrides, redo)
    else:
        checked = recipes.load(target, overrides)
        folder = pipeline.open_run(run or Path("runs") / checked.name, checked, target.resolve().parent, redo)
    pipeline.run(folder, NAMES[: NAMES.index(until) + 1])
    if until == "report":
        click.echo(f"report   {folder.path / 'report.html'}")
        click.echo(f"student  {folder.path / 'student'}")
        click.echo(f"chat     orca2 chat {folder.path}")


@click.command()
@TARGET
@OVERRIDES
def check(target: Path, overrides: tuple[str, ...]) -> None:
    """Name every fault of a recipe or a run, and what it will do: tasks, calls, price, memory, time."""
    from orca2 import pipeline
    from orca2 import recipe as recipes
    from orca2.apps.check import check as foresee

    if _is_run(target):
        folder = pipeline.reopen(target, overrides, redo=True)
        checked, base = folder.recipe, folder.base
    else:
        checked, base = recipes.load(target, overrides), target.resolve().parent
    foresee(checked, base)
    click.echo(f"nothing is wrong with {target}; to run it: {shlex.join(['orca2', 'run', str(target), *overrides])}")


def _is_run(target: Path) -> bool:
    """Whether it is a run folder; RecipeError for what is neither that nor a file."""
    from orca2.errors import RecipeError

    if target.is_dir() or target.name == "record.json":
        if not (target / "record.json").is_file():
            raise RecipeError(no_run("run", target, "give a recipe (.toml) or a run folder"))
        return True
    if target.is_symlink() and not target.exists():
        raise RecipeError(f"{target} is a link to nothing; give a recipe (.toml) or a run folder")
    return False


@click.command()
@RUN
@OVERRIDES
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status(folder: Path, overrides: tuple[str, ...], as_json: bool) -> None:
    """Say what of a run is done, what is owed and why, and what says its price."""
    from orca2.apps.status import show

    show(folder, overrides, as_json)


TESTED = click.argument(
    "folder",
    metavar="RUN",
    type=RunPath("to run public benchmarks on a model: orca2 suite {}"),
    help="A run folder, made by `orca2 run`.",
)
ASKED = click.option("--dry-run", is_flag=True, help="Say what would be asked and its price, and stop.")
TRAINED = click.option("--dry-run", is_flag=True, help="Say what would be trained, and stop.")
SHOWN = click.option("--show", type=Count(0), default=0, help="With --dry-run: paint so many lessons, token by token.")
EXPORTED = click.option(
    "--export",
    type=PathType("dir"),
    help="Write the requests without an answer into this new folder, in OpenAI's batch format, and stop.",
)
IMPORTED = click.option(
    "--import", "source", type=PathType("dir"), help="Take in the results of such files from this folder, and stop."
)


def _verb(stage: Stage) -> click.Command:
    """A stage as a command on a run folder."""

    def verb(
        folder: Path,
        overrides: tuple[str, ...],
        redo: bool,
        cluster: str | None = None,
        dry_run: bool = False,
        show: int = 0,
        export: Path | None = None,
        source: Path | None = None,
    ) -> None:
        from orca2 import pipeline

        overrides = with_cluster(overrides, cluster)
        if export or source:
            if dry_run:
                raise click.UsageError("--dry-run writes and asks nothing; leave it out, or --export and --import")
            _exchange(folder, overrides, redo, export, source)
            return
        if dry_run or show:
            pipeline.dry_run(folder, overrides, stage.name, show)
            return
        opened = pipeline.reopen(folder, overrides, redo)
        if redo:
            pipeline.invalidate(opened, stage.name)
        pipeline.run(opened, [stage.name])

    files = (EXPORTED, IMPORTED) if stage.as_files else ()
    foretold = (TRAINED, SHOWN) if stage.trains else (ASKED, *files) if stage.asks else ()
    shared = (CLUSTER,) if stage.name in SHARED else ()
    words = (TESTED if stage.name == "evaluate" else RUN, OVERRIDES, *shared, REDO, *foretold)
    made: Callable[..., None] = functools.reduce(lambda inner, word: word(inner), reversed(words), verb)
    return click.command(stage.name, help=stage.help)(made)


def _exchange(folder: Path, overrides: tuple[str, ...], redo: bool, export: Path | None, source: Path | None) -> None:
    """Take results in, and then write the requests that are left; either may be left out."""
    from orca2.apps.request_files.export import export as write
    from orca2.apps.request_files.take_in import take_in

    if source is not None:
        take_in(folder, overrides, redo, source)
    if export is not None:
        write(folder, overrides, redo, export)


@click.command()
@click.argument("recipe", metavar="RECIPE", type=RECIPE, help="A recipe (.toml), with a section [ablate].")
@OVERRIDES
@click.option("--run", type=PathType("dir"), help="The folder; default: runs/NAME-ablation.")
@click.option("--jobs", type=Count(0), default=0, help="Students at once; 0: one a GPU, or one.")
@CLUSTER
@click.option("--redo", is_flag=True, help="Redo what changed keys touch.")
def ablate(
    recipe: Path, overrides: tuple[str, ...], run: Path | None, jobs: int, cluster: str | None, redo: bool
) -> None:
    """Put the method's claims to the test: seeds x arms from the same prompts, on one page."""
    from orca2.errors import RecipeError
    from orca2.evidence.ablate import ablate as compare_arms

    if (recipe / "record.json").is_file():
        raise RecipeError(f"{recipe} is a run folder; ablate takes the recipe (.toml) that it was made from")
    click.echo(f"page     {compare_arms(recipe, with_cluster(overrides, cluster), run, jobs, redo)}")


@click.command()
@RUN
@click.argument("overrides", metavar="KEY=VALUE", nargs=-1, help="Keys of [train] to override.")
@click.option("--rounds", type=Count(1), default=3, help="Rounds at most, those before included.")
@click.option("--budget", type=Count(0), default=200_000, help="Tokens that the teacher may take, all rounds.")
def improve(folder: Path, overrides: tuple[str, ...], rounds: int, budget: int) -> None:
    """Profile, ask and learn the weakest families again, round by round, and keep the best student."""
    from orca2.evidence.improve import improve as go_on

    go_on(folder, overrides, rounds, budget)


COMMANDS = (run, check, status, *map(_verb, STAGES), ablate, improve)
