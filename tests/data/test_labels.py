"""Names of classes, wherever they lie in a row."""

from typing import Any

import pytest

from orca2.data.labels import features, named

LABEL = {"names": ["bad", "good"], "_type": "ClassLabel"}


@pytest.mark.parametrize(
    ("value", "feature", "read"),
    [
        (1, LABEL, "good"), (-1, LABEL, None), (None, LABEL, None), (7, LABEL, 7), ("good", LABEL, "good"),
        (0, {"dtype": "int64", "_type": "Value"}, 0),
        ([0, 1], {"feature": LABEL, "_type": "Sequence"}, ["bad", "good"]),
        ([0, 1], {"feature": LABEL, "_type": "List"}, ["bad", "good"]), ([0], [LABEL], ["bad"]),
        ({"l": 1, "n": 1}, {"l": LABEL, "n": {"_type": "Value"}}, {"l": "good", "n": 1}),
        ({"l": [1], "t": ["a"]}, {"feature": {"l": LABEL, "t": {}}, "_type": "Sequence"}, {"l": ["good"], "t": ["a"]}),
        ([{"l": 0}], [{"l": LABEL}], [{"l": "bad"}]), (1, None, 1), ({"x": 1}, {}, {"x": 1}),
    ],
)  # fmt: skip
def test_numbers_of_classes_become_their_names(value: Any, feature: Any, read: Any) -> None:
    assert named(value, feature) == read


@pytest.mark.parametrize("metadata", [None, {}, {b"huggingface": b"{"}, {b"huggingface": b"[]"}, {b"pandas": b"{}"}])
def test_a_file_of_another_program_has_no_features(metadata: dict[bytes, bytes] | None) -> None:
    assert named({"a": 1}, features(metadata)) == {"a": 1}
