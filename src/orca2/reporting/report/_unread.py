"""Every test answer that is not right, for a page of its own; and which grader read which family, and how well."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from orca2.core.types import Answer
from orca2.reporting import formats
from orca2.reporting.report._artifacts import Artifacts

UNEXTRACTED = 0.02  # share of answers without one that can be read, above which a family's grader is doubted
ORDER = ("wrong", "ambiguous", "unextracted", "truncated", "failed")


def anchor(found: Artifacts, student: str, system: str, family: str) -> str:
    """Where the page of answers has those of a cell of the report."""
    return f"{student}-{system}-{_families(found).get(family, 0)}"


def not_right(found: Artifacts) -> list[dict[str, Any]]:
    """The answers that are not right, by student, system message and family, the worst outcomes last."""
    cells: dict[tuple[str, str, str], list[Answer]] = defaultdict(list)
    for answer in found.answers:
        if answer.outcome != "correct":
            cells[answer.student, answer.system, answer.family].append(answer)
    return [
        {
            "id": anchor(found, student, system, family), "student": student, "system": system, "family": family,
            "counts": Counter(answer.outcome for answer in rows),
            "rows": sorted(rows, key=lambda row: (ORDER.index(row.outcome), row.task)),
        }
        for (student, system, family), rows in cells.items()
    ]  # fmt: skip


def reading(found: Artifacts) -> list[dict[str, Any]]:
    """One row a family: its graders, their options and why, and the share of answers that held none."""
    unread = _unextracted(found)
    return [
        {
            "family": family,
            "read_by": ", ".join(f"{name} {formats.count(n)}" for name, n in row.read_by.items()),
            "options": "; ".join(f"{key}: {_listed(value)}" for key, value in row.options.items()),
            "why": row.why,
            "unextracted": [(student, *unread[student, family]) for student in found.students],
        }
        for family, row in found.tasks.graders.items()
    ]


def remarks(found: Artifacts) -> Iterator[str]:
    """A family whose answers often hold none that can be read may be read by the wrong grader."""
    for student in found.students:
        doubtful = [
            f"{family}: {formats.percent(unread, items)}"
            for (name, family), (unread, items) in _unextracted(found).items()
            if name == student and unread > UNEXTRACTED * items
        ]
        if doubtful:
            yield (
                f"No answer could be read in more than {UNEXTRACTED:.0%} of what the {student} student says in"
                f" {formats.families_named(doubtful)}. Look at them in answers.html, and at whether another grader"
                " suits the family (tasks.graders)."
            )


def _unextracted(found: Artifacts) -> dict[tuple[str, str], tuple[int, int]]:
    """(student, family) to (answers without one that can be read, answers), under the default message."""
    return {
        (row.student, row.family): (row.unextracted, row.items)
        for row in found.evaluate.rows
        if row.system == "default"
    }


def _families(found: Artifacts) -> dict[str, int]:
    return {family: number for number, family in enumerate(dict.fromkeys(a.family for a in found.answers))}


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
