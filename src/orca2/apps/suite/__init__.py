"""A suite of public benchmarks on any model: ask, grade, compare, and write a page down to the single answer."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from orca2 import __version__
from orca2.apps.suite import _answers, _compare, _domain, _grading, _page, _results, _show
from orca2.apps.suite._answers import Asked
from orca2.apps.suite._subject import Subject, remote, subject
from orca2.apps.suite._types import ItemAnswer, Skipped, SuiteResult, SuiteSettings
from orca2.asking.client import ModelClient
from orca2.benchmarks import SUITES, Loaded, benchmark_names, data_files, load_benchmark, load_module, short_name
from orca2.checkpoints.names import find
from orca2.core.types import Message
from orca2.errors import DataError, RecipeError, RunError
from orca2.files import write_text
from orca2.progress import console

SYSTEMS = ("none", "default")
EXPORTS = ("inspect", "lm-eval")


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says. `model_name` and `judge_name` are the models behind an endpoint; `limit` and
    `max_tokens` 0 for none."""

    benchmarks: str
    data: Path | None = None
    out: Path | None = None
    limit: int = 0
    max_tokens: int = 0
    systems: tuple[str, ...] = SYSTEMS
    compare_with: Path | None = None
    model_name: str | None = None
    judge: str | None = None
    judge_name: str | None = None
    export: tuple[str, ...] = ()
    device: str = "auto"
    concurrency: int = 64
    key_env: str = "OPENAI_API_KEY"


def evaluate(spec: str, options: Options) -> Path:
    """Run the suite on the model that `spec` names and return the page."""
    _check(options)
    if not remote(spec):
        find(spec)  # before the benchmarks, which may take long: whether it can be a model
    wanted, skipped = _wanted(options)
    other = _compare.read(options.compare_with) if options.compare_with else None
    loaded = [load_benchmark(name, options.data, options.limit) for name in wanted]
    if not loaded:
        why = "; ".join(each.why for each in skipped)
        raise DataError(f"--benchmarks {options.benchmarks}: nothing to run; {why}")
    _say_gold(loaded)
    endpoint = {"concurrency": options.concurrency, "key_env": options.key_env}
    who = subject(spec, options.model_name, options.device, endpoint)
    judge = _judge(options, endpoint)
    out = _folder(spec, who, options)
    lock = FileLock(out / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise RunError(f"{out} is in use by another orca2 process; wait for it, or give another --out") from None
    with lock:
        return _run(who, judge, loaded, skipped, other, options, out)


def _run(
    who: Subject,
    judge: Subject | None,
    loaded: Sequence[Loaded],
    skipped: Sequence[Skipped],
    other: _compare.Other | None,
    options: Options,
    out: Path,
) -> Path:
    texts = {name: "" if name == "none" else who.default_system for name in options.systems}
    asked = [row for each in loaded for row in _questions(each, texts, options.max_tokens)]
    client = ModelClient(who.model)
    said = _answers.collect(client, [row for _, row in asked], out / "answers.jsonl")
    judge_client = ModelClient(judge.model) if judge else None
    answers = _grading.grade(asked, said, judge_client)
    lines = (json.dumps(dataclasses.asdict(answer), ensure_ascii=False) + "\n" for answer in answers)
    write_text(out / "graded.jsonl", "".join(lines))
    trained_on = _domain.trained_on(who.run, loaded)
    result = SuiteResult(
        orca2=__version__,
        model=who.name,
        model_id=who.model.name,
        suite=options.benchmarks,
        systems=texts,
        settings=SuiteSettings("greedy", options.limit, options.max_tokens, judge.name if judge else None),
        answered_by=sorted(getattr(who.model, "answered_by", ())),
        benchmarks=[_results.of_benchmark(each, answers, list(texts), trained_on.get(each.name)) for each in loaded],
        skipped=skipped,
        comparison=_compare.compare(answers, other, list(texts), judge_client) if other else None,
    )
    write_text(out / "suite.json", json.dumps(dataclasses.asdict(result), indent=1, ensure_ascii=False) + "\n")
    page = _page.write(out, result, answers)
    for kind in options.export:
        _export(kind, out, result, answers)
    _show.show(result)
    return page


def _questions(each: Loaded, texts: Mapping[str, str], most: int) -> list[tuple[Loaded, Asked]]:
    tokens = min(each.benchmark.max_tokens, most) if most else each.benchmark.max_tokens
    shots = [
        turn for user, reply in each.benchmark.shots for turn in (Message("user", user), Message("assistant", reply))
    ]
    return [
        (each, Asked(item, name, (Message("system", text), *shots), tokens))
        for name, text in texts.items()
        for item in each.items
    ]


def _check(options: Options) -> None:
    if not options.systems:
        raise RecipeError(f"--system: names none; give one or both of: {', '.join(SYSTEMS)}")
    for name in options.systems:
        if name not in SYSTEMS:
            raise RecipeError(f"--system: no {name!r}; give one or both of: {', '.join(SYSTEMS)}")
    for kind in options.export:
        if kind not in EXPORTS:
            raise RecipeError(f"--export: no {kind!r}; give one or both of: {', '.join(EXPORTS)}")
    if options.data and not options.data.is_dir():
        raise DataError(f"--data {options.data}: no such folder; give the one with the benchmarks' files")


def _wanted(options: Options) -> tuple[list[str], list[Skipped]]:
    """What to run; of a whole suite, what cannot be run here is left out and said. A name of its own must run."""
    asked_for = {part.strip() for part in options.benchmarks.split(",")} - SUITES.keys()
    wanted, skipped = [], []
    for name in benchmark_names(options.benchmarks):
        about = load_module(name).BENCHMARK
        why = ""
        if about.measure != "graded" and not options.judge:
            why = f"{about.title} needs a judge of open answers: --judge MODEL"
        elif options.data and not data_files(about, options.data):
            why = f"{about.title}: no file {' or '.join(about.files[:2])} in {options.data}"
        elif not options.data and not about.hub:
            why = f"{about.title} has no copy on the hub that is known here: --data FOLDER"
        if why and name in asked_for:
            raise DataError(f"{why}; see docs/suite.md")
        if why:
            skipped.append(Skipped(short_name(name), about.title, why))
        else:
            wanted.append(name)
    return wanted, skipped


def _judge(options: Options, endpoint: Mapping[str, Any]) -> Subject | None:
    if options.judge is None:
        return None
    return subject(options.judge, options.judge_name, options.device, endpoint, "--judge-model")


def _folder(spec: str, who: Subject, options: Options) -> Path:
    """Where the suite is kept: as asked, within the run folder, or by the model's name."""
    out = options.out or (who.run / "suite" if who.run and not remote(spec) else Path("suites") / Path(who.name).name)
    if out.exists() and not out.is_dir():
        raise DataError(f"--out {out}: is a file; give a folder")
    out.mkdir(parents=True, exist_ok=True)
    return out


def _say_gold(loaded: Sequence[Loaded]) -> None:
    for each in loaded:
        if each.rejected:
            console.print(
                f"  {each.benchmark.title}: {len(each.rejected)} of {len(each.items)} gold answers do not pass their"
                f" own grader and cannot be got right, the first: {each.rejected[0][1]}",
                soft_wrap=True,
            )
    items = sum(len(each.items) for each in loaded)
    console.print(f"  {len(loaded)} benchmarks, {items:,} items, gold answers checked")


def _export(kind: str, out: Path, result: SuiteResult, answers: Sequence[ItemAnswer]) -> None:
    from orca2.apps.suite import _export_inspect, _export_lm_eval

    (_export_inspect if kind == "inspect" else _export_lm_eval).write(out, result, answers)
