"""The nouns of an ablation: written and read as they were, and which figure decides."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from orca2.core.statistics import Crossed
from orca2.errors import RunError
from orca2.evidence.types import ArmComparison, CellRecord, CellSeconds
from orca2.files import read_noun
from tests.evidence.conftest import LEARNED


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = CellRecord(key="k", seed=1, matching="tokens", arm="x", training=LEARNED, seconds=CellSeconds(3.0, 2.0))
    (tmp_path / "cell.json").write_text(json.dumps(asdict(record)))
    assert read_noun(tmp_path / "cell.json", CellRecord, "again") == record
    (tmp_path / "cell.json").write_text(json.dumps(asdict(record) | {"matching": "hours"}))
    with pytest.raises(RunError, match=r"cell.json: matching: Input should be 'lessons' or 'tokens'; again"):
        read_noun(tmp_path / "cell.json", CellRecord, "again")


@pytest.mark.parametrize("measure", ["points", "tokens"])
def test_the_measure_of_the_claim_decides(measure: str) -> None:
    points, tokens = (Crossed(mean, mean - 1, mean + 1, 0.5) for mean in (1.0, -20.0))
    row = ArmComparison(
        claim="c", measure=measure, message="none", part="trained", arm="a", against="b", same_lessons=False,  # type: ignore[arg-type]
        points=points, tokens=tokens, p_holm=0.5,
    )  # fmt: skip
    assert row.decisive is {"points": points, "tokens": tokens}[measure]
