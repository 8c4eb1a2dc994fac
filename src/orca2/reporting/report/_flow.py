"""The flow with its counts, and what it cost: tokens, time and rejected demonstrations."""

from collections import Counter
from dataclasses import dataclass

from orca2.core.records import Golds, TrainingRecord
from orca2.core.splitting import SPLITS
from orca2.reporting import profiles
from orca2.reporting.formats import count
from orca2.reporting.report._artifacts import Artifacts

WHO = {"gold": "teachers", "explain": "the teacher", "teach": "the teacher", "evaluate": "the students"}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the flow. `seconds` is None if the record does not know the stage."""

    stage: str
    number: str
    unit: str
    detail: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Cost:
    """The tokens of a stage that asked `who`; `thought` are those of `tokens_out` that were thoughts."""

    stage: str
    who: str
    tokens_in: int
    tokens_out: int
    thought: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of the demonstrations that a stage asked for; `reasons` of those rejected."""

    stage: str
    asked: int
    answered: int
    accepted: int
    rejected: int
    reasons: str


def flow(found: Artifacts) -> list[Step]:
    """The stages from tasks to evaluate; gold only where some golds are not given."""
    families = found.tasks.families
    split = {name: sum(n[name] for n in families.values()) for name in SPLITS}
    cells, strategies = profiles.cells(found.profile), profiles.strategies(found.profile)
    verify, erase, training = found.verify, found.erase, found.train.training
    explained = found.explain.demonstrations
    crossed = (
        "×" if len({cell.trials for cell in cells}) == 1 and len(cells) == len(strategies) * len(families) else "in"
    )
    counts = {
        "tasks": (sum(split.values()), "tasks", ", ".join(f"{count(n)} {name}" for name, n in split.items())),
        **_golds(found.gold),
        "explain": (found.explain.lessons, "lessons", f"of {count(explained.asked)} answers")
        if explained else None,
        "profile": (
            sum(cell.trials for cell in cells), "trials",
            f"{len(strategies)} strategies {crossed} {len(families)} families",
        ),
        "teach": (verify.asked, "asked", "under the chosen strategies"),
        "verify": (verify.accepted, "accepted", f"{count(verify.asked - verify.accepted)} rejected"),
        "erase": (erase.lessons, "lessons", f"{count(erase.leaked)} leaked, set aside"),
        "train": (training.steps, "steps", f"{count(training.tokens * training.epochs)} tokens"),
        "evaluate": (
            sum(total.items for total in found.evaluate.totals), "answers",
            f"{len(found.students)} students × 2 system messages",
        ),
    }  # fmt: skip
    steps = []
    for stage, said in counts.items():
        seconds = found.record["stages"].get(stage, {}).get("seconds")
        number, unit, detail = said or (0, "skipped", "")
        steps.append(Step(stage, count(number) if said else "–", unit, detail, seconds))
    return steps


def _golds(golds: Golds) -> dict[str, tuple[int, str, str]]:
    ways = sum((Counter[str](row.ways) for row in golds.families.values()), Counter[str]())
    aside = sum(row.set_aside for row in golds.families.values())
    if set(ways) <= {"given"} and not aside:
        return {}
    detail = ", ".join([*(f"{count(n)} {way}" for way, n in ways.items()), f"{count(aside)} set aside"])
    return {"gold": (ways.total(), "golds", detail)}


def trainings(found: Artifacts) -> list[tuple[str, TrainingRecord]]:
    """The trainings that took place, by the stage that did them."""
    pairs = (("explain", found.explain.training), ("train", found.train.training))
    return [(stage, training) for stage, training in pairs if training]


def costs(found: Artifacts) -> list[Cost]:
    """Tokens of each stage that asked a model, from the record."""
    asked = WHO | {"profile": f"the {found.profile.subject}"}
    return [
        Cost(stage, asked[stage], known["tokens_in"], known["tokens_out"], known.get("tokens_thought", 0))
        for stage in ("gold", "explain", "profile", "teach", "evaluate")
        if (known := found.record["stages"].get(stage)) and known["tokens_in"] + known["tokens_out"]
    ]


def ledger(found: Artifacts) -> list[Asked]:
    """Per teaching stage: asked = accepted + rejected; a failed call was asked but not answered."""
    pairs = (("explain", found.explain.demonstrations), ("teach", found.verify))
    return [
        Asked(
            stage,
            counts.asked,
            counts.asked - counts.rejected.get("failed", 0),
            counts.accepted,
            sum(counts.rejected.values()),
            ", ".join(f"{count(n)} {why}" for why, n in counts.rejected.items()),
        )
        for stage, counts in pairs
        if counts
    ]
