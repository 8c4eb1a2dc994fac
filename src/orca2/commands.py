"""The commands beside the stages: what a person does with a student, with answers, and with what a run leaves."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from orca2.core.ngrams import WORDS
from orca2.files import located


class Commands(typer.Typer):
    """Commands whose paths may begin with `~`, which a shell leaves as it is in `--run=~/mine`."""

    def command(self, *args: Any, **how: Any) -> Callable[[Any], Any]:
        register = super().command(*args, **how)

        def add(function: Callable[..., None]) -> Callable[..., None]:
            @functools.wraps(function)
            def call(**given: Any) -> None:
                function(**{name: _at_home(value) for name, value in given.items()})

            return register(call)

        return add


def _at_home(value: Any) -> Any:
    if isinstance(value, list):
        return [_at_home(item) for item in value]
    return located(value) if isinstance(value, Path) else value


app = Commands()

Folder = Annotated[Path, typer.Argument(help="A run folder, made by `orca2 run`.")]


@app.command()
def chat(
    model: Annotated[str, typer.Argument(help="A run folder, a checkpoint folder, a GGUF file or a hub id.")],
    system: Annotated[str | None, typer.Option(help="System message; default: the checkpoint's own.")] = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens an answer at most; default: 512, or what the context leaves.")
    ] = None,
    temperature: Annotated[float, typer.Option(min=0, help="0 takes the likeliest token.")] = 0.0,
    overflow: Annotated[str, typer.Option(help="What a full context does: error, or drop the oldest turns.")] = "error",
    lines: Annotated[bool, typer.Option("--json", help="A JSON line in, a JSON line out, each for itself.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, mps.")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, bf16, fp16, fp32.")] = "auto",
    quantize: Annotated[str | None, typer.Option(help="8bit or 4bit.")] = None,
) -> None:
    """Talk to a student: in the terminal, or through a pipe."""
    from orca2.apps.chat.terminal import chat as talk

    settings = {"max_tokens": max_tokens, "temperature": temperature, "overflow": overflow}
    talk(model, system, settings, lines, device=device, dtype=dtype, quantize=quantize)


@app.command()
def serve(
    model: Annotated[str, typer.Argument(help="A run folder, a checkpoint folder, a GGUF file or a hub id.")],
    beside: Annotated[str | None, typer.Option(help="A second model, to compare with in the chat page.")] = None,
    name: Annotated[str | None, typer.Option(help="What clients call the model; default: the end of its path.")] = None,
    system: Annotated[str, typer.Option(help="Default system message; default: the checkpoint's own.")] = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, mps.")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, bf16, fp16, fp32.")] = "auto",
    engine: Annotated[str, typer.Option(help="orca2, or vllm: hand the checkpoint to `vllm serve`.")] = "orca2",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    api_key_env: Annotated[
        str | None, typer.Option(help="Environment variable with the key of clients; ORCA2_API_KEY is always read.")
    ] = None,
    cors: Annotated[
        list[str] | None, typer.Option(help="Origin whose pages may call the API, or *; may be given several times.")
    ] = None,
    max_rows: Annotated[int, typer.Option(min=1, help="Answers made at once.")] = 64,
    max_waiting: Annotated[int, typer.Option(min=0, help="Answers that may wait; more get 429.")] = 256,
    max_body: Annotated[int, typer.Option(min=1024, help="Bytes of a request; more get 413.")] = 4 << 20,
    patience: Annotated[float, typer.Option(min=0.1, help="Seconds that a client may neither send nor read.")] = 60.0,
    grace: Annotated[float, typer.Option(min=0, help="Seconds to finish answers in when told to stop.")] = 30.0,
) -> None:
    """Serve a student: OpenAI's API with continuous batching, and a chat page."""
    from orca2.apps.serve import key_from, origins_from
    from orca2.apps.serve import serve as answer
    from orca2.apps.serve.settings import Address, Limits, Models

    models = Models(model, beside, name, system, device, dtype, engine)
    address = Address(host, port, key_from(api_key_env), origins_from(cors or []))
    answer(models, address, Limits(max_rows, max_waiting, max_body, patience, grace))


