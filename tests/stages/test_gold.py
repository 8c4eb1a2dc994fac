"""Golds that no row gives, from the recipe to verified.jsonl: asked of teachers over real HTTP, checked by a file."""

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orca2.testing.fake_teacher.process import counts
from orca2.testing.fake_teacher.process import teacher as fake_teacher
from tests.conftest import Run
from tests.doubling import write_recipe
from tests.server import serve

TASKS: dict[str, Any] = {
    "source": "jsonl", "options": {"path": "rows.jsonl"}, "gold": "agreed", "grader": "number",
    "splits": {"profile": [0.0, 0.3], "train": [0.3, 0.9], "test": [0.9, 1.0]},
    "limits": {"profile": 8, "train": 12, "test": 6},
}  # fmt: skip


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def write_questions(folder: Path, **more: Any) -> None:
    rows = [{"question": f"Double {n} please.", **more} for n in range(3, 63)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


class Teacher:
    """Wrong in one of five answers, each time otherwise; in tasks whose number ends in 0 it says another number every
    time, and in those that end in 1 it is not sure."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def __call__(self, body: dict[str, Any]) -> Any:
        number, seed = int(body["messages"][-1]["content"].split()[1]), body["seed"]
        self.asked.append((number, seed))
        chance = zlib.crc32(f"{number} {seed} {body['messages'][0]['content']}".encode()) % 1000
        if number % 10 == 0:
            return f"The answer is {chance}."
        if number % 10 == 1:
            return "I am not sure."
        return f"So often: {chance}. The answer is {2 * number + (chance + 1 if chance % 5 == 0 else 0)}."


@pytest.fixture
def teacher(tiny: Path, tmp_path: Path) -> Iterator[tuple[Teacher, Path]]:
    write_questions(tmp_path)
    answers = Teacher()
    with serve(answers, whole=True) as (url, _):
        write_recipe(tmp_path, tiny, url)
        text = (tmp_path / "recipe.toml").read_text()
        at = text.index("[tasks]")
        (tmp_path / "recipe.toml").write_text(text[:at] + _table("tasks", TASKS) + text[text.index("[teacher]") :])
        yield answers, tmp_path


def _table(name: str, values: dict[str, Any]) -> str:
    return f"[{name}]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value)


def test_teachers_agree_and_what_they_said_is_not_asked_again(teacher: tuple[Teacher, Path], run: Run) -> None:
    answers, folder = teacher
    words = ("run", folder / "recipe.toml", "--run", folder / "run")
    code, out, said = run(*words, "--until", "gold")
    assert code == 0, said
    tasks = {row["id"]: int(row["prompt"].split()[1]) for row in lines(folder / "run/tasks.jsonl")}
    assert all(row["gold"] == "agreed" and row["target"] == "" for row in lines(folder / "run/tasks.jsonl"))
    golds, aside = lines(folder / "run/golds.jsonl"), lines(folder / "run/golds_set_aside.jsonl")
    assert {tasks[row["task"]] for row in golds} | {tasks[row["task"]] for row in aside} == set(tasks.values())
    assert all(int(row["target"]) == 2 * tasks[row["task"]] for row in golds)
    assert all(tasks[row["task"]] % 10 in (0, 1) or row["agreeing"] < 3 for row in aside)
    assert {tasks[row["task"]] for row in aside} >= {n for n in tasks.values() if n % 10 in (0, 1)}
    assert all(len(row["votes"]) == 5 and row["agreeing"] >= 3 for row in golds)
    assert [(vote["strategy"], vote["sample"]) for vote in golds[0]["votes"]] == [
        ("direct", 0), ("step_by_step", 0), ("direct", 1), ("step_by_step", 1), ("direct", 2),
    ]  # fmt: skip
    assert json.loads((folder / "run/gold.json").read_text())["families"]["rows"] == {
        "ways": {"agreed": len(golds)},
        "set_aside": len(aside),
    }
    assert f"{len(golds)} of {len(tasks)} golds agreed on" in out + said
    assert len(answers.asked) == 5 * len(tasks)
    code, _, said = run(*words, "--until", "verify")
    assert code == 0, said
    verified = lines(folder / "run/verified.jsonl")
    assert verified and all(row["verdict"]["gold"] == "agreed" for row in verified)
    assert {row["task"] for row in lines(folder / "run/demonstrations.jsonl")} <= {row["task"] for row in golds}
    asked = json.loads((folder / "run/record.json").read_text())["asked"]
    assert asked["gold"]["asked"] == 5 * len(tasks) and asked["teach"]["cached"] > 0
    before = len(answers.asked)
    code, _, said = run("gold", folder / "run", "--redo")
    assert code == 0 and len(answers.asked) == before, said
    code, out, _ = run("gold", folder / "run", "--dry-run")
    assert code == 0 and f"requests  {5 * len(tasks)}; {5 * len(tasks)} first ones are kept" in out


def test_what_nobody_can_agree_on_ends_the_run_in_a_line(teacher: tuple[Teacher, Path], run: Run) -> None:
    _, folder = teacher
    words = ("run", folder / "recipe.toml", "--run", folder / "run", "--until", "gold")
    code, _, said = run(*words, "tasks.agreed.share=1.0", "tasks.limits.test=1", "tasks.grader=date")
    assert code == 2 and "gold: no task of 'rows' is left in the profile split, all were set aside" in said
    assert "no answer can be read in any of 5" in said and "lower tasks.agreed.share" in said


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("teacher.temperature=0.0",), "tasks.agreed.samples = 5 under 2 strategies with teacher.temperature = 0 asks"),
        (("tasks.grader=auto",), "leaves no gold answer to tell the grader from; name one that reads the answers"),
        (("tasks.grader=alternatives",), "'alternatives' cannot read one; name one that can"),
        (("tasks.agreed.samples=1",), "samples = 1 of one teacher agrees with itself"),
        (("tasks.golds.other=given",), "tasks.golds: no row of 'other'"),
        (("tasks.gold=checked",), "tasks.check: 'rows' has checked tasks, and nothing checks them"),
        (("tasks.gold=checked", "tasks.check=gone.py"), "gone.py does not exist"),
        (("tasks.gold=judged",), "no section [judge] says who that is"),
        (("tasks.gold=given",), "a question without an answer; say what decides with tasks.gold = "),
        (("tasks.gold=agred",), "input should be 'given', 'agreed', 'checked' or 'judged'"),
    ],
)
def test_what_cannot_be_agreed_on_is_said_before_asking(
    teacher: tuple[Teacher, Path], run: Run, words: tuple[str, ...], why: str
) -> None:
    answers, folder = teacher
    code, _, said = run("run", folder / "recipe.toml", "--run", folder / "run", "--until", "gold", *words)
    assert code == 2 and why in said, said
    assert not answers.asked


CHECK = """
def check(answer, task):
    words = answer.rstrip(".").split()
    right = bool(words) and words[-1] == str(2 * int(task["prompt"].split()[1]))
    return right, f"the last word is {words[-1] if words else 'nothing'}"
"""


def test_a_file_checks_and_no_teacher_is_asked_for_golds(teacher: tuple[Teacher, Path], run: Run) -> None:
    _, folder = teacher
    (folder / "check.py").write_text(CHECK)
    words = ("run", folder / "recipe.toml", "--run", folder / "run", "tasks.gold=checked", "tasks.check=check.py")
    code, _, said = run(*words, "tasks.grader=auto", "--until", "verify")
    assert code == 0, said
    verified = lines(folder / "run/verified.jsonl")
    assert verified and all(row["verdict"]["gold"] == "checked" for row in verified)
    assert all(row["verdict"]["why"].startswith("check.py: the last word is") for row in verified)
    assert "gold" not in json.loads((folder / "run/record.json").read_text())["asked"]
    (folder / "check.py").write_text(CHECK.replace("2 * int", "3 * int"))
    code, _, said = run(*words, "tasks.grader=auto", "--until", "verify")
    assert code == 2 and "tasks.check" in said  # other content is another key


def test_a_check_that_crashes_is_named_before_anything_is_asked(teacher: tuple[Teacher, Path], run: Run) -> None:
    answers, folder = teacher
    (folder / "check.py").write_text("def check(answer, task):\n    return answer.split()[-1] == '6'\n")
    words = ("run", folder / "recipe.toml", "--run", folder / "run", "tasks.gold=checked", "tasks.check=check.py")
    code, _, said = run(*words, "--until", "verify")
    assert code == 2 and "check check.py crashed: IndexError: list index out of range (line 2 of check.py)" in said
    assert not answers.asked


def test_rows_of_one_file_may_be_held_against_different_golds(teacher: tuple[Teacher, Path], run: Run) -> None:
    _, folder = teacher
    rows: list[dict[str, Any]] = []
    for n in range(3, 63):
        own: dict[str, Any] = [
            {"answer": str(2 * n)},
            {},
            {"gold": "checked"},
            {"answer": str(3 * n), "gold": "agreed"},
        ][n % 4]
        rows.append({"question": f"Double {n} please.", **own})
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "check.py").write_text(CHECK)
    words = ("run", folder / "recipe.toml", "--run", folder / "run", "tasks.check=check.py", "--until", "gold")
    code, out, said = run(*words)
    assert code == 0, said
    golds = {row["task"]: row["target"] for row in lines(folder / "run/golds.jsonl")}
    for row in lines(folder / "run/tasks.jsonl"):
        number = int(row["prompt"].split()[1])
        assert row["gold"] == ("given", "agreed", "checked", "agreed")[number % 4]
        assert row["grader"] == ("check" if row["gold"] == "checked" else "number")
        assert row["target"] == (str(2 * number) if row["gold"] == "given" else "")
        assert golds.get(row["id"], str(2 * number)) == str(2 * number)
    ways = json.loads((folder / "run/gold.json").read_text())["families"]["rows"]["ways"]
    assert set(ways) == {"given", "agreed", "checked"} and f"{ways['given']} given" in out + said


def test_given_golds_ask_nothing_and_take_no_notice_of_the_teacher(teacher: tuple[Teacher, Path], run: Run) -> None:
    answers, folder = teacher
    rows = [{"question": f"Double {n} please.", "answer": str(2 * n)} for n in range(3, 63)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = ("run", folder / "recipe.toml", "--run", folder / "run", "tasks.gold=given", "--until", "gold")
    code, out, said = run(*words)
    assert code == 0 and "all golds are given" in out + said and not answers.asked
    code, out, said = run(*words, "teacher.max_tokens=99")
    assert code == 0 and "gold  done before" in out + said
    code, _, said = run("run", folder / "recipe.toml", "--run", folder / "other", "--until", "gold")
    assert code == 2 and "tasks.gold = 'agreed', but every row has a target and so is given" in said


def test_in_pairs_answers_are_judged_against_the_teachers_own(teacher: tuple[Teacher, Path], run: Run) -> None:
    answers, folder = teacher
    judge = {"model": "scripted", "mode": "pairwise", "options": {"default": "Verdict: tie"}}
    (folder / "recipe.toml").write_text((folder / "recipe.toml").read_text() + _table("judge", judge))
    words = ("run", folder / "recipe.toml", "--run", folder / "run", "tasks.gold=judged", "tasks.grader=auto")
    code, _, said = run(*words, "tasks.rubric=It is short.", "--until", "gold")
    assert code == 0, said
    golds, tasks = lines(folder / "run/golds.jsonl"), lines(folder / "run/tasks.jsonl")
    assert len(golds) == len(tasks) == len(answers.asked) and all(row["target"] for row in golds)
    assert all(row["gold"] == "judged" and row["grader_options"] == {"rubric": "It is short."} for row in tasks)
    code, _, said = run(*words, "tasks.rubric=It is short.", "--until", "verify")
    assert code == 0, said
    assert all(row["verdict"]["gold"] == "judged" for row in lines(folder / "run/verified.jsonl"))
    code, _, said = run("run", *words[1:2], "--run", folder / "other", *words[4:], "--until", "gold")
    assert code == 2 and "tasks.rubric: 'rows' has judged tasks, and no rubric; say what does" in said


def test_labelled_rows_say_how_many_golds_are_false(teacher: tuple[Teacher, Path], run: Run) -> None:
    """The teacher doubles as the labels do, but for every seventh of them, which are labelled otherwise."""
    answers, folder = teacher
    labels = [{"question": f"Double {n} please.", "answer": str((3 if n % 7 == 0 else 2) * n)} for n in range(102, 150)]
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in labels))
    words = ("run", folder / "recipe.toml", "--run", folder / "run", "tasks.audit=labels.jsonl", "--until", "gold")
    code, out, said = run(*words)
    assert code == 0, said
    rows = lines(folder / "run/audited.jsonl")
    assert len(rows) == len(labels) and {number for number, _ in answers.asked} >= set(range(102, 150))
    made = [row for row in rows if row["agreed"]]
    false = [row for row in made if row["false"]]
    assert false and all(int(row["label"]) % 3 == 0 and row["agreed"] != row["label"] for row in false)
    found = json.loads((folder / "run/gold.json").read_text())["audit"]
    assert [(row["family"], row["gold"], row["labelled"]) for row in found] == [
        ("all", "agreed", 48),
        ("rows", "agreed", 48),
    ]
    assert (found[0]["false_golds"]["count"], found[0]["false_golds"]["of"]) == (len(false), len(made))
    accepted = [row for row in rows if row["accepted"]]
    wrong = sum(not row["right"] for row in accepted)
    assert (found[0]["false_accepts"]["count"], found[0]["false_accepts"]["of"]) == (wrong, len(accepted))
    assert "agreed, by 48 labelled rows: of golds" in out + said
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in labels[:40]))
    code, out, said = run(*words)
    assert code == 0 and "tasks.audit: labels.jsonl has changed" in out + said
    assert len(lines(folder / "run/audited.jsonl")) == 40


@pytest.mark.parametrize("shared", [False, True])
def test_agreement_mends_errors_that_are_independent_and_labels_show_those_that_are_shared(
    tiny: Path, tmp_path: Path, run: Run, shared: bool
) -> None:
    """A fake teacher that is wrong in 20 % of its answers."""
    rows = [{"question": f"Which number is marked? [{n}]"} for n in range(60)]
    labels = [{"question": f"Which number is marked? [{n}]", "answer": str(n)} for n in range(100, 180)]
    for name, some in (("rows", rows), ("labels", labels)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some))
    with fake_teacher(f"[answer]\nwrong = 0.2\nshared = {str(shared).lower()}\n") as url:
        write_recipe(tmp_path, tiny, url, model="fake-teacher")
        text = (tmp_path / "recipe.toml").read_text()
        made = text[: text.index("[tasks]")] + _table("tasks", TASKS) + text[text.index("[teacher]") :]
        (tmp_path / "recipe.toml").write_text(made)
        words = (
            "run",
            tmp_path / "recipe.toml",
            "--run",
            tmp_path / "run",
            "tasks.audit=labels.jsonl",
            "--until",
            "gold",
        )
        code, _, said = run(*words)
        assert code == 0, said
        asked = counts(url)["paid"]
        assert run("gold", tmp_path / "run", "--redo")[0] == 0 and counts(url)["paid"] == asked
    found = json.loads((tmp_path / "run/gold.json").read_text())["audit"][0]
    false = found["false_golds"]
    assert false["low"] <= (0.2 if shared else 0.02) <= false["high"]
    assert (false["count"] > 6) if shared else (false["count"] < 4 and false["of"] > 70)


@pytest.mark.slow
def test_a_whole_run_of_several_kinds_of_gold(teacher: tuple[Teacher, Path], run: Run) -> None:
    _, folder = teacher
    notes = [{"question": f"Note {n} to all.", "gold": "judged", "family": "notes"} for n in range(60)]
    doubles = [{"question": f"Double {n} please.", "family": "doubles"} for n in range(3, 63)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in (*doubles, *notes)))
    sums = [{"question": f"Double {n} please.", "answer": str(2 * n), "family": "doubles"} for n in range(102, 132)]
    said = [
        {"question": f"Note {n} to us.", "response": "Hello", "right": n % 5 > 0, "family": "notes"} for n in range(30)
    ]
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in (*sums, *said)))
    judge = {"model": "scripted", "options": {"default": "Score: 8\nVerdict: tie"}}
    text = (folder / "recipe.toml").read_text()
    (folder / "recipe.toml").write_text(text + _table("judge", judge))
    words = (
        "run",
        folder / "recipe.toml",
        "--run",
        folder / "run",
        "tasks.golds.notes=judged",
        "tasks.audit=labels.jsonl",
    )
    code, out, err = run(*words, "tasks.rubric=It is short.", "profile.choose={doubles='direct',notes='direct'}")
    assert code == 0, err
    page = (folder / "run/report.md").read_text()
    first = page.splitlines()[0]
    assert "agreed, by 30 labelled rows" in first and "judged, by 30 labelled rows" in first
    assert "## Share that meets its gold before and after" in page and "| agreement with the teacher |" in page
    assert "## Open answers in pairs" in page and "| teacher | notes | " in page
    assert "the judges say what people say in 80.0%" in page
    assert "accuracy" not in (out + err).lower()
    lessons = lines(folder / "run/lessons.jsonl")
    assert {row["gold"] for row in lessons} == {"agreed", "judged"}
    assert {row["gold"] for row in lines(folder / "run/answers.jsonl")} == {"agreed", "judged"}
    assert run("audit", folder / "run")[0] == 0  # of the tasks that have a gold answer
    code, out, err = run("status", folder / "run")
    assert code == 0 and "nothing is owed" in out
