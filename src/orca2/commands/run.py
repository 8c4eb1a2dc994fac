"""Making a run: `run` for a whole recipe, every stage as a verb on a run folder, and the method put to the test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from orca2.commands.parameters import OVERRIDES, REDO, RUN, STAGES, Count, OneOf, PathType, RunPath, no_run

ABOUT = {
    "tasks": "Read the tasks, split them, check their gold answers.",
    "explain": "Tune the student on every strategy, instructions kept (Orca 1).",
    "profile": "Try every strategy on the profile split and choose one per family.",
    "teach": "Have the teacher demonstrate the train split under the chosen strategies.",
    "verify": "Keep only demonstrations whose answer is right and whole.",
    "erase": "Turn demonstrations into lessons: the instructions go.",
    "train": "Train the cautious student on the lessons.",
    "evaluate": "Compare base, explained and cautious student, zero-shot, on the test split.",
    "report": "Write report.md and report.html.",
}
RECIPE = PathType()


@click.command()
@click.argument("target", metavar="RECIPE|RUN", type=RECIPE, help="A recipe (.toml), or a run folder to go on with.")
@OVERRIDES
@click.option("--run", type=PathType("dir"), help="The run folder of a recipe; default: runs/NAME.")
@click.option("--until", type=OneOf(STAGES), default="report", help="Stop after this stage.")
@REDO
def run(target: Path, overrides: tuple[str, ...], run: Path | None, until: str, redo: bool) -> None:
    """Do what is missing of a recipe or a run, stage by stage."""
    from orca2 import pipeline
    from orca2 import recipe as recipes
    from orca2.errors import RecipeError

    if target.is_dir() or target.name == "record.json":
        if not (target / "record.json").is_file():
            raise RecipeError(no_run("run", target, "give a recipe (.toml) or a run folder"))
        if run is not None:
            raise RecipeError(f"--run names the run folder of a recipe, and {target} is a run folder; leave it out")
        folder = pipeline.reopen(target, overrides, redo)
    else:
        if target.is_symlink() and not target.exists():
            raise RecipeError(f"{target} is a link to nothing; give a recipe (.toml) or a run folder")
        checked = recipes.load(target, overrides)
        folder = pipeline.open_run(run or Path("runs") / checked.name, checked, target.resolve().parent, redo)
    pipeline.run(folder, STAGES[: STAGES.index(until) + 1])
    if until == "report":
        click.echo(f"report   {folder.path / 'report.html'}")
        click.echo(f"student  {folder.path / 'student'}")
        click.echo(f"chat     orca2 chat {folder.path}")


@click.command()
@RUN
@OVERRIDES
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status(folder: Path, overrides: tuple[str, ...], as_json: bool) -> None:
    """Say what of a run is done, what is owed and why, and what says its price."""
    from orca2.apps.status import show

    show(folder, overrides, as_json)


def _do(name: str, folder: Path, overrides: tuple[str, ...], redo: bool) -> None:
    from orca2 import pipeline

    opened = pipeline.reopen(folder, overrides, redo)
    if redo:
        pipeline.invalidate(opened, name)
    pipeline.run(opened, [name])


def _stage(name: str, folder: Callable[[Any], Any] = RUN) -> click.Command:
    def verb(folder: Path, overrides: tuple[str, ...], redo: bool) -> None:
        _do(name, folder, overrides, redo)

    return click.command(name, help=ABOUT[name])(folder(OVERRIDES(REDO(verb))))


def _stage_with_dry_run(name: str, *options: Callable[[Any], Any]) -> click.Command:
    def verb(folder: Path, overrides: tuple[str, ...], redo: bool, dry_run: bool, show: int = 0) -> None:
        if dry_run or show:
            from orca2 import pipeline

            pipeline.dry_run(folder, overrides, name, show)
        else:
            _do(name, folder, overrides, redo)

    for option in reversed(options):
        verb = option(verb)
    return click.command(name, help=ABOUT[name])(RUN(OVERRIDES(REDO(verb))))


TRAINED = (
    click.option("--dry-run", is_flag=True, help="Say what would be trained, and stop."),
    click.option("--show", type=Count(0), default=0, help="With --dry-run: paint so many lessons, token by token."),
)
ASKED = click.option("--dry-run", is_flag=True, help="Say what would be asked and its price, and stop.")
TESTED = click.argument(
    "folder",
    metavar="RUN",
    type=RunPath("to run public benchmarks on a model: orca2 suite {}"),
    help="A run folder, made by `orca2 run`.",
)


@click.command()
@click.argument("recipe", metavar="RECIPE", type=RECIPE, help="A recipe (.toml), with a section [ablate].")
@OVERRIDES
@click.option("--run", type=PathType("dir"), help="The folder; default: runs/NAME-ablation.")
@click.option("--jobs", type=Count(0), default=0, help="Students at once; 0: one a GPU, or one.")
@click.option("--redo", is_flag=True, help="Redo what changed keys touch.")
def ablate(recipe: Path, overrides: tuple[str, ...], run: Path | None, jobs: int, redo: bool) -> None:
    """Put the method's claims to the test: seeds x arms from the same prompts, on one page."""
    from orca2.errors import RecipeError
    from orca2.evidence.ablate import ablate as compare_arms

    if (recipe / "record.json").is_file():
        raise RecipeError(f"{recipe} is a run folder; ablate takes the recipe (.toml) that it was made from")
    click.echo(f"page     {compare_arms(recipe, overrides, run, jobs, redo)}")


@click.command()
@RUN
@click.argument("overrides", metavar="KEY=VALUE", nargs=-1, help="Keys of [train] to override.")
@click.option("--rounds", type=Count(1), default=3, help="Rounds at most, those before included.")
@click.option("--budget", type=Count(0), default=200_000, help="Tokens that the teacher may take, all rounds.")
def improve(folder: Path, overrides: tuple[str, ...], rounds: int, budget: int) -> None:
    """Profile, ask and learn the weakest families again, round by round, and keep the best student."""
    from orca2.evidence.improve import improve as go_on

    go_on(folder, overrides, rounds, budget)


COMMANDS = (
    run,
    status,
    _stage("tasks"),
    _stage_with_dry_run("explain", *TRAINED),
    _stage("profile"),
    _stage_with_dry_run("teach", ASKED),
    _stage("verify"),
    _stage("erase"),
    _stage_with_dry_run("train", *TRAINED),
    _stage("evaluate", TESTED),
    _stage("report"),
    ablate,
    improve,
)
