"""Asking teachers for golds that no row gives: what is asked, of whom, and what their answers agree on.

The recipe's own teacher is asked as the stage teach asks it, sample by sample, so that what agreed here is there
already when it demonstrates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from orca2.asking.client import ModelClient
from orca2.asking.converse import CallChain, converse
from orca2.core.golds import AgreedGold, Vote, agree
from orca2.core.types import Request, Strategy, Task
from orca2.graders import grade, grader_of
from orca2.reading.grader import ReadsAnswers
from orca2.run.demonstrating import demonstrate, first_request
from orca2.run.folder import RunFolder
from orca2.run.models import check_answers, load_teacher
from orca2.run.tasks import strategies_of
from orca2.sections import ModelAsked
from orca2.strategies import FIRST

OWN = "teacher"  # the recipe's own, among others that have names


@dataclass(frozen=True, slots=True)
class Ballot:
    """One answer to ask for: to which task, under which strategy, and the request that opens it."""

    task: Task
    strategy: Strategy
    request: Request


@dataclass(frozen=True, slots=True)
class Cast:
    """One answer that has come, and what is asked to get it."""

    teacher: str
    ballot: Ballot
    chain: CallChain


def teachers(folder: RunFolder) -> dict[str, ModelAsked]:
    """Who is asked, by name: the recipe's own teacher, then the others that it names for golds."""
    return {OWN: folder.recipe.teacher, **folder.recipe.tasks.agreed.teachers}


def ballots(folder: RunFolder, tasks: Sequence[Task], spec: ModelAsked) -> list[Ballot]:
    """What a teacher is asked: `samples` answers to each task, under the strategies of its family in turn."""
    found = []
    for task in tasks:
        strategies = strategies_of(folder, task.family)
        for number in range(folder.recipe.tasks.agreed.samples):
            strategy = strategies[number % len(strategies)]
            opening = first_request(folder, task, strategy, spec)
            found.append(Ballot(task, strategy, replace(opening, sample=number // len(strategies))))
    return found


def clients(folder: RunFolder) -> Iterator[tuple[str, ModelAsked, ModelClient]]:
    """The teachers, each with how it is asked."""
    for name, spec in teachers(folder).items():
        section = OWN if name == OWN else f"tasks.agreed.teachers.{name}"
        yield name, spec, folder.client(load_teacher(folder, spec, section))


def ask_all(folder: RunFolder, tasks: Sequence[Task]) -> list[Cast]:
    """Every answer to these tasks; ModelError if not one call to a teacher succeeds."""
    cast: list[Cast] = []
    for name, spec, client in clients(folder):
        asked = ballots(folder, tasks, spec)
        openings = [ballot.request for ballot in asked]
        chains = converse(client, openings, [ballot.strategy.calls for ballot in asked], FIRST, f"gold: {name}")
        check_answers(client.model, [chain.completion for chain in chains])
        cast += [Cast(name, ballot, chain) for ballot, chain in zip(asked, chains, strict=True)]
    return cast


def golds(tasks: Sequence[Task], cast: Sequence[Cast], share: float) -> list[AgreedGold]:
    """What the answers to each task agree on."""
    by_task: dict[str, list[Cast]] = {task.id: [] for task in tasks}
    for one in cast:
        by_task[one.ballot.task.id].append(one)
    return [_agreed(task, by_task[task.id], share) for task in tasks]


def judged_in_pairs(folder: RunFolder, tasks: Sequence[Task]) -> list[Task]:
    """The tasks whose answers a judge holds against another one, and that have none yet: the teacher gives it."""
    judge = folder.recipe.judge
    in_pairs = judge is not None and judge.mode == "pairwise"
    return [task for task in tasks if in_pairs and task.gold == "judged" and not task.target]


def rivals_of(folder: RunFolder, tasks: Sequence[Task]) -> list[AgreedGold]:
    """The teacher's answer to each of them under its family's first strategy; none where it is not whole."""
    if not tasks:
        return []
    first = {family: strategies_of(folder, family)[0] for family in {task.family for task in tasks}}
    shown = demonstrate(folder, load_teacher(folder), [(t, first[t.family]) for t in tasks], "gold: teacher")
    return [
        AgreedGold(
            task=one.task,
            family=one.family,
            target=one.completion.text.strip(),
            agreeing=1,
            why=f"the teacher's answer under {one.strategy}, which others are judged against",
            votes=[],
        )
        for one in shown
        if one.completion.error is None and one.completion.finish_reason == "stop" and one.completion.text.strip()
    ]


def _agreed(task: Task, cast: Sequence[Cast], share: float) -> AgreedGold:
    def accepts(answer: str, number: int) -> bool:
        return grade(replace(task, target=answer), cast[number].chain.completion.text).correct

    return agree(task, [_vote(task, one) for one in cast], accepts, share)


def _vote(task: Task, cast: Cast) -> Vote:
    """What an answer says; one that was cut or failed says nothing."""
    completion, reader = cast.chain.completion, grader_of(task)
    whole = completion.error is None and completion.finish_reason == "stop"
    answer = reader.answer_in(completion.text, task.prompt) if whole and isinstance(reader, ReadsAnswers) else None
    return Vote(
        teacher=cast.teacher, strategy=cast.ballot.strategy.name, sample=cast.ballot.request.sample, answer=answer
    )


def count_tokens(cast: Sequence[Cast]) -> tuple[int, int, int]:
    """The tokens of all calls: asked, answered, and those of the latter that were thoughts."""
    calls = [c for one in cast for c in (*(e.completion for e in one.chain.earlier), one.chain.completion)]
    return (
        sum(call.tokens_in for call in calls),
        sum(call.tokens_out for call in calls),
        sum(call.reasoning_tokens for call in calls),
    )
