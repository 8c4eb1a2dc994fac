"""Tools beside the work: the answers that are kept, a look at the cluster, and a teacher that costs nothing."""

from pathlib import Path

import click

from orca2.commands.parameters import ClusterAddress, Count, Number, PathType
from orca2.commands.program import Group

SCENARIOS = ("calm", "skewed", "storm", "faulty", "thinking")
FILE = click.option(
    "--file", type=PathType(), envvar="ORCA2_CACHE", show_envvar=True, help="The file; default: the user's own."
)
MODELS = click.option(
    "--model", default="", show_default=False, help="Only models whose name (address and model) has this text."
)


@click.group(cls=Group)
def cache() -> None:
    """The answers that are kept: show, export or prune them."""


@cache.command("show")
@FILE
def show_answers(file: Path | None) -> None:
    """Say how many answers of which models are kept, their size and age."""
    from orca2.apps.cache import show

    show(file)


@cache.command("export")
@click.argument("out", metavar="OUT", type=PathType(), help="FILE.jsonl or FILE.jsonl.gz.")
@FILE
@MODELS
def export_answers(out: Path, file: Path | None, model: str) -> None:
    """Write requests and answers as JSON lines."""
    from orca2.apps.cache import export

    export(file, out, model)


@cache.command("prune")
@FILE
@MODELS
@click.option("--older", type=Number(min=0), default=0.0, help="Only answers older than so many days.")
@click.option("--yes", is_flag=True, help="Delete them; without it, only say what would go.")
def prune_answers(file: Path | None, model: str, older: float, yes: bool) -> None:
    """Delete answers by model and age."""
    from orca2.apps.cache import prune

    prune(file, model, older, yes)


@click.group(cls=Group)
def cluster() -> None:
    """The Ray cluster: its nodes, and who of ours does what there."""


@cluster.command("status")
@click.option("--cluster", "address", type=ClusterAddress(), default="auto", help="This machine's, or one by address.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def cluster_status(address: str, as_json: bool) -> None:
    """Say what nodes there are, what of them is free, and what each worker does."""
    from orca2.apps.cluster import show

    show(address, as_json)


@click.command("fake-teacher")
@click.option(
    "--scenario",
    required=True,
    shell_complete=lambda ctx, param, incomplete: [name for name in SCENARIOS if name.startswith(incomplete)],
    help=f"A scenario (.toml), or a built-in one: {', '.join(SCENARIOS)}.",
)
@click.option("--port", type=Count(0, 65535), default=8000, help="On 127.0.0.1; 0 takes a free one.")
def fake_teacher(scenario: str, port: int) -> None:
    """Serve scripted answers, delays and faults as an OpenAI-compatible endpoint, to try a run against."""
    from orca2.testing.fake_teacher.server import serve

    serve(scenario, port)


COMMANDS = (cache, cluster, fake_teacher)
