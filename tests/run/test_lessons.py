"""Progressive learning: where lessons come from, stages in order, and going on in the middle."""

import json
from pathlib import Path

import pytest

from orca2 import pipeline, recipe
from orca2.errors import DataError
from orca2.recipe import load
from orca2.run.lessons import gather_lessons
from tests.test_pipeline import RECIPE

pytestmark = pytest.mark.slow  # each of them trains

STAGES = """
[[train.stages]]
name = "instruction"
lessons = ["instruction"]
learning_rate = 1e-3
[[train.stages]]
name = "files"
lessons = ["more/*.jsonl"]
[[train.stages]]
name = "cautious"
lessons = ["cautious", "explain"]
epochs = 2
"""
ROW = {"messages": [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]}


@pytest.fixture
def file(tiny: Path, tmp_path: Path) -> Path:
    (tmp_path / "more").mkdir()
    (tmp_path / "more/sums.jsonl").write_text(json.dumps(ROW) + "\n")
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE.replace("TINY", str(tiny)) + STAGES)
    return path


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"messages": []}', "ends with a message of the assistant"),
        ('{"messages": [{"role": "user", "content": "x"}]}', "ends with a message of the assistant"),
        ('{"messages": [{"role": "teacher", "content": "x"}]}', "use role and content"),
        ('{"text": "x"}', "use role and content"),
    ],
)
def test_a_file_that_holds_no_lessons(file: Path, line: str, said: str) -> None:
    folder = pipeline.open_run(file.parent / "run", recipe.load(file), file.parent, False)
    pipeline.run(folder, ["tasks"])
    (file.parent / "more/sums.jsonl").write_text(line + "\n")
    with pytest.raises(DataError, match=said):
        gather_lessons(folder, ["more/*.jsonl"], 5)
    with pytest.raises(DataError, match="give a file, or instruction"):
        gather_lessons(folder, ["none.jsonl"], 5)


@pytest.mark.parametrize(
    "answer",
    [
        {"content": "8", "reasoning": "7 + 1"},
        {"content": "8", "reasoning_content": "7 + 1"},
        {"content": "8", "thinking": "7 + 1"},
        {"content": "<think>\n7 + 1\n</think>\n\n8"},
    ],
)
def test_a_file_may_hold_thoughts_as_others_write_them(file: Path, answer: dict[str, str]) -> None:
    turns = [{"role": "user", "content": "<think>7</think> + 1?"}, {"role": "assistant", **answer}]
    (file.parent / "more/sums.jsonl").write_text(json.dumps({"messages": turns}) + "\n")
    folder = pipeline.open_run(file.parent / "run", recipe.load(file), file.parent, False)
    pipeline.run(folder, ["tasks"])
    ((lesson, _),) = gather_lessons(folder, ["more/*.jsonl"], 5)
    assert lesson.messages[0].content == "<think>7</think> + 1?"
    assert (lesson.messages[1].content, lesson.messages[1].reasoning) == ("8", "7 + 1")


def test_the_papers_own_plan_is_a_valid_recipe() -> None:
    plan = load(Path(__file__).resolve().parents[2] / "recipes/orca2_paper.toml")
    stages = [*plan.explain.plan("explain"), *plan.train.plan("cautious")]
    assert [settings.epochs for _, settings in stages] == [1, 3, 4]
    assert {settings.row_tokens for _, settings in stages} == {4096}
