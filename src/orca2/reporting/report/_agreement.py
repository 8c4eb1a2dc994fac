"""Whether the cautious student uses the chosen strategy unprompted, with how far that can be told."""

from collections.abc import Iterator
from typing import Any

from orca2.core.records import FamilyAgreement, FamilyReference
from orca2.reporting import formats
from orca2.reporting.report._artifacts import Artifacts

MOSTLY = 0.5  # below, most of a family's answers are built otherwise


def agreement(found: Artifacts) -> dict[str, Any]:
    """Totals of every student, and the cautious student per family: each cell with what it is built like."""
    measured = found.evaluate.agreement
    cells = {(row.family, row.system): row for row in measured.rows if row.student == "cautious"}
    systems = list(dict.fromkeys(system for _, system in cells))
    return {
        "totals": measured.totals,
        "systems": systems,
        "families": [
            {
                "family": family,
                "known": known,
                "told": f"{known.told} of {known.references}" if known.references else None,
                "doubt": doubt(known),
                "cells": [(row, built_like(row)) for system in systems if (row := cells.get((family, system)))],
            }
            for family, known in measured.families.items()
        ],
    }


def built_like(row: FamilyAgreement) -> str:
    """What a family's answers are built like, the most frequent first: "step_by_step 38, none 2"."""
    taken = sorted(row.taken.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} {formats.count(n)}" for name, n in taken)


def doubt(known: FamilyReference) -> str:
    """Why agreement says little or nothing in a family; empty where the strategies are told apart."""
    reasons = []
    if known.alike:
        reasons.append(f"cannot be told apart from {', '.join(known.alike)}")
    if known.unknown:
        reasons.append(f"too few known answers under {', '.join(known.unknown)}")
    if not known.clear and not reasons:
        reasons.append("no other strategy to tell it from")
    return "; ".join(reasons)


def remarks(found: Artifacts) -> Iterator[str]:
    known = found.evaluate.agreement.families
    clear = [
        (row, row.agreeing)
        for row in found.evaluate.agreement.rows
        if (row.student, row.system) == ("cautious", "default") and known[row.family].clear and row.agreeing is not None
    ]
    strayed = [
        f"{row.family}: {formats.percent(agreeing, row.items)} {known[row.family].chosen}"
        for row, agreeing in clear if agreeing < MOSTLY * row.items
    ]  # fmt: skip
    if strayed:
        yield f"The cautious student mostly does not use the chosen strategy in {formats.families_named(strayed)}."
    if dim := [family for family, reference in known.items() if not reference.clear]:
        yield f"Whether it uses the chosen strategy cannot be told in {formats.families_named(dim)}."
