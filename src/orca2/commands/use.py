"""Using a student: talk to it, serve it, write it for other programs, and run public benchmarks on it or any model."""

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from orca2.checkpoints.thought_form import ThinkingMode
from orca2.commands.parameters import (
    CLUSTER,
    DEVICE,
    DTYPE,
    MODEL,
    RUN,
    Count,
    ModelName,
    Number,
    OneOf,
    PathType,
    Words,
    built_in,
    last_word,
)

PAPER = "orca2"  # the suite of the paper's own benchmarks
THINKING = click.option(
    "--thinking",
    type=OneOf(["auto", "on", "off"]),
    default="auto",
    help="Whether the student thinks before it answers; auto lets it decide.",
)
ANY_MODEL = click.argument(
    "model",
    metavar="MODEL",
    type=ModelName(),
    help="A run folder, a checkpoint folder, a GGUF file, a hub id, or the address of an endpoint (http://...).",
)


@click.command()
@MODEL
@click.option("--system", help="System message; default: the checkpoint's own.")
@click.option("--max-tokens", type=Count(1), help="Tokens an answer at most; default: 512, or what fits.")
@click.option("--temperature", type=Number(min=0), default=0.0, help="0 takes the likeliest token.")
@click.option(
    "--overflow",
    type=OneOf(["error", "drop"]),
    default="error",
    help="What a full context does: stop, or drop the oldest turns.",
)
@THINKING
@click.option("--json", "lines", is_flag=True, help="A JSON line in, a JSON line out, each for itself.")
@DEVICE
@DTYPE
@click.option("--quantize", type=OneOf(["8bit", "4bit"]), help="Weights in so many bits.")
def chat(
    model: str,
    system: str | None,
    max_tokens: int | None,
    temperature: float,
    overflow: str,
    thinking: ThinkingMode,
    lines: bool,
    device: str,
    dtype: str,
    quantize: str | None,
) -> None:
    """Talk to a student: in the terminal, or through a pipe."""
    from orca2.apps.chat.terminal import chat as talk

    settings = {"max_tokens": max_tokens, "temperature": temperature, "overflow": overflow, "thinking": thinking}
    talk(model, system, settings, lines, device=device, dtype=dtype, quantize=quantize)


@click.command()
@MODEL
@click.option("--compare-model", type=ModelName(), help="A second model, to compare with in the chat page.")
@click.option("--name", help="What clients call the model; default: the end of its path.")
@click.option("--system", default="", show_default=False, help="System message; default: the checkpoint's own.")
@DEVICE
@DTYPE
@click.option(
    "--engine",
    type=OneOf(["orca2", "vllm"]),
    default="orca2",
    help="What answers; vllm hands the checkpoint to `vllm serve`.",
)
@THINKING
@click.option("--thinking-budget", type=Count(0), help="Tokens after which a thought is closed by force.")
@click.option("--host", default="127.0.0.1", envvar="ORCA2_HOST", show_envvar=True, help="Address to listen on.")
@click.option(
    "--port",
    type=Count(0, 65535),
    default=8000,
    envvar="ORCA2_PORT",
    show_envvar=True,
    help="Port; 0 takes a free one.",
)
@click.option(
    "--api-key-env",
    metavar="VARIABLE",
    help="Environment variable with the key that clients must send; default: ORCA2_API_KEY, where it is set.",
)
@click.option(
    "--cors", metavar="ORIGIN", multiple=True, help="Origin whose pages may call the API, or *; may be repeated."
)
@click.option("--max-rows", type=Count(1), default=64, help="Answers made at once.")
@click.option("--max-waiting", type=Count(0), default=256, help="Answers that may wait; more get 429.")
@click.option("--max-body", type=Count(1024), default=4 << 20, help="Bytes of a request; more get 413.")
@click.option(
    "--idle-timeout", type=Number(min=0.1), default=60.0, help="Seconds that a client may neither send nor read."
)
@click.option(
    "--shutdown-timeout", type=Number(min=0), default=30.0, help="Seconds to finish answers in when told to stop."
)
def serve(
    model: str,
    compare_model: str | None,
    name: str | None,
    system: str,
    device: str,
    dtype: str,
    engine: str,
    thinking: ThinkingMode,
    thinking_budget: int | None,
    host: str,
    port: int,
    api_key_env: str | None,
    cors: tuple[str, ...],
    max_rows: int,
    max_waiting: int,
    max_body: int,
    idle_timeout: float,
    shutdown_timeout: float,
) -> None:
    """Serve a student: OpenAI's API with continuous batching, and a chat page."""
    from orca2.apps.serve import key_from, origins_from
    from orca2.apps.serve import serve as answer
    from orca2.apps.serve.settings import Address, Limits, Models

    models = Models(model, compare_model, name, system, device, dtype, engine, thinking, thinking_budget)
    address = Address(host, port, key_from(api_key_env), origins_from(cors))
    answer(models, address, Limits(max_rows, max_waiting, max_body, idle_timeout, shutdown_timeout))


