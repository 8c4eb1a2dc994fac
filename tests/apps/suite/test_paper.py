"""The paper's figures: what it gives as a mean is that of its cells."""

from orca2.apps.suite import _paper


def test_the_means_of_the_paper_follow_from_its_cells() -> None:
    for row in _paper.FIGURES:
        if row.mean is not None and len(row.cells) == 6:
            assert abs(sum(row.cells.values()) / 6 - row.mean) < 0.011, row