@app.command()
def export(
    model: Annotated[str, typer.Argument(help="A run folder, a checkpoint folder, a GGUF file or a hub id.")],
    out: Annotated[Path, typer.Argument(help="A new folder for the files, with a model card.")],
    form: Annotated[
        str, typer.Option("--format", help="safetensors, or gguf, with an Ollama Modelfile where it can be.")
    ] = "safetensors",
    kind: Annotated[str | None, typer.Option("--type", help="Weights of a GGUF file: f16, q8_0, q4_0.")] = None,
    push: Annotated[str | None, typer.Option(help="Also upload it to this repository of the hub, OWNER/NAME.")] = None,
) -> None:
    """Write a student for other programs: safetensors or GGUF, read again and compared."""
    from orca2.apps.export import export as write

    write(model, out, form, kind, push)


@app.command()
def grade(
    path: Annotated[Path, typer.Argument(help="Rows with target and response (.jsonl, .csv; .gz), or a run folder.")],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(help="Options: grader.decimal=, of the grader, judge.model=openai of the judge."),
    ] = None,
    grader: Annotated[str, typer.Option(help="A grader's name, or a path to a .py file.")] = "auto",
    out: Annotated[Path | None, typer.Option(help="Write the verdicts here; default: to the terminal.")] = None,
) -> None:
    """Grade answers that are there already: one JSON line an answer, a summary on stderr."""
    from orca2.apps.grade import grade as write

    write(path, grader, out, overrides or [])


@app.command()
def ablate(
    recipe: Annotated[Path, typer.Argument(help="A recipe (.toml), with a section [ablate].")],
    overrides: Annotated[list[str] | None, typer.Argument(help="Recipe keys to override, as key=value.")] = None,
    run: Annotated[Path | None, typer.Option("--run", help="The folder; default runs/NAME-ablation.")] = None,
    jobs: Annotated[int, typer.Option(min=0, help="Students at once; 0: one a GPU, or one.")] = 0,
    redo: Annotated[bool, typer.Option("--redo", help="Redo what changed keys touch.")] = False,
) -> None:
    """Put the method's claims to the test: seeds x arms from the same prompts, on one page."""
    from orca2.evidence.ablate import ablate as compare_arms

    typer.echo(f"page     {compare_arms(recipe, overrides or [], run, jobs, redo)}")


@app.command()
def improve(
    folder: Folder,
    overrides: Annotated[list[str] | None, typer.Argument(help="Keys of [train] to override, as key=value.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds at most, those before included.")] = 3,
    budget: Annotated[int, typer.Option(min=0, help="Tokens that the teacher may take, all rounds.")] = 200_000,
) -> None:
    """Profile, ask and learn the weakest families again, round by round, and keep the best student."""
    from orca2.evidence.improve import improve as go_on

    go_on(folder, overrides or [], rounds, budget)


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


@app.command("fake-teacher")
def fake_teacher(
    scenario: Annotated[str, typer.Option(help="A scenario (.toml), or a built-in one: calm, skewed, storm, faulty.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0 takes a free one.")] = 8000,
) -> None:
    """Serve scripted answers, delays and faults as an OpenAI-compatible endpoint, to try a run against."""
    from orca2.testing.fake_teacher.server import serve

    serve(scenario, port)


answers = Commands(no_args_is_help=True)
app.add_typer(answers, name="cache", help="The answers that are kept: show, export or prune them.")

CacheFile = Annotated[Path | None, typer.Option("--file", help="The file; default: $ORCA2_CACHE, or the user's own.")]
Models = Annotated[str, typer.Option("--model", help="Only models whose name (address and model) has this text.")]


@answers.command("show")
def show_answers(file: CacheFile = None) -> None:
    """Say how many answers of which models are kept, their size and age."""
    from orca2.apps.cache import show

    show(file)


@answers.command("export")
def export_answers(
    out: Annotated[Path, typer.Argument(help="FILE.jsonl or FILE.jsonl.gz.")],
    file: CacheFile = None,
    model: Models = "",
) -> None:
    """Write requests and answers as JSON lines."""
    from orca2.apps.cache import export

    export(file, out, model)


@answers.command("prune")
def prune_answers(
    file: CacheFile = None,
    model: Models = "",
    older: Annotated[float, typer.Option(min=0, help="Only answers older than so many days.")] = 0.0,
    yes: Annotated[bool, typer.Option("--yes", help="Delete them; without it, only say what would go.")] = False,
) -> None:
    """Delete answers by model and age."""
    from orca2.apps.cache import prune

    prune(file, model, older, yes)
