"""A recipe is checked whole before anything starts; each mistake is one clear line."""

from pathlib import Path

import pytest

from orca2 import recipe
from orca2.errors import RecipeError

GOOD = """
name = "t"
[tasks]
source = "synthetic"
[student]
model = "x"
[teacher]
model = "solver"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "r.toml"
    path.write_text(GOOD)
    return path


def test_overrides_take_toml_values_and_plain_words(file: Path) -> None:
    found = recipe.load(file, ["seed=3", "train.learning_rate=1e-4", "student.model=org/name", "strategies=['direct']"])
    assert (found.seed, found.train.learning_rate, found.student.model) == (3, 1e-4, "org/name")
    assert found.strategies == ["direct"]


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("trian.epochs=2", "unknown key 'trian' (did you mean 'train'?)"),
        ("train.epoch=2", "unknown key 'train.epoch' (did you mean 'epochs'?)"),
        ("train.epochs='two'", "train.epochs: input should be a valid integer (got 'two')"),
        ("train.epochs=0", "train.epochs: input should be greater than 0 (got 0)"),
        ("strategies=[]", "strategies: "),
        ("profile.subject='judge'", "profile.subject: "),
        ("family_strategies.plus=[]", "family_strategies.plus: list should have at least 1 item"),
        ("family_strategies.plus='direct'", "family_strategies.plus: input should be a valid list (got 'direct')"),
        ("family_strategies=['direct']", "family_strategies: input should be a valid dictionary"),
        ("erase.few_shot=2.0", "erase.few_shot: input should be less than or equal to 1 (got 2.0)"),
        ("erase.fewshot=0.5", "unknown key 'erase.fewshot' (did you mean 'few_shot'?)"),
        ("erase.demonstrations=[5,3]", "erase: demonstrations must be the fewest and the most, at least 1"),
        ("erase.demonstrations=[0,3]", "demonstrations must be"),
        ("tasks.splits={profile=[0.0,0.5],train=[0.5,0.8],test=[0.4,0.5]}", "profile overlaps test"),
        ("tasks.splits.test=[0.9]", "test must be two rising numbers"),
        ("seed", "is not key=value"),
        ("name.first=1", "name is not a section"),
    ],
)
def test_each_mistake_is_one_line(file: Path, override: str, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe.load(file, [override])
    assert said in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [("name = ", "not valid TOML"), ("name = 't'", "key 'tasks' is missing"), ("\xff", "not valid TOML")],
)
def test_broken_files(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "r.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RecipeError, match=said):
        recipe.load(path)
    with pytest.raises(RecipeError, match="does not exist"):
        recipe.load(tmp_path / "none.toml")


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[1] / "examples").glob("*.toml")), ids=lambda p: p.stem)
def test_the_examples_are_valid(path: Path) -> None:
    assert recipe.load(path).name
