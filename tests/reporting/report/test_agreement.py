"""Whether the chosen strategy is used unprompted, and how far that can be told."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from orca2.core.records import FamilyAgreement, FamilyReference
from orca2.reporting.report._agreement import agreement, built_like, doubt, remarks
from orca2.reporting.report._artifacts import read


def test_what_answers_are_built_like_the_most_frequent_first() -> None:
    row = FamilyAgreement(items=1_042, taken={"none": 2, "direct": 2, "step_by_step": 1_038})
    assert built_like(row) == "step_by_step 1,038, direct 2, none 2"
    assert built_like(FamilyAgreement(items=2)) == ""


def test_why_it_says_little() -> None:
    clear = FamilyReference(
        source="teacher", chosen="direct", references=0, told=0, confusion={}, alike=(), unknown=(), clear=True
    )
    assert doubt(clear) == ""
    assert doubt(replace(clear, clear=False)) == "no other strategy to tell it from"
    dim = replace(clear, alike=("terse",), unknown=("own",), clear=False)
    assert doubt(dim) == "cannot be told apart from terse; too few known answers under own"


def test_families_that_cannot_be_told_are_named(make_run: Callable[..., Path]) -> None:
    found = read(make_run(["sums", "words", "dates"]))
    rows = agreement(found)
    assert [row["family"] for row in rows["families"]] == ["sums", "words", "dates"] and rows["systems"]
    assert any("cannot be told in 2 families (words; dates)" in remark for remark in remarks(found))
