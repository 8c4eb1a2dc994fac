"""The same items answered by two models: paired tests on graded ones, the judge's preference on open ones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orca2.apps.suite._results import compared
from orca2.apps.suite._types import ItemAnswer, Preferred, SuiteComparison, SuiteResult, SystemComparison
from orca2.asking.client import ModelClient
from orca2.core.preferring import Preference
from orca2.core.statistics import mcnemar
from orca2.errors import RunError
from orca2.files import as_noun, read_json, read_json_lines
from orca2.grading.rating import prefer
from orca2.reporting.artifacts import clean

KINDS: tuple[Preference, ...] = ("ours", "theirs", "tie", "split", "unread")


@dataclass(frozen=True, slots=True)
class Other:
    """An earlier suite. `answers` by (system message, item)."""

    folder: Path
    result: SuiteResult
    answers: Mapping[tuple[str, str], ItemAnswer]


def read(folder: Path) -> Other:
    """A folder of a suite, or a run folder that holds one."""
    place = folder if (folder / "suite.json").is_file() else folder / "suite"
    if not (place / "suite.json").is_file():
        raise RunError(f"--compare-with {folder}: no suite.json there; make one with: orca2 suite MODEL --out {folder}")
    again, lines = f"run it again: orca2 suite MODEL --out {place}", place / "graded.jsonl"
    result = as_noun(clean(read_json(place / "suite.json", again)), SuiteResult, place / "suite.json", again)
    rows = enumerate(read_json_lines(lines, again), 1)
    answers = [as_noun(clean(row), ItemAnswer, f"{lines}:{number}", again) for number, row in rows]
    return Other(place, result, {(answer.system, answer.task): answer for answer in answers})


def compare(
    answers: Sequence[ItemAnswer], other: Other, systems: Sequence[str], judge: ModelClient | None
) -> SuiteComparison:
    """For each system message, ours minus theirs; RunError where the same item was asked or cut otherwise."""
    pairs = [
        (clean(answer), other.answers[answer.system, answer.task])  # as those of the file were when they were read
        for answer in answers if (answer.system, answer.task) in other.answers
    ]  # fmt: skip
    if not pairs:
        raise RunError(
            f"{other.folder} answered none of these items; compare suites of the same benchmarks and --limit"
        )
    for ours, theirs in pairs:
        for key in ("prompt", "target", "grader", "max_tokens"):
            if getattr(ours, key) != getattr(theirs, key):
                a, b = (str(getattr(side, key))[:60] for side in (ours, theirs))
                raise RunError(
                    f"{other.folder}: {key} of {ours.task} differs ({a!r} here, {b!r} there); run both alike"
                )
    found = {}
    for system in systems:
        own = [pair for pair in pairs if pair[0].system == system]
        found[system] = SystemComparison(
            len(own),
            compared([a for a, _ in own], [b for _, b in own]),
            _preferred([pair for pair in own if pair[0].measure != "graded"], judge) if judge else [],
        )
    return SuiteComparison(other.result.model, str(other.folder), found)


def _preferred(pairs: Sequence[tuple[ItemAnswer, ItemAnswer]], judge: ModelClient) -> list[Preferred]:
    fit = [(ours, theirs) for ours, theirs in pairs if ours.response and theirs.response]
    preferences = prefer(judge, [(_question(ours), ours.response, theirs.response) for ours, theirs in fit])
    found = []
    for family in dict.fromkeys(ours.family for ours, _ in fit):
        counts = Counter[str](
            preference for (ours, _), preference in zip(fit, preferences, strict=True) if ours.family == family
        )
        p = mcnemar(counts["ours"], counts["theirs"])
        found.append(Preferred(family=family, items=counts.total(), p=p, **{name: counts[name] for name in KINDS}))
    return found


def _question(answer: ItemAnswer) -> str:
    """The conversation up to the answer that is compared."""
    lines, asked = [], [answer.prompt, *answer.follow_ups]
    for question, reply in zip(asked, answer.earlier, strict=False):
        lines += [f"[user] {question}", f"[assistant] {reply}"]
    return "\n".join([*lines, f"[user] {asked[len(answer.earlier)]}"]) if lines else asked[0]
