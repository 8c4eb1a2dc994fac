"""Several labels at once, as a set."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import auto, labels

NAMED = ["billing", "refund", "shipping", "technical", "terms and conditions", "urgent", "not urgent"]
GRADER = labels.load(labels=NAMED)


@pytest.mark.parametrize(
    "response",
    [
        "billing, refund",
        "Refund and billing",
        "billing & refund",
        "billing; refund",
        "billing/refund",
        "- refund\n- billing",
        "1. Billing\n2. Refund",
        "billing\nrefund",
        '["billing", "refund"]',
        '{"labels": ["refund", "billing"]}',
        '{"billing": true, "refund": true, "shipping": false}',
        "billing: yes\nrefund: yes\nshipping: no\ntechnical: no",
        "**Labels:** Billing, Refund",
        "The labels are billing and refund.",
        "The answer is billing and refund.",
        "This ticket is about billing and refund.",
        "I would label this as billing and refund because the customer was charged twice.",
        "It is billing and refund, but not shipping.",
        "The labels are:\n\n1. **Refund**\n2. **Billing**\n\nBoth apply.",
        "Here are the labels:\n* Billing\n* Refund",
        "<answer>billing, refund</answer>",
        "both billing and refund",
        "billing, refund and billing",
    ],
)
def test_order_and_joining_do_not_count(response: str) -> None:
    assert GRADER.grade("billing, refund", response).outcome == "correct"


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("billing", "wrong"),
        ("billing, refund, shipping", "wrong"),
        ("billing and shipping", "wrong"),
        ("- billing\n- refund\n- shipping", "wrong"),
        ("The labels are billing, refund and technical.", "wrong"),
        ("billing, refund, zebra", "wrong"),
        ("billing, but not refund", "wrong"),
        ("billing: yes\nrefund: no", "wrong"),
        ('["billing"]', "wrong"),
        ("none", "wrong"),
        ("[]", "wrong"),
        ("billing or refund", "ambiguous"),
        ("It cannot be determined.", "unextracted"),
        ("I don't know", "unextracted"),
        ("money", "unextracted"),
    ],
)
def test_one_more_or_one_less_is_wrong(response: str, outcome: str) -> None:
    assert GRADER.grade("billing, refund", response).outcome == outcome


@pytest.mark.parametrize(
    "target",
    ['["refund", "billing"]', "refund; billing", "billing\nrefund", "- billing\n- refund", "Billing | Refund"],
)
def test_gold_answers_come_in_several_forms(target: str) -> None:
    assert GRADER.grade(target, "billing, refund").correct and GRADER.grade(target, target).correct
    assert not GRADER.grade(target, "billing").correct
    assert labels.load(separator="+").grade("billing + refund", "refund and billing").correct


@pytest.mark.parametrize(
    ("target", "response", "outcome"),
    [
        ("none", "none", "correct"),
        ("[]", "None of them apply.", "correct"),
        ("[]", "[]", "correct"),
        ("none", "billing", "wrong"),
        ("none", "None of them, but billing", "wrong"),
        ("terms and conditions, billing", "billing and terms and conditions", "correct"),
        ("not urgent, billing", "billing, not urgent", "correct"),
        ("not urgent, billing", "billing, urgent", "wrong"),
        ("urgent", "not urgent", "wrong"),
    ],
)
def test_the_empty_set_and_names_of_several_words(target: str, response: str, outcome: str) -> None:
    assert GRADER.grade(target, response).outcome == outcome


@pytest.mark.parametrize(
    ("target", "response", "outcome"),
    [
        ("joy, anger", "anger and joy", "correct"),
        ("joy, anger", "The emotions are joy and anger.", "correct"),
        ("joy, anger", "joy, anger, fear", "wrong"),
        ("joy, anger", "The emotions are joy, fear and anger.", "wrong"),
        ("joy", "joy, fear", "wrong"),
    ],
)
def test_without_a_closed_set(target: str, response: str, outcome: str) -> None:
    assert labels.load().grade(target, response).outcome == outcome


def test_it_is_picked_for_a_family_whose_answers_are_several() -> None:
    assert GRADER.reads("billing, refund") and not GRADER.reads("billing") and not GRADER.reads("billing, zebra")
    assert not labels.load().reads("billing, refund")
    joined = labels.load(labels=["billing", "refund", "billing, refund"])
    assert joined.reads("billing") and joined.reads("refund, billing")
    assert not labels.load(labels=["Paris, France", "London, UK"]).reads("Paris, France")
    picked = auto.load(labels=["billing", "refund", "billing, refund"])
    assert picked.grade("billing, refund", "Refund and billing.").grader == "labels"
    assert picked.grade("billing", "Both billing and refund.").outcome == "wrong"


@given(st.sets(st.sampled_from(NAMED), min_size=1), st.data())
def test_every_order_of_the_gold_labels_passes_and_no_other_set(gold: set[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(sorted(gold)))
    said = data.draw(st.sets(st.sampled_from(NAMED), min_size=1))
    for joiner, start in itertools.product((", ", "; ", "\n"), ("", "The labels are: ")):
        assert GRADER.grade(", ".join(sorted(gold)), start + joiner.join(order)).correct
        assert GRADER.grade(", ".join(sorted(gold)), start + joiner.join(sorted(said))).correct == (said == gold)
