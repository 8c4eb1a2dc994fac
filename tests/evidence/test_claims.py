"""The claims: which arms bear on each, and what their comparisons say in words."""

from orca2.core.claims import BETTER, Paired
from orca2.evidence import claims


def test_a_claim_without_its_arms_says_what_it_needs() -> None:
    found = {claim.name: claim for claim in claims.claims({}, None, held_out=False)}
    assert all(not claim.pairs for claim in found.values())
    ruling = claims.judge(found["erasing"], [], 2.0)
    assert (ruling.verdict, ruling.said) == ("untested", "Not tested") and ruling.because.endswith("chosen_kept.")


def test_a_difference_within_chance_is_not_called_worse() -> None:
    chance = Paired("cautious", "random_erased", BETTER, -1.2, -4.0, 1.6, 0.4, 1.0)
    assert claims._said(chance, "fails", 2.0).endswith("no gain that matters")
    shown = Paired("cautious", "base", BETTER, -3.2, -5.1, -1.2, 0.004, 0.01)
    assert claims._said(shown, "fails", 2.0).endswith("which is worse")
