"""teach: the teacher demonstrates train tasks under their family's chosen strategy, until enough answers are right."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, Worker, run_all
from orca2.asking.sampling import PromptPlan, Sample, sample_until_correct
from orca2.core.choosing import ranked
from orca2.core.model import Model
from orca2.core.types import Completion, Demonstration, Profile, Strategy, Task, Verdict
from orca2.grading.judging import verdict
from orca2.reading import expression_pool
from orca2.run.demonstrating import count_tokens, first_request
from orca2.run.folder import RunFolder
from orca2.run.models import check_answers, load_judge, load_teacher
from orca2.run.stage import StageResult
from orca2.run.tasks import first_of_each_family, read_tasks, strategies_of
from orca2.stages._estimate import show_estimate
from orca2.strategies import FIRST

Planned = tuple[Task, list[Strategy]]
Plan = list[Planned]


def run(folder: RunFolder) -> StageResult:
    model = load_teacher(folder)
    shown = _sample(folder, model, plan(folder))
    check_answers(model, [demonstration.completion for demonstration in shown])
    folder.write_rows("demonstrations.jsonl", shown)
    tasks = len({demonstration.task for demonstration in shown})
    return StageResult(f"{len(shown):,} demonstrations of {tasks:,} tasks", *count_tokens(shown))


def dry_run(folder: RunFolder, show: int) -> None:
    """Say what would be asked and its price."""
    show_estimate(folder, plan(folder))


def plan(folder: RunFolder) -> Plan:
    """The tasks to teach, each with the strategies that it is tried under, in their order."""
    found = folder.read_noun("profile.json", "profile", Profile)
    by_name = {strategy.name: strategy for strategy in strategies_of(folder)}
    # from the far end of the split: tasks that explanation tuning has not shown come first
    chosen = first_of_each_family(reversed(read_tasks(folder, "train")), folder.recipe.teach.tasks_per_family)
    most = folder.recipe.teach.ways
    names = {family: ranked(choice)[:most] for family, choice in found.families.items()}
    return [(task, [by_name[name] for name in names[task.family]]) for task in chosen]


def in_order(planned: Plan) -> Plan:
    """The order in which to ask: a server keeps the prefix of an instruction that it has just read."""
    return sorted(planned, key=lambda row: row[1][0].name)


def sampler(folder: RunFolder, client: ModelClient, threads: ThreadPoolExecutor) -> Worker[Planned, list[Sample]]:
    """How a task is worked on: it is asked until enough answers are right, by graders in `threads` or by the judge."""
    spec, judge_client = folder.recipe.teach, load_judge(folder)

    async def work(row: Planned, ask: Ask) -> list[Sample]:
        task, strategies = row

        async def judge(completion: Completion) -> Verdict:
            said = await verdict(task, completion, True, judge_client, ask, threads)
            client.ledger.verified += said.correct
            return said

        plans = [PromptPlan(first_request(folder, task, strategy), strategy.calls) for strategy in strategies]
        return await sample_until_correct(ask, plans, judge, spec.samples, spec.min_correct, FIRST)

    return work


def _sample(folder: RunFolder, model: Model, planned: Plan) -> list[Demonstration]:
    """The demonstrations of each task, in the plan's order; the answers are graded while others are asked for."""
    client = folder.client(model)
    found: dict[str, list[Demonstration]] = {}
    with ThreadPoolExecutor(expression_pool.WORKERS) as threads:
        work = sampler(folder, client, threads)
        for (task, strategies), samples in run_all(client, in_order(planned), work, "teach: teacher", len(planned)):
            found[task.id] = _demonstrations(task, strategies, samples, folder)
    return [demonstration for task, _ in planned for demonstration in found[task.id]]


def _demonstrations(
    task: Task, strategies: Sequence[Strategy], samples: Sequence[Sample], folder: RunFolder
) -> list[Demonstration]:
    return [
        Demonstration(
            task.id,
            task.family,
            strategies[sample.plan].name,
            first_request(folder, task, strategies[sample.plan]).messages,
            sample.chain.completion,
            sample.verdict,
            earlier=sample.chain.earlier,
            sample=sample.number,
        )
        for sample in samples
    ]
