"""The command line: `run` for a whole recipe, and every stage as a verb on a run folder."""

import codecs
import errno
import io
import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from orca2 import __version__, commands
from orca2.errors import Faults, Orca2Error
from orca2.files import located

app = commands.Commands(
    name="orca2",
    help="Teach a small language model to pick its own reasoning strategy: the method of Orca 1 and Orca 2.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Folder = commands.Folder
Overrides = Annotated[list[str] | None, typer.Argument(help="Recipe keys to override, as key=value.")]
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
        pipeline.invalidate(opened, name)
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


def _asking_verb(name: str, about: str) -> None:
    def verb(
        folder: Folder,
        overrides: Overrides = None,
        redo: Redo = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked and its price.")] = False,
    ) -> None:
        from orca2 import pipeline

        if dry_run:
            pipeline.dry_run(folder, overrides or [], name, 0)
        else:
            _do(name, folder, overrides, redo)

    verb.__doc__ = about
    app.command(name)(verb)


_MAKE = {"explain": _training_verb, "train": _training_verb, "teach": _asking_verb}
for _name, _about in {
    "tasks": "Read the tasks, split them, check their gold answers.",
    "explain": "Tune the student on every strategy, instructions kept (Orca 1).",
    "profile": "Try every strategy on the profile split and choose one per family.",
    "teach": "Have the teacher demonstrate the train split under the chosen strategies.",
    "verify": "Keep only demonstrations whose answer is right and whole.",
    "erase": "Turn demonstrations into lessons: the instructions go.",
    "train": "Train the cautious student on the lessons.",
}.items():
    _MAKE.get(_name, _verb)(_name, _about)


@app.command()
def evaluate(
    model: Annotated[
        str,
        typer.Argument(help="A run folder; with --suite also a checkpoint, a GGUF file, a hub id or an http address."),
    ],
    overrides: Overrides = None,
    redo: Redo = False,
    suite: Annotated[
        str, typer.Option(help="Public benchmarks: orca2 for all of the paper's, or names, or .py files.")
    ] = "",
    data: Annotated[Path | None, typer.Option(help="Folder with the benchmarks' files; default: the hub.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for answers and pages; default: RUN/suite.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Items a benchmark at most; 0 is all.")] = 0,
    max_tokens: Annotated[int, typer.Option(min=0, help="Tokens an answer at most; 0 is as the benchmark says.")] = 0,
    system: Annotated[str, typer.Option(help="System messages, with a comma.")] = "empty,cautious",
    compare: Annotated[Path | None, typer.Option(help="An earlier suite to compare with, item by item.")] = None,
    name: Annotated[str | None, typer.Option("--model", help="With an http address: the model there.")] = None,
    judge: Annotated[str | None, typer.Option(help="Who rates open answers: as MODEL.")] = None,
    judge_model: Annotated[str | None, typer.Option(help="With an http address of a judge: the model there.")] = None,
    export: Annotated[str, typer.Option(help="Also write the logs of inspect, lm-eval, or both with a comma.")] = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, mps.")] = "auto",
    concurrency: Annotated[int, typer.Option(min=1, help="Questions on their way to an endpoint at once.")] = 64,
    key_env: Annotated[str, typer.Option(help="Environment variable with an endpoint's key.")] = "OPENAI_API_KEY",
) -> None:
    """Compare base, explained and cautious student, zero-shot; with --suite: run public benchmarks on any model."""
    from orca2.errors import RecipeError

    if not suite:
        if not located(model).is_dir():
            raise RecipeError(f"{model} is no run folder; to run public benchmarks on a model, add --suite orca2")
        _do("evaluate", located(model), overrides, redo)
        return
    if overrides or redo:
        raise RecipeError("--suite takes no recipe keys and no --redo; kept answers go with another --out")
    from orca2.apps.suite import Options
    from orca2.apps.suite import evaluate as run_suite

    systems, exports = (tuple(filter(None, text.split(","))) for text in (system, export))
    page = run_suite(model, Options(
        suite, data, out, limit, max_tokens, systems, compare, name, judge, judge_model, exports, device, concurrency,
        key_env,
    ))  # fmt: skip
    typer.echo(f"page     {page}")


_verb("report", "Write report.md and report.html.")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"orca2 {__version__}")
        raise typer.Exit()


app.add_typer(commands.app)


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    pass


# what a file system says no with; the error names the path
REFUSALS = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP,
    errno.ENAMETOOLONG,
)  # fmt: skip


def main() -> None:
    """Run the command line; an error of the user's is one line and exit code 2, Ctrl-C is exit code 130."""
    _let_any_text_through()
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
            _fail(*(str(error).splitlines() if isinstance(error, Faults) else [str(error)]))
        if _disk_full(error):
            _fail("the disk is full; free some space, then the same command goes on from here")
        if isinstance(error, OSError) and error.errno in REFUSALS and error.filename is not None:
            _fail(
                f"{str(error.filename).removesuffix('.partial')}: {error.strerror}; give another path, or mend this one"
            )
        raise


def _let_any_text_through() -> None:
    """Text of models and data ends no command: a pipe carries UTF-8, whatever the locale; what a terminal cannot show,
    and what UTF-8 cannot hold, is escaped as in JSON."""
    codecs.register_error("as JSON", _as_json)
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "as JSON"), (sys.stderr, "as JSON")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=errors)


def _as_json(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def _fail(*lines: str) -> None:
    for line in lines:
        print(f"orca2: {' '.join(line.split())}", file=sys.stderr)
    sys.exit(2)


def _disk_full(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, is a full disk; safetensors says so in words only."""
    while error is not None:
        if getattr(error, "errno", None) == errno.ENOSPC or "No space left on device" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
