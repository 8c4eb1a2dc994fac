"""What the stage gold wrote down, as those who come after it ask for it."""

from orca2.core.auditing import AuditRow, rate
from orca2.core.golds import GoldCounts
from orca2.core.records import Golds


def test_tasks_are_counted_over_families_and_rates_found_by_kind() -> None:
    none = rate([])
    row = AuditRow(family="sums", gold="agreed", labelled=3, false_golds=none, false_accepts=none, false_rejects=none)
    families = {"sums": GoldCounts(ways={"agreed": 4, "given": 1}), "words": GoldCounts(ways={"given": 2})}
    found = Golds(families=families, audit=[row])
    assert found.ways == {"agreed": 4, "given": 3} and found.audited("agreed") is None  # only of all families
    assert Golds(families={}).ways == {}
