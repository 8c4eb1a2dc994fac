"""teach: the teacher demonstrates train tasks under their family's chosen strategy, until enough answers are right."""

from collections.abc import Sequence
from dataclasses import dataclass

from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.asking.sampling import PromptPlan, Sample, sample_until_correct
from orca2.core.choosing import ranked
from orca2.core.model import Model
from orca2.core.types import Completion, Demonstration, Profile, Strategy, Task, Verdict
from orca2.grading.judging import JudgeClient, verdict
from orca2.run.demonstrating import count_tokens, first_request, say_out_of_room, teacher_limit
from orca2.run.eliciting import thinks_aloud, undecided
from orca2.run.folder import RunFolder
from orca2.run.models import check_answers, load_judge, load_teacher
from orca2.run.stage import StageResult
from orca2.run.tasks import first_of_each_family, read_tasks, strategies_of
from orca2.stages._estimate import show_estimate
from orca2.strategies import FIRST

Planned = tuple[Task, list[Strategy]]
Plan = list[Planned]
TaskPlans = tuple[Task, list[PromptPlan]]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How often a task is asked, who judges, and what bounds an answer: the work on one row, wherever it is done."""

    samples: int
    min_correct: int
    judge_client: JudgeClient | None
    limit: str

    async def __call__(self, row: TaskPlans, ask: Ask) -> list[Sample]:
        task, plans = row

        async def judge(completion: Completion) -> Verdict:
            return await verdict(task, completion, True, self.judge_client, ask, self.limit)

        return await sample_until_correct(ask, plans, judge, self.samples, self.min_correct, FIRST)


def run(folder: RunFolder) -> StageResult:
    model = load_teacher(folder)
    shown = _sample(folder, model, plan(folder))
    completions = [demonstration.completion for demonstration in shown]
    check_answers(model, completions)
    say_out_of_room(completions, teacher_limit(folder))
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


def rows(folder: RunFolder, planned: Plan, client: ModelClient, asks: bool = True) -> list[TaskPlans]:
    """What is asked, in the order of asking: a server keeps the prefix of an instruction that it has just read.

    Whether the teacher shows its thoughts is asked of it before. Unless it `asks`, only the tasks by which that is told
    are there as long as it is not known.
    """
    in_order = sorted(planned, key=lambda row: row[1][0].name)
    pairs = [(task, strategy) for task, strategies in in_order for strategy in strategies]
    openings = [(*pair, first_request(folder, *pair)) for pair in pairs]
    spoken, waits = thinks_aloud(client, openings, asks), {} if asks else undecided(client, openings)
    return [
        (task, [PromptPlan(strategy, first_request(folder, task, strategy, spoken=spoken)) for strategy in strategies])
        for task, strategies in in_order
        if all(task.id in waits.get(strategy.name, {task.id}) for strategy in strategies)
    ]


def sampling(folder: RunFolder) -> Sampling:
    """How each task is worked on, as the recipe says."""
    spec = folder.recipe.teach
    return Sampling(spec.samples, spec.min_correct, load_judge(folder), teacher_limit(folder))


def _sample(folder: RunFolder, model: Model, planned: Plan) -> list[Demonstration]:
    """The demonstrations of each task, in the plan's order; the answers are graded while others are asked for."""
    client = folder.client(model)
    asked, work = rows(folder, planned, client), sampling(folder)
    found: dict[str, list[Demonstration]] = {}
    for (task, plans), samples in run_all(client, asked, work, "teach: teacher", len(planned)):
        client.ledger.verified += sum(sample.verdict.correct for sample in samples)
        found[task.id] = _demonstrations(task, plans, samples)
    return [demonstration for task, _ in planned for demonstration in found[task.id]]


def _demonstrations(task: Task, plans: Sequence[PromptPlan], samples: Sequence[Sample]) -> list[Demonstration]:
    return [
        Demonstration(
            task.id,
            task.family,
            plans[sample.plan].strategy.name,
            plans[sample.plan].opening.messages,
            sample.chain.completion,
            sample.verdict,
            earlier=sample.chain.earlier,
            sample=sample.number,
            system=task.system,
        )
        for sample in samples
    ]
