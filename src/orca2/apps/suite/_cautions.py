"""What a reader of the page must know before quoting a figure."""

from orca2.apps.suite._types import SuiteResult
from orca2.core.statistics import ENOUGH
from orca2.reporting import formats


def cautions(result: SuiteResult) -> list[str]:
    entries = result.benchmarks
    found = []
    few = [entry.title for entry in entries if entry.items < ENOUGH]
    if few:
        found.append(
            f"Fewer than {ENOUGH} items of {_listed(few)}: an interval there is wider than about ±5.5 points, and a"
            " small difference between models would not show."
        )
    for entry in entries:
        if entry.in_domain and entry.in_domain.in_domain:
            found.append(
                f"{entry.title} is in-domain for this model ({entry.in_domain}): it says little of other problems."
            )
        if entry.rejected:
            found.append(
                f"{len(entry.rejected)} of {entry.items} gold answers of {entry.title} do not pass their own"
                " grader, so nobody can get them right; they count as items."
            )
        for system, row in entry.systems.items():
            where = f"{entry.title}, {formats.system_message(system)}"
            cut = row.truncated / row.items
            if cut > 0.1:
                found.append(
                    f"{where}: {formats.percent(cut)} of the answers were cut at the token"
                    " limit; most of those count as wrong, and a higher --max-tokens may raise the figure."
                )
            if row.failed:
                found.append(f"{where}: {row.failed} calls failed and count as not right.")
    if any(entry.in_domain is None for entry in entries):
        found.append("What this model was trained on is not recorded here, so nothing is said of in-domain benchmarks.")
    found.append(
        "Greedy answers of a local model can change with the number of rows in a batch; kept answers are never asked"
        " for again."
    )
    return found


def comparable(result: SuiteResult) -> list[str]:
    """How our rows and the paper's differ, each a sentence."""
    found = [
        "Same: zero-shot, greedy, generated answers that are read from text, with no system message and a default one.",
        "Different: the wording of the questions is ours where the benchmark has none of its own, and answers are read"
        " by the graders of this project, not by the paper's patterns.",
        "BBH, AGIEval and MMLU are means over their subsets, each weighing the same; what could be checked of the paper"
        " does not say how it averages.",
        "The models of the paper have 7 to 70 billion parameters.",
    ]
    if result.settings.limit:
        found.append(
            f"Ours are at most {result.settings.limit} items a benchmark, drawn by a hash; theirs are all items."
        )
    return found + [f"{entry.title}: {entry.paper}." for entry in result.benchmarks if entry.paper]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
