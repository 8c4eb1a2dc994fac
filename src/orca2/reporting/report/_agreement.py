"""Whether the cautious student uses the chosen strategy unprompted, with how far that can be told."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.reporting import formats
from orca2.reporting.report._artifacts import Artifacts

MOSTLY = 0.5  # below, most of a family's answers are built otherwise


def agreement(found: Artifacts) -> dict[str, Any]:
    """Totals of every student, and the cautious student per family."""
    measured = found.evaluate.agreement
    systems = list(dict.fromkeys(row["system"] for row in measured["rows"] if row["student"] == "cautious"))
    cells = {(r["family"], r["system"]): r for r in measured["rows"] if r["student"] == "cautious"}
    return {
        "totals": measured["totals"],
        "systems": systems,
        "families": [
            {
                "family": family,
                "chosen": known["chosen"],
                "told": f"{known['told']} of {known['references']}" if known["references"] else None,
                "source": known["source"],
                "doubt": doubt(known),
                "cells": [
                    {**cells[family, s], "built_like": built_like(cells[family, s])}
                    for s in systems
                    if (family, s) in cells
                ],
            }
            for family, known in measured["families"].items()
        ],
    }


def built_like(row: Mapping[str, Any]) -> str:
    """What a family's answers are built like, the most frequent first: "step_by_step 38, none 2"."""
    taken = sorted(row.get("taken", {}).items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} {formats.count(n)}" for name, n in taken)


def doubt(known: Mapping[str, Any]) -> str:
    """Why agreement says little or nothing in a family; empty where the strategies are told apart."""
    reasons = []
    if known["alike"]:
        reasons.append(f"cannot be told apart from {', '.join(known['alike'])}")
    if known["unknown"]:
        reasons.append(f"too few known answers under {', '.join(known['unknown'])}")
    if not known["clear"] and not reasons:
        reasons.append("no other strategy to tell it from")
    return "; ".join(reasons)


def remarks(found: Artifacts) -> Iterator[str]:
    measured = found.evaluate.agreement
    rows = [r for r in measured["rows"] if (r["student"], r["system"]) == ("cautious", "default")]
    known = measured["families"]
    strayed = [
        f"{r['family']}: {formats.percent(r['agreeing'], r['items'])} {known[r['family']]['chosen']}"
        for r in rows if known[r["family"]]["clear"] and r["agreeing"] < MOSTLY * r["items"]
    ]  # fmt: skip
    if strayed:
        yield f"The cautious student mostly does not use the chosen strategy in {formats.families_named(strayed)}."
    if dim := [family for family, row in known.items() if not row["clear"]]:
        yield f"Whether it uses the chosen strategy cannot be told in {formats.families_named(dim)}."
