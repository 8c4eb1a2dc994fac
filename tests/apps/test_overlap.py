"""overlap: the known one in real data, a run's own splits, and bad input."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from orca2.apps.overlap import texts
from tests.conftest import Run

DATA = Path(__file__).resolve().parents[2].parent / "shared/data"
LONG = "A train leaves the old station at noon and reaches the far town after three hours; how fast is it?"


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_known_overlap_of_flan_aqua_and_agieval_is_found(run: Run, tmp_path: Path) -> None:
    """One question stands in both but for its typing, one with other numbers; both share some 13 words in a row."""
    if not DATA.is_dir():
        pytest.skip(f"the shared data is not at {DATA}")
    out = tmp_path / "out.jsonl"
    code, printed, _ = run(
        "overlap", DATA / "flan_cot/aqua_train.tsv.gz", "--columns", "question,answer,rationale",
        "--against", DATA / "eval/agieval/aqua-rat*.jsonl.gz", "--out", out,
    )  # fmt: skip
    assert code == 0 and "0 of 254 (0.0%)" in printed and "2 (0.8%) at least one" in printed
    found = {row["id"]: row for row in lines(out)}
    assert {name: row["best"] for name, row in found.items()} == {
        "aqua-rat.jsonl.gz:68": "aqua_train.tsv.gz:1300",
        "aqua-rat.jsonl.gz:199": "aqua_train.tsv.gz:2439",
    }
    assert found["aqua-rat.jsonl.gz:68"]["text"].startswith("Assistants are needed to prepare")
    assert found["aqua-rat.jsonl.gz:68"]["best_text"].startswith("Assisants are needed to prepare")


def test_real_files_of_every_kind_are_read() -> None:
    if not DATA.is_dir():
        pytest.skip(f"the shared data is not at {DATA}")
    for name, count in {
        "bbh/snarks.json.gz": 178,  # one object that holds the examples
        "mmlu/anatomy_test.csv.gz": 135,
        "gsm8k/test.jsonl.gz": 1319,
        "agieval/lsat-lr.jsonl.gz": 510,
        "arc_easy.jsonl.gz": 2376,
        "lambada_openai.jsonl.gz": 5153,
        "truthfulqa.csv.gz": 817,
        "mt_bench/question.jsonl.gz": 80,
    }.items():
        assert len(texts(DATA / "eval" / name)) == count, name
    passages = texts(DATA / "eval/agieval/lsat-lr.jsonl.gz")
    assert passages["lsat-lr.jsonl.gz:1"].startswith("Editorial: The structure of the present school calendar")


def test_a_run_is_looked_up_in_itself(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "record.json").write_text("{}")
    write(
        folder / "tasks.jsonl",
        {"id": "a", "split": "train", "prompt": LONG}, {"id": "b", "split": "test", "prompt": LONG + " Say why."},
        {"id": "c", "split": "test", "prompt": "What is 2 + 2?"}, {"id": "d", "split": "profile", "prompt": "Why?"},
    )  # fmt: skip
    out = tmp_path / "out.jsonl"
    code, printed, _ = run("overlap", folder, "--out", out)
    assert code == 0 and "test in train: 1 of 2 (50.0%) share 80% or more" in printed and "test in profile" in printed
    assert [(row["of"], row["among"], row["id"], row["best"]) for row in lines(out)] == [("test", "train", "b", "a")]
    evaluation = write(tmp_path / "eval.jsonl", {"Question": LONG.upper()}, {"Question": None})
    code, printed, _ = run("overlap", folder, "--against", evaluation)
    assert code == 0 and f"{evaluation} in train: 1 of 1 (100.0%)" in printed


def test_packed_files_and_named_columns(run: Run, tmp_path: Path) -> None:
    packed = tmp_path / "eval.csv.gz"
    packed.write_bytes(gzip.compress(f'number,body\n1,"{LONG}"\n2,"Something else"\n'.encode()))
    prompts = write(tmp_path / "prompts.jsonl", {"prompt": "Or this", "body": LONG})
    code, printed, _ = run("overlap", prompts, "--against", packed, "--fields", "body", "--n", "8")
    assert code == 0 and "1 of 2 (50.0%) share 80% or more of their 8-word n-grams" in printed


def test_bad_input_is_one_line(run: Run, tmp_path: Path) -> None:
    prompts, other = write(tmp_path / "p.jsonl", {"prompt": LONG}), write(tmp_path / "o.jsonl", {"key": LONG})
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(b"no gzip")
    folder = tmp_path / "folder"
    folder.mkdir()
    for words, said in (
        ((tmp_path / "none.jsonl",), "none.jsonl does not exist"),
        ((prompts,), "is a file: name what to look up in it with --against FILE"),
        ((folder,), "is not a run folder"),
        ((prompts, "--against", tmp_path / "none*.csv"), "none*.csv does not exist"),
        ((prompts, "--against", other), "no text in prompt, question, query, ...; columns here: key; name some"),
        ((prompts, "--against", prompts, "--fields", "promt"), "no text in promt; columns here: prompt"),
        ((prompts, "--against", broken), "not a whole gzip file"),
        ((prompts, "--against", tmp_path), "does not exist"),
        ((prompts, "--against", prompts, "--out", tmp_path), "give the path of a file"),
    ):
        code, printed, error = run("overlap", *words)
        assert code == 2 and not printed and error.count("\n") == 1 and said in error, error


def test_messages_paths_and_lists_of_rows_are_texts(tmp_path: Path) -> None:
    said = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": LONG},
        {"role": "assistant", "content": "9"},
    ]
    assert list(texts(write(tmp_path / "a.jsonl", {"messages": said})).values()) == [LONG]
    (tmp_path / "b.json").write_text(json.dumps([{"q": {"text": LONG, "n": 1}}, {"q": None}], indent=1))
    assert list(texts(tmp_path / "b.json", ["q.text"]).values()) == [LONG]
    assert list(texts(write(tmp_path / "c.jsonl", {"prompt": {"a": [True, "x"]}})).values()) == ['{"a": [true, "x"]}']
