"""The command line: `run` for a whole recipe, and every stage as a verb on a run folder."""

import errno
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from orca2 import __version__
from orca2.core.ngrams import WORDS
from orca2.errors import Orca2Error

app = typer.Typer(
    name="orca2",
    help="Teach a small language model to pick its own reasoning strategy: the method of Orca 1 and Orca 2.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Overrides = Annotated[list[str] | None, typer.Argument(help="Recipe keys to override, as key=value.")]
Folder = Annotated[Path, typer.Argument(help="A run folder, made by `orca2 run`.")]
Redo = Annotated[bool, typer.Option("--redo", help="Redo from the first stage that changed keys touch.")]


@app.command()
def run(
    recipe: Annotated[Path, typer.Argument(help="A recipe (.toml).")],
    overrides: Overrides = None,
    run: Annotated[Path | None, typer.Option("--run", help="The run folder; default runs/NAME.")] = None,
    until: Annotated[str, typer.Option("--until", help="Stop after this stage.")] = "report",
    redo: Redo = False,
) -> None:
    """Do what is missing of a recipe, stage by stage."""
    from orca2 import pipeline
    from orca2 import recipe as recipes
    from orca2.errors import RecipeError
    from orca2.plugins import suggest

    if until not in pipeline.STAGES:
        near = suggest(until, list(pipeline.STAGES))
        raise RecipeError(f"--until: no stage {until!r}{near}; stages: {', '.join(pipeline.STAGES)}")
    checked = recipes.load(recipe, overrides or [])
    folder = pipeline.open_run(run or Path("runs") / checked.name, checked, recipe.resolve().parent, redo)
    pipeline.run(folder, pipeline.STAGES[: pipeline.STAGES.index(until) + 1])
    if until == "report":
        typer.echo(f"report   {folder.path / 'report.html'}")
        typer.echo(f"student  {folder.path / 'student'}")
        typer.echo(f"chat     orca2 chat {folder.path}")


def _do(name: str, folder: Path, overrides: list[str] | None, redo: bool) -> None:
    from orca2 import pipeline

    opened = pipeline.reopen(folder, overrides or [], redo)
    if redo:
        pipeline.forget(opened, name)
    pipeline.run(opened, [name])


def _verb(name: str, about: str) -> None:
    def verb(folder: Folder, overrides: Overrides = None, redo: Redo = False) -> None:
        _do(name, folder, overrides, redo)

    verb.__doc__ = about
    app.command(name)(verb)


def _training_verb(name: str, about: str) -> None:
    def verb(
        folder: Folder,
        overrides: Overrides = None,
        redo: Redo = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be trained, and stop.")] = False,
        show: Annotated[int, typer.Option(min=0, help="With --dry-run: paint so many lessons, token by token.")] = 0,
    ) -> None:
        from orca2 import pipeline

        if dry_run or show:
            pipeline.dry_run(folder, overrides or [], name, show)
        else:
            _do(name, folder, overrides, redo)

    verb.__doc__ = about
    app.command(name)(verb)


for _name, _about in {
    "tasks": "Read the tasks, split them, check their gold answers.",
    "explain": "Tune the student on every strategy, instructions kept (Orca 1).",
    "profile": "Try every strategy on the profile split and choose one per family.",
    "teach": "Have the teacher demonstrate the train split under the chosen strategies.",
    "verify": "Keep only demonstrations whose answer is right and whole.",
    "erase": "Turn demonstrations into lessons: the instructions go.",
    "train": "Train the cautious student on the lessons.",
    "evaluate": "Compare base, explained and cautious student, zero-shot.",
    "report": "Write report.md and report.html.",
}.items():
    (_training_verb if _name in ("explain", "train") else _verb)(_name, _about)


@app.command()
def chat(
    model: Annotated[str, typer.Argument(help="A run folder, a checkpoint folder, a GGUF file or a hub id.")],
    system: Annotated[str | None, typer.Option(help="System message; default: the checkpoint's own.")] = None,
    max_tokens: Annotated[int, typer.Option(min=1, help="Tokens an answer at most.")] = 512,
    temperature: Annotated[float, typer.Option(min=0, help="0 takes the likeliest token.")] = 0.0,
    overflow: Annotated[str, typer.Option(help="What a full context does: error, or drop the oldest turns.")] = "error",
    lines: Annotated[bool, typer.Option("--json", help="A JSON line in, a JSON line out, each for itself.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, mps.")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, bf16, fp16, fp32.")] = "auto",
    quantize: Annotated[str | None, typer.Option(help="8bit or 4bit.")] = None,
) -> None:
    """Talk to a student: in the terminal, or through a pipe."""
    from orca2.apps.chat import chat as talk

    settings = {"max_tokens": max_tokens, "temperature": temperature, "overflow": overflow}
    talk(model, system, settings, lines, device=device, dtype=dtype, quantize=quantize)


@app.command()
def grade(
    path: Annotated[Path, typer.Argument(help="Rows with target and response (.jsonl, .csv; .gz), or a run folder.")],
    overrides: Annotated[list[str] | None, typer.Argument(help="Keys of the judge, as judge.model=openai.")] = None,
    grader: Annotated[str, typer.Option(help="A grader's name, or a path to a .py file.")] = "auto",
    out: Annotated[Path | None, typer.Option(help="Write the verdicts here; default: to the terminal.")] = None,
) -> None:
    """Grade answers that are there already: one JSON line an answer, a summary on stderr."""
    from orca2.apps.grade import grade as write

    write(path, grader, out, overrides or [])


@app.command()
def audit(folder: Folder) -> None:
    """Plant wrong, cut and ambiguous answers and say how many the verifier lets through."""
    from orca2 import pipeline
    from orca2.apps.audit import audit as plant

    plant(pipeline.reopen(folder))


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="A run folder.")],
    second: Annotated[Path, typer.Argument(help="The run folder that it is compared with.")],
    student: Annotated[str, typer.Option(help="Whose answers: base, explained, cautious.")] = "cautious",
    system: Annotated[str, typer.Option(help="Under which system message: empty, generic.")] = "generic",
    out: Annotated[Path | None, typer.Option(help="Also write the comparison here, as JSON.")] = None,
) -> None:
    """Compare two runs on the test tasks that both answered."""
    from orca2.apps.compare import compare as show

    show(first, second, student, system, out)


