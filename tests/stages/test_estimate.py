"""What teaching would ask for, said before anything is asked."""

from pathlib import Path

from tests.conftest import Run
from tests.stages.test_teach import Teacher


def test_what_it_would_ask_is_said_and_nothing_is_asked(teacher: tuple[Teacher, Path], run: Run) -> None:
    answers, folder = teacher
    words = (folder / "recipe.toml", "--run", folder / "run", "teacher.prices={in=1000.0,out=2000.0}")
    assert run("run", *words, "--until", "profile")[0] == 0
    answers.teaching, record = True, (folder / "run/record.json").read_bytes()
    code, said, _ = run("teach", folder / "run", "--dry-run", "teacher.max_tokens=100")
    assert code == 0 and not answers.asked and (folder / "run/record.json").read_bytes() == record
    assert '"role": "system"' in said and '"max_tokens": 100' in said and "Double " in said
    assert "requests  6 to 36; 0 first ones are kept" in said and "tasks     6, each 1 to 6 answers" in said
    assert "600 out (answers of 100 tokens, the most allowed)" in said and "$1.20 if" not in said
    assert run("teach", folder / "run")[0] == 0
    before = answers.asked.total()
    code, said, _ = run("teach", folder / "run", "--dry-run")
    assert code == 0 and answers.asked.total() == before
    assert "6 first ones are kept" in said and "about 0 in and 0 out (answers of 3 tokens" in said and "$0.00" in said