@click.command()
@MODEL
@click.argument("out", metavar="OUT", type=PathType("dir"), help="A new folder for the files, with a model card.")
@click.option(
    "--format",
    "form",
    type=OneOf(["safetensors", "gguf"]),
    default="safetensors",
    help="gguf comes with an Ollama Modelfile where it can.",
)
@click.option("--type", "kind", type=OneOf(["f16", "q8_0", "q4_0"]), help="Weights of a GGUF file.")
@click.option("--push", metavar="OWNER/NAME", help="Also upload it to this repository of the hub.")
def export(model: str, out: Path, form: str, kind: str | None, push: str | None) -> None:
    """Write a student for other programs: safetensors or GGUF, read again and compared."""
    from orca2.apps.export import export as write

    write(model, out, form, kind, push)


@click.command()
@RUN
@click.option("--to", required=True, metavar="FILE|hub:OWNER/NAME", help="A .jsonl file, or a data set of the hub.")
@click.option(
    "--as",
    "form",
    type=OneOf(["messages", "prompt-completion", "sharegpt", "alpaca"]),
    default="messages",
    help="The form; TRL and Axolotl read the first two, LLaMA-Factory and Axolotl the others.",
)
def lessons(folder: Path, to: str, form: str) -> None:
    """Write the lessons of a run for other trainers, with a data card."""
    from orca2 import pipeline
    from orca2.apps.lessons import write

    write(pipeline.reopen(folder), to, form)


def _benchmarks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return last_word([PAPER, *built_in("benchmarks")], incomplete) or [CompletionItem(incomplete, type="file")]


@click.command()
@ANY_MODEL
@click.option(
    "--benchmarks",
    "-b",
    metavar="NAMES",
    default=PAPER,
    shell_complete=_benchmarks,
    help="Names or .py files, with a comma; orca2 is all of the paper's.",
)
@click.option("--data", type=PathType("dir"), help="Folder with the benchmarks' files; default: the hub.")
@click.option("--out", type=PathType("dir"), help="Folder for answers and pages; default: RUN/suite, or suites/MODEL.")
@click.option("--limit", type=Count(0), default=0, help="Items a benchmark at most; 0 is all.")
@click.option("--max-tokens", type=Count(0), default=0, help="Tokens an answer at most; 0 is as the benchmark says.")
@click.option("--system", type=Words(("none", "default")), default="none,default", help="System messages.")
@click.option(
    "--compare-with", metavar="SUITE", type=PathType("dir"), help="An earlier suite to compare with, item by item."
)
@click.option("--model", "name", metavar="NAME", help="With an http address: the model there.")
@click.option("--judge", type=ModelName(), help="Who rates open answers: as MODEL.")
@click.option("--judge-model", metavar="NAME", help="With an http address of a judge: the model there.")
@click.option("--export", type=Words(("inspect", "lm-eval")), help="Also write the logs of these programs.")
@DEVICE
@click.option("--concurrency", type=Count(1), default=64, help="Questions on their way to an endpoint at once.")
@click.option(
    "--key-env", metavar="VARIABLE", default="OPENAI_API_KEY", help="Environment variable with an endpoint's key."
)
@CLUSTER
def suite(
    model: str,
    benchmarks: str,
    data: Path | None,
    out: Path | None,
    limit: int,
    max_tokens: int,
    system: tuple[str, ...],
    compare_with: Path | None,
    name: str | None,
    judge: str | None,
    judge_model: str | None,
    export: tuple[str, ...] | None,
    device: str,
    concurrency: int,
    key_env: str,
    cluster: str | None,
) -> None:
    """Run public benchmarks on a run's student, any checkpoint, or a model behind an endpoint."""
    from orca2.apps.suite import Options, evaluate

    page = evaluate(model, Options(
        benchmarks, data, out, limit, max_tokens, system, compare_with, name, judge, judge_model, export or (), device,
        concurrency, key_env, cluster or "",
    ))  # fmt: skip
    click.echo(f"page     {page}")


COMMANDS = (chat, serve, export, lessons, suite)