@app.command()
def overlap(
    path: Annotated[Path, typer.Argument(help="A run folder, or a file of prompts.")],
    against: Annotated[
        list[Path] | None, typer.Option(help="An evaluation file, or a quoted glob; may be given several times.")
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, help="Words of an n-gram.")] = WORDS,
    fields: Annotated[str, typer.Option(help="Columns that hold the text, a,b; default: those of usual names.")] = "",
    columns: Annotated[str, typer.Option(help="All column names of a CSV or TSV of prompts without header.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write every match here, as JSON lines.")] = None,
) -> None:
    """Look for test tasks that stand in the training data: a run's own splits, or evaluation files."""
    from orca2.apps.overlap import report

    named, listed = (text.split(",") if text else [] for text in (fields, columns))
    report(path, against or [], n, named, listed, out)


@app.command()
def strategies(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Names or .py files to list; with --try, options of the model as key=value."),
    ] = None,
    tried: Annotated[str | None, typer.Option("--try", help="A strategy to try on one task.")] = None,
    task: Annotated[str | None, typer.Option(help="With --try: the task.")] = None,
    model: Annotated[
        str | None, typer.Option(help="With --try: as for `orca2 chat`, or openai and the like with options.")
    ] = None,
    max_tokens: Annotated[int, typer.Option(min=1, help="With --try: tokens an answer at most.")] = 512,
    seed: Annotated[int, typer.Option(help="With --try: draws the wording.")] = 0,
) -> None:
    """List the strategies with what they ask, or try one and show all its calls."""
    from orca2.apps.strategies import attempt, show

    if tried is None and task is None and model is None:
        show(words or [])
    else:
        attempt(tried, task, model, words or [], max_tokens, seed)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"orca2 {__version__}")
        raise typer.Exit()


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; an error of the user's is one line and exit code 2, Ctrl-C is exit code 130."""
    pressed = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        app()
    except BaseException as error:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one would tear the message
        finished = isinstance(error, SystemExit) and not error.code
        if pressed and not finished:  # a library may have made any error of it, above all in the midst of an import
            print("orca2: stopped; the same command goes on from here", file=sys.stderr)
            sys.exit(130)
        if isinstance(error, Orca2Error):
            _fail(str(error))
        if _disk_full(error):
            _fail("the disk is full; free some space, then the same command goes on from here")
        raise


def _fail(line: str) -> None:
    print(f"orca2: {' '.join(line.split())}", file=sys.stderr)
    sys.exit(2)


def _disk_full(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, is a full disk; safetensors says so in words only."""
    while error is not None:
        if getattr(error, "errno", None) == errno.ENOSPC or "No space left on device" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
