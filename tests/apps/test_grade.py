"""`orca2 grade`: rows in, verdicts out in input order; a run folder graded anew; bad input."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.server import serve

ROWS: list[dict[str, Any]] = [
    {"id": "a", "target": "18", "response": "The answer is $18."},
    {"id": "b", "target": "(B)", "response": "It is (A) or (B).", "question": "Which?\n(A) x\n(B) y"},
    {"target": 7, "response": "The answer is 8", "finish_reason": "length"},
    {"target": "7", "response": "", "finish_reason": "error", "error": "503"},
    {"target": "Paris", "response": "I cannot say anything about that at all, I am afraid, as nobody told me. Why?"},
]
OUTCOMES = ["correct", "ambiguous", "truncated", "failed", "unextracted"]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_one_line_a_row_in_input_order_and_a_summary(tmp_path: Path, run: Run, name: str) -> None:
    code, out, err = run("grade", write(tmp_path / name, ROWS))
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row.keys() == {"id", "verdict", "answer", "where", "grader", "why"} for row in rows] == [True] * 5
    assert [row["id"] for row in rows] == ["a", "b", "3", "4", "5"]
    assert [row["verdict"] for row in rows] == OUTCOMES
    assert err.splitlines()[0].startswith("5 answers, 20.0% correct (3.6% to 62.4%), 20.0% in format, 1 ambiguous")


def test_out_is_written_whole_and_a_named_grader_is_used(tmp_path: Path, run: Run) -> None:
    rows = write(tmp_path / "rows.jsonl", [{"target": "Paris", "response": "The answer is Paris."}] * 3)
    code, out, _ = run("grade", rows, "--grader", "exact", "--out", tmp_path / "verdicts.jsonl")
    assert (code, out) == (0, "")
    assert len((tmp_path / "verdicts.jsonl").read_text().splitlines()) == 3


def test_a_grader_of_ones_own(tmp_path: Path, run: Run) -> None:
    grader = tmp_path / "short.py"
    grader.write_text(
        "from orca2.core.types import Verdict\n"
        "def grade(target, response, question=''):\n"
        "    return Verdict('correct' if len(response) < 9 else 'wrong', response, 'length')\n"
    )
    _, out, _ = run("grade", write(tmp_path / "rows.jsonl", ROWS[:1]), "--grader", grader)
    assert json.loads(out)["why"] == "length"


def test_a_judge_over_http(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rows = write(tmp_path / "rows.jsonl", [{"target": "Good soup.", "response": f"Soup {n}."} for n in range(3)])
    with serve(lambda messages: "Score: 9" if "Soup 1" in messages[-1]["content"] else "Score: 2") as (url, received):
        keys = ["judge.model=openai", "judge.options.model=m", f"judge.options.base_url={url}"]
        code, out, _ = run("grade", rows, "--grader", "judge", *keys)
        again = run("grade", rows, "--grader", "judge", *keys)
        assert len(received) == 3  # the second time, every reply was there already
    assert code == 0 and again[1] == out
    assert [json.loads(line)["verdict"] for line in out.splitlines()] == ["wrong", "correct", "wrong"]


@pytest.mark.parametrize(
    ("rows", "words", "said"),
    [
        ([{"response": "7"}], [], "no column 'target'; a row needs target and response"),
        ([{"target": "7"}], [], "no column 'response'"),
        ([{"target": " ", "response": "7"}], [], "rows.jsonl:1: the target is empty"),
        ([], [], "is empty; give a file with at least one row"),
        ([{"target": "7", "response": "7", "finish_reason": "eos"}], [], "use stop, length or error"),
        (ROWS, ["--grader", "nunber"], "did you mean 'number'"),
        (ROWS, ["--grader", "judge"], "add a section [judge]"),
        (ROWS, ["seed=1"], "takes options of the grader and keys of the judge"),
        (ROWS, ["judge.modle=openai"], "judge.model: Field required"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(
    tmp_path: Path, run: Run, rows: list[dict[str, Any]], words: list[str], said: str
) -> None:
    if words[-1:] == ["judge"]:
        rows = [{"target": "good", "response": "other"}]
    out = tmp_path / "verdicts.jsonl"
    code, printed, err = run("grade", write(tmp_path / "rows.jsonl", rows), "--out", out, *words)
    assert code == 2 and printed == "" and said in err.splitlines()[-1] and "Traceback" not in err
    assert not out.exists()


def test_a_file_that_is_not_there_and_a_folder_that_is_no_run(tmp_path: Path, run: Run) -> None:
    assert "does not exist" in run("grade", tmp_path / "none.jsonl")[2]
    code, _, err = run("grade", tmp_path)
    assert code == 2 and "is not a run folder" in err


def test_files_are_read_as_data_files_are(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    for target, said in (("NaN", "no column 'target'"), ('4, "target": 5', "'target' is there twice")):
        path.write_text(f'{{"target": {target}, "response": "4"}}')
        code, _, line = run("grade", path)
        assert code == 2 and f"{path}:1: " in line and said in line
    rows = [{"target": 0.30000001192092896, "response": "0.3"}, {"target": "cat \ud83d", "response": "cat"}]
    (tmp_path / "list.json").write_text(f"[{json.dumps(rows[0])},\n{json.dumps(rows[1])}]")
    code, out, _ = run("grade", tmp_path / "list.json")
    assert code == 0 and [json.loads(line)["id"] for line in out.splitlines()] == ["1", "2"]
    assert json.loads(out.splitlines()[0])["verdict"] == "correct"
