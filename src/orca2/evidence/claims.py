"""The method's claims, each as the comparisons of arms that bear on it, and what came out in a plain sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orca2.core.arms import BASE, CHOSEN, RANDOM, Arm
from orca2.core.claims import BETTER, FEWER_TOKENS, NOT_WORSE, SURE, Aim, ClaimStatus, Measure, Paired, combined, decide
from orca2.evidence.types import ArmComparison, Part, Ruling
from orca2.reporting import formats

SAID: dict[ClaimStatus, str] = {
    "holds": "Holds here",
    "fails": "Does not hold here",
    "undecided": "The data cannot decide",
    "untested": "Not tested",
}
UNITS: dict[Measure, str] = {"points": "points", "tokens": "tokens an answer"}


@dataclass(frozen=True, slots=True)
class Claim:
    """`pairs` are the arms that are compared, each as (arm, against)."""

    name: str
    text: str
    aim: Aim
    part: Part
    pairs: tuple[tuple[str, str], ...]
    needs: str  # what has to be there to test it


def claims(arms: Mapping[str, Arm], longest: str | None, held_out: bool) -> list[Claim]:
    """All of them; `longest` is the arm of one strategy whose answers are longest."""
    cautious = _find(arms, CHOSEN, kept=False, verified=True)
    kept = _find(arms, CHOSEN, kept=True, verified=True)
    random = _find(arms, RANDOM, kept=False, verified=True)
    unverified = _find(arms, CHOSEN, kept=False, verified=False)
    singles = single(arms)
    plain = _find(arms, "direct", kept=False, verified=True)
    both = [(BASE, bool(held_out)), (plain, bool(plain and held_out))]

    def pairs(*others: str | None) -> tuple[tuple[str, str], ...]:
        return tuple((cautious, other) for other in others if cautious and other)

    return [
        Claim("choosing_single", "Choosing a strategy per family beats every single strategy.", BETTER, "trained",
              pairs(*singles), "cautious, and an arm of one strategy"),
        Claim("choosing_random", "Choosing beats a random strategy.", BETTER, "trained",
              pairs(random), "cautious and random_erased"),
        Claim("erasing", "Erasing the instruction is at least as good as keeping it, where the prompt gives no hint.",
              NOT_WORSE, "trained", pairs(kept), "cautious and chosen_kept"),
        Claim("verifying", "Leaving the teacher's wrong answers out helps.", BETTER, "trained",
              pairs(unverified), "cautious and cautious_unverified"),
        Claim("tokens", "It takes fewer tokens than reasoning always.", FEWER_TOKENS, "trained",
              pairs(longest), "cautious, and an arm of one strategy"),
        Claim("transfer", "What is learned carries over to families never seen.", BETTER, "held_out",
              pairs(*(other for other, there in both if there)), "cautious and tasks.held_out"),
    ]  # fmt: skip


def single(arms: Mapping[str, Arm]) -> list[str]:
    """The arms that use one strategy for all, comparable with the cautious one in all else."""
    rules = ("", CHOSEN, RANDOM)
    return [name for name, arm in arms.items() if arm.strategy not in rules and not arm.kept and arm.verified]


def judge(claim: Claim, rows: Sequence[ArmComparison], margin: float) -> Ruling:
    """What its comparisons under one message say of a claim."""
    tests = [_test(claim, row) for row in rows]
    verdicts = [decide(test, margin) for test in tests]
    verdict = combined(verdicts)
    figures = "; ".join(_said(test, status, margin) for test, status in zip(tests, verdicts, strict=True))
    because = f"{figures}." if tests else f"It needs {claim.needs}."
    return Ruling(verdict=verdict, said=SAID[verdict], because=because)


def _test(claim: Claim, row: ArmComparison) -> Paired:
    measured = row.decisive
    return Paired(
        row.arm, row.against, claim.aim, measured.mean, measured.low, measured.high, measured.p, row.p_holm,
        row.same_lessons,
    )  # fmt: skip


def _said(test: Paired, verdict: ClaimStatus, margin: float) -> str:
    if test.same_lessons:
        return f"{test.arm} and {test.against} learned the very same lessons, so they cannot differ"
    interval, p = formats.point_range(test.low, test.high), formats.p_value(test.p_holm)
    figures = f"{formats.points(test.difference)} {UNITS[test.aim.measure]} (95% interval {interval}, p {p})"
    if verdict == "holds":
        tail = f", so at most {margin:g} points are lost" if test.aim.not_worse else ""
    elif verdict == "fails" and test.aim.measure == "tokens":
        tail = ", which is no saving"
    elif verdict == "fails":
        worse = test.high < 0 or (test.difference < 0 and test.p_holm < SURE)
        tail = ", which is worse" if worse else ", no gain that matters"
    else:
        tail = ", too uncertain to tell"
    return f"{test.arm} against {test.against}: {figures}{tail}"


def _find(arms: Mapping[str, Arm], strategy: str, kept: bool, verified: bool) -> str | None:
    wanted = (strategy, kept, verified)
    return next((name for name, arm in arms.items() if (arm.strategy, arm.kept, arm.verified) == wanted), None)
