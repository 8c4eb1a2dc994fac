"""Whether each student uses the strategy chosen for a family unprompted: answers held against known ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from orca2.core.agreement import FEW, Reference, compare, measure, total
from orca2.core.records import Agreement, FamilyAgreement, TotalAgreement
from orca2.core.types import Answer, Choice, Lesson, Profile, Strategy, Task, Trial
from orca2.core.wording import without_own
from orca2.run.folder import RunFolder
from orca2.run.models import explained_checkpoint
from orca2.run.tasks import read_tasks, strategies_of

Found = Mapping[str, Mapping[str, Sequence[str]]]  # family -> strategy -> answers


def agreement(folder: RunFolder, answers: Sequence[Answer]) -> Agreement:
    """Of the answers of all students, held against the demonstrations of explain and the trials of profile."""
    profile = folder.read_noun("profile.json", "profile", Profile)
    taught: Found = {}
    if explained_checkpoint(folder):
        lessons = folder.read_rows("explain-lessons.jsonl", "explain", Lesson)
        taught = demonstrated(lessons, strategies_of(folder), read_tasks(folder, "train"))
    tried = _tried(folder.read_rows("trials.jsonl", "profile", Trial))
    sources = {"teacher": taught, profile.subject: tried} if profile.subject != "teacher" else {"teacher": tried}
    return summarise(answers, profile.families, sources)


def summarise(answers: Sequence[Answer], families: Mapping[str, Choice], sources: Mapping[str, Found]) -> Agreement:
    """`sources` are answers under known strategies, by who gave them, the better source first."""
    said: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        if answer.family in families:
            said[answer.student, answer.system][answer.family].append(answer.response)
    found = {family: reference(family, choice, sources) for family, choice in families.items()}
    known = {family: held_against for family, (_, held_against) in found.items()}
    rows: list[FamilyAgreement] = []
    totals: list[TotalAgreement] = []
    for (student, system), by_family in said.items():
        compared = [
            compare(known[family], texts, student=student, system=system, family=family)
            for family, texts in sorted(by_family.items())
        ]
        rows += compared
        totals.append(total([(known[row.family], row) for row in compared], student=student, system=system))
    return Agreement(
        families={family: held_against.record(source) for family, (source, held_against) in found.items()},
        rows=rows,
        totals=totals,
    )


def reference(family: str, choice: Choice, sources: Mapping[str, Found]) -> tuple[str, Reference]:
    """From the source that knows the chosen strategy and most of the others; never from two at once, whose
    differences would pass for those of strategies."""
    tried = dict.fromkeys(choice.strategies, ())
    texts = {source: {**tried, **found.get(family, {})} for source, found in sources.items()}

    def worth(source: str) -> tuple[bool, int]:
        enough = {name for name, said in texts[source].items() if len(said) >= FEW}
        return choice.chosen in enough, len(enough)

    best = max(texts, key=worth)  # the first of equals
    return best, measure(choice.chosen, texts[best])


def demonstrated(lessons: Iterable[Lesson], strategies: Sequence[Strategy], tasks: Iterable[Task]) -> Found:
    """The teacher's answers in lessons that keep the instruction, which names their strategy."""
    by_id = {task.id: task for task in tasks}
    names: dict[str, set[str]] = defaultdict(set)
    for strategy in strategies:
        for wording in strategy.instructions:
            names[wording].add(strategy.name)
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for lesson in lessons:
        if (task := by_id.get(lesson.task)) is None:
            continue
        known = names.get(without_own(lesson.messages[0].content, task.system), set())
        if len(known) == 1:
            found[task.family][min(known)].append(lesson.messages[-1].content)
    return found


def _tried(trials: Iterable[Trial]) -> Found:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for trial in trials:
        found[trial.family][trial.strategy].append(trial.completion.text)
    return found
