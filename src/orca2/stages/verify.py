"""verify: only demonstrations whose answer is right, whole and unambiguous go on."""

from collections import defaultdict
from typing import Any

from orca2.core.nouns import Demonstration
from orca2.errors import DataError
from orca2.runfolder import RunFolder
from orca2.stages import _ask

READS = ()
MAKES = ("verified.jsonl", "verify.json")


def run(folder: RunFolder) -> dict[str, Any]:
    by_id = {task.id: task for task in _ask.tasks(folder, "train")}
    judged = _ask.verify(folder, folder.read_rows("demonstrations.jsonl", "teach", Demonstration), by_id)
    families: dict[str, list[Demonstration]] = defaultdict(list)
    for shown in judged:
        families[shown.family].append(shown)
    for family, rows in families.items():
        if not any(shown.verdict and shown.verdict.correct for shown in rows):
            reasons = ", ".join(f"{n} {outcome}" for outcome, n in _ask.ledger(rows)["rejected"].items())
            sample = rows[0].completion.error or rows[0].completion.text[:60]
            raise DataError(
                f"verify: none of the {len(rows)} demonstrations of {family!r} is right ({reasons}; one: {sample!r});"
                f" look at demonstrations.jsonl, then change the teacher or leave the family out of tasks.families"
            )
    accepted = [shown for shown in judged if shown.verdict and shown.verdict.correct]
    counts = _ask.ledger(judged)
    folder.write_rows("verified.jsonl", accepted)
    folder.write_json(
        "verify.json",
        {**counts, "families": {family: _ask.ledger(rows) for family, rows in families.items()}},
    )
    rejected = ", ".join(f"{n} {outcome}" for outcome, n in counts["rejected"].items()) or "none"
    return {"said": f"{counts['accepted']:,} of {counts['asked']:,} accepted, rejected: {rejected}"}
