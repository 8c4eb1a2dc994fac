"""The closed set of labels that a gold answer is one of."""

import pytest

from orca2.reading.label_sets import alias_of, label_set


@pytest.mark.parametrize(
    ("target", "question", "labels"),
    [
        ("billing", "Classify this ticket as billing, shipping or refund.", "billing shipping refund"),
        ("refund", "Classify this ticket as billing, shipping or refund.", "billing shipping refund"),
        ("refund", "Is the ticket billing or refund?", "billing refund"),
        ("refund", "Labels: billing, shipping, refund\n\nI was charged twice.", "billing shipping refund"),
        ("refund", "Choose between billing and refund.", "billing refund"),
        ("refund", "Answer with one of ['billing', 'refund'].", "billing refund"),
        ("joy", "Emotion: joy/sadness/anger", "joy sadness anger"),
        ("cat", "Is it a cat, a dog or a bird?", "cat dog bird"),
        ("out-of-scope", "Say in-scope or out-of-scope.", "in_scope out_of_scope"),
        ("spam", "Is this message spam or not spam?", "spam not_spam"),
        ("not_spam", "Is this message spam or not spam?", "spam not_spam"),
        ("\\text{odd}", "Is f odd, even, or neither?", "odd even neither"),
        ("yes", "Is it so?", "yes no"),
        ("no", "Is it so?\nOptions:\n- Yes\n- No", "yes no"),
    ],
)
def test_labels_of_a_question(target: str, question: str, labels: str) -> None:
    found = label_set(target, question, ())
    assert {label.replace(" ", "_") for _, label in found.names} == set(labels.split())
    assert found.gold == alias_of(target)


def test_labels_that_are_named() -> None:
    found = label_set("Not_Spam", "", ("Spam", "Not spam"))
    assert found.gold == "Not spam" and found.opposites == {"spam": "Not spam", "not spam": "Spam"}
    assert label_set("ham", "", ("Spam", "Not spam")).gold is None


@pytest.mark.parametrize("target", ["", "7", "Marie Curie", "x" * 100])
def test_other_answers_are_no_labels(target: str) -> None:
    assert label_set(target, "Who was it, and is it 7 or 8?", ()).gold is None


def test_a_longer_label_is_no_form_of_a_shorter_one() -> None:
    question = "Answer with very positive, positive, neutral, negative or very negative."
    names = dict(label_set("positive", question, ()).names)
    assert names["very positive"] == "very positive" and names["positive"] == "positive"
