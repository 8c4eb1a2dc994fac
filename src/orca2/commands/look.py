"""Looking at what is there: runs, answers, prompts and strategies. Only `strategies --try` asks a model anything."""

from pathlib import Path

import click

from orca2.commands.parameters import RUN, Count, OneOf, PathType, RunPath, plugin

RUNS = RunPath()


@click.command()
@click.argument("path", metavar="FILE", type=PathType(), help="A data file, a folder of them, or a quoted glob.")
@click.argument(
    "overrides",
    metavar="KEY=VALUE",
    nargs=-1,
    help="Keys of [tasks]: tasks.options.shape=messages, tasks.grader=number.",
)
def data(path: Path, overrides: tuple[str, ...]) -> None:
    """Show what would become of a data file: its shape, families, splits, graders, ten tasks, and what is dropped."""
    from orca2.apps.data import data as show

    show(path, overrides)


@click.command()
@click.argument("first", metavar="RUN", type=RUNS, help="A run folder.")
@click.argument("second", metavar="OTHER_RUN", type=RUNS, help="The run folder that it is compared with.")
@click.option("--student", type=OneOf(["base", "explained", "cautious"]), default="cautious", help="Whose answers.")
@click.option("--system", type=OneOf(["none", "default"]), default="default", help="Under which system message.")
@click.option("--out", type=PathType(), help="Also write the comparison here, as JSON.")
def compare(first: Path, second: Path, student: str, system: str, out: Path | None) -> None:
    """Compare two runs on the test tasks that both answered."""
    from orca2.apps.compare import compare as show

    show(first, second, student, system, out)


@click.command()
@RUN
def audit(folder: Path) -> None:
    """Plant wrong, cut and ambiguous answers and say how many the verifier lets through."""
    from orca2 import pipeline
    from orca2.apps.audit import audit as plant

    plant(pipeline.reopen(folder))


@click.command()
@click.argument("path", metavar="RUN|FILE", type=PathType(), help="A run folder, or a file of prompts.")
@click.option(
    "--against",
    type=PathType(),
    multiple=True,
    help="An evaluation file, or a quoted glob; may be given several times.",
)
@click.option("--n", type=Count(1), default=13, help="Words of an n-gram.")
@click.option("--fields", default="", show_default=False, help="Columns that hold the text, a,b; default: usual names.")
@click.option(
    "--columns", default="", show_default=False, help="All column names of a CSV or TSV of prompts without header."
)
@click.option("--out", type=PathType(), help="Write every match here, as JSON lines.")
def overlap(path: Path, against: tuple[Path, ...], n: int, fields: str, columns: str, out: Path | None) -> None:
    """Look for test tasks that stand in the training data: a run's own splits, or evaluation files."""
    from orca2.apps.overlap import report

    named, listed = (text.split(",") if text else [] for text in (fields, columns))
    report(path, list(against), n, named, listed, out)


@click.command()
@click.argument(
    "path", metavar="FILE|RUN", type=PathType(), help="Rows with target and response (.jsonl, .csv; .gz), or a run."
)
@click.argument(
    "overrides",
    metavar="KEY=VALUE",
    nargs=-1,
    help="Options: grader.decimal=, of the grader, judge.model=openai of the judge.",
)
@click.option(
    "--grader", default="auto", shell_complete=plugin("graders"), help="A grader's name, or a path to a .py file."
)
@click.option("--out", type=PathType(), help="Write the verdicts here; default: to the terminal.")
def grade(path: Path, overrides: tuple[str, ...], grader: str, out: Path | None) -> None:
    """Grade answers that are there already: one JSON line an answer, a summary on stderr."""
    from orca2.apps.grade import grade as write

    write(path, grader, out, overrides)


@click.command()
@click.argument(
    "words",
    metavar="NAME",
    nargs=-1,
    shell_complete=plugin("strategies"),
    help="Names or .py files to list; with --try, options of the model as key=value.",
)
@click.option("--try", "tried", shell_complete=plugin("strategies"), help="A strategy to try on one task.")
@click.option("--task", help="With --try: the task.")
@click.option("--model", help="With --try: as for `orca2 chat`, or openai and the like with options.")
@click.option("--max-tokens", type=Count(1), default=512, help="With --try: tokens an answer at most.")
@click.option("--seed", type=int, default=0, help="With --try: draws the wording.")
def strategies(
    words: tuple[str, ...], tried: str | None, task: str | None, model: str | None, max_tokens: int, seed: int
) -> None:
    """List the strategies with what they ask, or try one and show all its calls."""
    from orca2.apps.strategies import attempt, show

    if tried is None and task is None and model is None:
        show(words)
    else:
        attempt(tried, task, model, words, max_tokens, seed)


COMMANDS = (data, compare, audit, overlap, grade, strategies)
