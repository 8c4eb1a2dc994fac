"""Figures of the paper (arXiv 2311.11045) that stand in a public source, and no others.

Of rows whose other cells are known only by hearsay, the cells that are sourced stand alone.
"""

from dataclasses import dataclass

REASONING = ("agieval", "bbh", "drop", "crass", "race", "gsm8k")


@dataclass(frozen=True, slots=True)
class Figures:
    """Accuracies in per cent by benchmark, and the mean over the six of `REASONING`. `system` is "" if not stated."""

    model: str
    system: str
    cells: dict[str, float]
    mean: float | None = None
    note: str = ""


def _six(*values: float) -> dict[str, float]:
    return dict(zip(REASONING, values, strict=True))


FIGURES = (
    Figures("Orca-2-7B", "none", _six(45.10, 45.93, 60.26, 84.31, 80.79, 47.23), 60.60),
    Figures("Orca-2-7B", "default", {"agieval": 43.97}, 62.62),
    Figures("Orca-2-13B", "none", _six(49.93, 50.18, 57.97, 86.86, 82.87, 59.14), 64.49),
    Figures("Orca-2-13B", "default", {"agieval": 48.18}, 66.92),
    Figures("Orca-2-13B", "", {"mmlu": 57.73, "arc_challenge": 83.36}, note="system message not stated"),
    Figures("LLaMA-2-Chat-13B", "none", {"agieval": 38.85}, 43.71),
    Figures("LLaMA-2-Chat-70B", "none", _six(46.70, 44.68, 54.11, 74.82, 68.79, 52.01), 56.85),
    Figures(
        "WizardLM-70B", "none", _six(48.73, 51.08, 59.62, 86.13, 78.96, 73.24), 66.29,
        "the mean is our arithmetic on its cells",
    ),
)  # fmt: skip
RATINGS = {"mt_bench": ("Orca-2-13B", 6.15)}  # of 10, by another judge
MADE_UP = ("Orca-2-13B", 10.97, 29.00)  # per cent of summaries, without and with a system message, by another judge
