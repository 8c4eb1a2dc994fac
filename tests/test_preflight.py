"""What a recipe names is looked for before anything is asked, and every fault is said."""

import json
from pathlib import Path

import pytest

from orca2 import pipeline, preflight, recipe
from orca2.errors import DataError, Faults, ModelError, RecipeError
from tests.conftest import Run
from tests.server import serve

RECIPE = """
name = "checked"
[tasks]
source = "jsonl"
options.path = "data.jsonl"
limits = { profile = 3, train = 4, test = 3 }
[student]
model = "TINY"
device = "cpu"
[teacher]
model = "scripted"
[explain]
tasks = 2
"""


@pytest.fixture
def made(tmp_path: Path, tiny: Path) -> Path:
    rows = [{"prompt": f"What is {i} + 1?", "target": str(i + 1), "family": "plus"} for i in range(60)]
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "r.toml").write_text(RECIPE.replace("TINY", str(tiny)))
    return tmp_path


def check(folder: Path, *words: str, stages: tuple[str, ...] = pipeline.STAGES) -> None:
    preflight.check(recipe.load(folder / "r.toml", words), folder, stages)


def test_a_recipe_without_a_fault(made: Path) -> None:
    check(made)
    assert [path.name for path in made.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("tasks.source=jsnl", "sources: no 'jsnl' (did you mean 'jsonl'?)"),
        ("tasks.options={path='data.jsonl', quote=false}", "tasks.options: unknown option 'quote'"),
        ("tasks.options.path=['data.jsonl', 'none-*.jsonl']", "tasks.options.path: "),
        ("tasks.options.path=none.jsonl", "tasks.options.path: "),
        ("tasks.options.fields={promt='q'}", "tasks.options.fields: unknown 'promt'"),
        ("tasks.grader=numbr", "graders: no 'numbr'"),
        ("tasks.graders={plus={name='number', decimals=2}}", "tasks.graders.plus: number: unknown option 'decimals'"),
        ("strategies=['dirct']", "strategies: no 'dirct'"),
        ("family_strategies={plus=['direct', 'direct']}", "strategies: direct: another strategy is called"),
        ("profile.choose={plus='step_by_stp'}", "profile.choose: no strategy 'step_by_stp'"),
        ("teacher.options={defalt='x'}", "teacher.options: unknown option 'defalt'"),
        ("judge={model='scriptd'}", "models: no 'scriptd'"),
        ("explain.report_to=['tensorbord']", "report_to = ['tensorbord']: no tracker 'tensorbord'"),
        ("judge={model='scripted', options={defalt='x'}}", "judge.options: unknown option 'defalt'"),
        ("judge={model='openai', options={model='m', timeout='1'}}", "judge.options.timeout: input should be"),
        ("student.model=./none", "student.model: "),
        ("train.stages=[{name='a', lessons=['none.jsonl']}]", "stages.lessons: no "),
        ("teacher.max_cost=1.0", None),  # scripted answers cost nothing
    ],
)
def test_each_key_is_held_against_what_there_is(made: Path, word: str, said: str | None) -> None:
    if said is None:
        check(made, word)
        return
    with pytest.raises((RecipeError, DataError, ModelError)) as raised:
        check(made, word)
    assert str(raised.value).startswith(said) and not isinstance(raised.value, Faults)


OPENAI = "{{model='openai', options={{model='m', base_url='{}', key_env='NO_SUCH_KEY'}}}}"


@pytest.mark.parametrize("who", ["teacher", "judge"])
def test_a_key_of_the_environment_has_to_be_there_for_stages_that_ask(made: Path, who: str) -> None:
    words = [f"{who}={OPENAI.format('https://api.invalid/v1')}", "tasks.grader=judge"]
    if who == "teacher":
        words.append("judge={model='scripted'}")
    for stages in (pipeline.STAGES, ("explain",), ("teach",)):
        with pytest.raises(ModelError, match=rf"{who}\.options: .* needs a key; set the .* NO_SUCH_KEY"):
            check(made, *words, stages=stages)
    check(made, *words, stages=("train", "report"))
    if who == "judge":
        check(made, words[0], stages=pipeline.STAGES)  # no task is judged


def test_data_and_a_student_have_to_be_there_for_stages_that_read_them(made: Path) -> None:
    (made / "data.jsonl").unlink()
    with pytest.raises(DataError, match=r"data\.jsonl does not exist"):
        check(made, stages=pipeline.STAGES)
    check(made, stages=pipeline.STAGES[1:])
    check(made, "student.model=./none", stages=("erase", "report"))


def test_every_fault_is_said_and_nothing_is_asked(made: Path, run: Run) -> None:
    with serve(lambda messages: "3") as (url, received):
        teacher = OPENAI.format(url)
        words = [
            f"teacher={teacher}", "judge={model='scripted', options={answers=3, colour='red'}}",
            "strategies=['dirct']", "tasks.grader=numbr",
        ]  # fmt: skip
        code, _, said = run("run", made / "r.toml", "--run", made / "run", *words)
        assert code == 2 and not received
    assert not (made / "run/tasks.jsonl").exists()
    lines = said.splitlines()
    assert [line.split(";")[0] for line in lines] == [
        "orca2: graders: no 'numbr' (did you mean 'number'?)",
        "orca2: strategies: no 'dirct' (did you mean 'direct'?)",
        "orca2: judge.options: unknown option 'colour'",
    ]


def test_a_judge_that_cannot_be_loaded_is_said_before_the_teacher_is_paid(made: Path, run: Run) -> None:
    with serve(lambda messages: "3") as (url, received):
        words = [
            f"teacher={OPENAI.format(url)}",
            "judge={model='openai', options={model='m', base_url='http://localhost:9', omit='sead'}}",
        ]
        code, _, said = run("run", made / "r.toml", "--run", made / "run", "tasks.grader=judge", *words)
        assert code == 2 and "judge.options.omit: no request has a key 'sead'" in said and not received


def test_what_is_done_needs_nothing_that_is_gone(made: Path, run: Run) -> None:
    words = ["run", made / "r.toml", "--run", made / "run", "--until", "tasks"]
    assert run(*words)[0] == 0
    (made / "data.jsonl").unlink()
    code, _, said = run(*words)
    assert code == 0 and "done before" in said
