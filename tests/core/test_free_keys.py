"""Which keys of a recipe what is made depends on."""

from typing import Any

import pytest

from orca2.core.keys import FREE, lasting
from orca2.sections import Judge, Student, Teacher, Tuning

SECTIONS: dict[str, Any] = {"student": Student, "teacher": Teacher, "judge": Judge, "explain": Tuning, "train": Tuning}
ASKING = {
    "prices": {"in": 1.0, "out": 2.0},
    "key_env": "K",
    "concurrency": 9,
    "timeout": 1.0,
    "retries": 0,
    "requests_per_minute": 5,
    "device": "cpu",
}


def test_every_free_key_is_there() -> None:
    for key in FREE - {"cache", "cluster"}:
        section, name, *option = key.split(".")
        assert name in SECTIONS[section].model_fields and (name == "options") == bool(option), key


@pytest.mark.parametrize("who", ["teacher", "judge"])
def test_how_an_account_works_is_no_part_of_what_was_asked(who: str) -> None:
    asked = {"model": "openai", "options": {"model": "m", "base_url": "http://a/v1"}}
    bare, tuned = ({who: {**asked, "options": asked["options"] | more}} for more in ({}, ASKING))  # type: ignore[operator]
    assert lasting(bare) == lasting(tuned) == {
        f"{who}.model": "openai", f"{who}.options.model": "m", f"{who}.options.base_url": "http://a/v1"
    }  # fmt: skip
    more_servers = {who: {**asked, "options": {"model": "m", "base_url": ["http://a/v1", "http://b/v1"]}}}
    assert lasting(more_servers) == lasting(bare)
    for other in ({"revision": "2"}, {"base_url": "http://b/v1"}, {"extra": {"top_p": 0.5}}, {"quantize": "8bit"}):
        assert lasting({who: {**asked, "options": asked["options"] | other}}) != lasting(bare)  # type: ignore[operator]


def test_what_an_answer_costs_is_free() -> None:
    teacher = Teacher(model="m", prices={"in": 1.0, "out": 2.0}, max_cost=3.0)
    assert lasting(teacher.model_dump(), "teacher.") == lasting(Teacher(model="m").model_dump(), "teacher.")


def test_options_that_are_all_free_are_as_none() -> None:
    assert lasting({"teacher": {"options": ASKING}}) == lasting({"teacher": {"options": {}}}) == {}


def test_the_same_word_may_be_free_in_one_section_only() -> None:
    student, training = Student(model="m", batch_tokens=9), Tuning(batch_tokens=9, save_minutes=1.0)
    assert "student.batch_tokens" not in lasting(student.model_dump(), "student.")
    assert lasting(training.model_dump(), "train.")["train.batch_tokens"] == 9
    assert lasting(training.model_dump(), "train.") == lasting(Tuning(batch_tokens=9).model_dump(), "train.")
