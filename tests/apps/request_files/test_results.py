"""Results from anywhere: every dialect, compressed, twice, cut off; and what is refused before anything is taken in."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from orca2.asking.cache import Cache
from tests.apps.request_files.conftest import Bench
from tests.run_batch import run_batch
from tests.server import serve

RESULTS = Path(__file__).parents[2] / "endpoints/results"
ONCE = ("teach.samples=1", "teach.min_correct=1", 'profile.choose={f0="direct",f1="direct"}')


@pytest.fixture
def back(bench: Bench) -> Path:
    """An empty folder for results, of a run whose 24 requests are exported."""
    bench.begin(*ONCE)
    bench.teach("--export", bench.folder / "out")
    (bench.folder / "back").mkdir()
    return bench.folder / "back"


def rows(bench: Bench) -> list[dict[str, Any]]:
    """Good results to all requests."""
    run_batch(bench.url, bench.folder / "out/requests-00001.jsonl", bench.folder / "good.jsonl")
    return [json.loads(line) for line in (bench.folder / "good.jsonl").read_text().splitlines()]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def kept(bench: Bench) -> list[tuple[bytes, bytes]]:
    """The requests and answers in the cache of the run."""
    cache = Cache(Path(f"{bench.run}.sqlite"))
    found = [(request, raw) for request, raw in cache.rows("SELECT request, raw FROM answers")]
    cache.close()
    return found


def test_every_dialect_is_taken_in_and_no_failure(bench: Bench, back: Path) -> None:
    ids = [row["custom_id"] for row in rows(bench)]
    given = [json.loads(line) for file in sorted(RESULTS.glob("*.jsonl")) for line in file.read_text().splitlines()]
    text = lines([{**row, "custom_id": name} for row, name in zip(given, ids, strict=False)])
    (back / "all.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    said = bench.teach("--import", back)
    assert "6 answers taken in from 1 files" in said and f"{len(given) - 6} failed, and stay to be asked" in said
    bodies = [json.loads(line)["body"] for line in (bench.folder / "out/requests-00001.jsonl").open()]
    answered = kept(bench)
    assert len(answered) == 6 and all(json.loads(request) in bodies for request, _ in answered)
    assert all(json.loads(raw)["choices"][0]["message"]["content"] == "The answer is 4." for _, raw in answered)


def test_results_beside_their_requests_in_any_files(bench: Bench, back: Path) -> None:
    good = rows(bench)
    (bench.folder / "out/x.jsonl").write_text(lines(good[:10]))
    (bench.folder / "out/y.jsonl.gz").write_bytes(gzip.compress(lines(good[10:]).encode()))
    (bench.folder / "out/.hidden.jsonl").write_text("half of a fi")
    (bench.folder / "out/notes.txt").write_text("not for us")
    said = bench.teach("--import", bench.folder / "out")
    assert "24 answers taken in from 2 files" in said and "every request has an answer; go on with: orca2 teach" in said
    assert "every request has an answer, and no file" in bench.teach("--export", bench.folder / "next")
    bench.received.clear()
    bench.teach()
    assert not bench.received
    assert bench.teach("--export", bench.folder / "next").rstrip().endswith("--redo")


def test_one_file_is_taken_in_by_its_name(bench: Bench, back: Path) -> None:
    rows(bench)
    assert "24 answers taken in from 1 files" in bench.teach("--import", bench.folder / "good.jsonl")


def test_the_same_twice_is_once_and_of_two_that_differ_the_first_stays(bench: Bench, back: Path) -> None:
    good = rows(bench)
    again = json.loads(json.dumps(good[0]))
    again["response"]["body"]["id"] = "another id of the same answer"
    other = json.loads(json.dumps(good[1]))
    other["response"]["body"]["choices"][0]["message"]["content"] = "Something else."
    failed = {"custom_id": good[2]["custom_id"], "response": None, "error": {"message": "at first"}}
    (back / "a.jsonl").write_text(lines([good[0], good[0], failed, good[1], again]))
    (back / "b.jsonl").write_text(lines([other, good[2]]))
    said = bench.teach("--import", back)
    assert "3 answers taken in from 2 files" in said and "failed" not in said
    assert "1 requests have several answers that differ, and the first stays; one: a.jsonl:4" in said
    (back / "a.jsonl").unlink()
    said = bench.teach("--import", back)
    assert "2 had an answer before, which stays\n1 requests have several answers that differ" in said
    assert len(kept(bench)) == 3 and not any(b"Something else." in raw for _, raw in kept(bench))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_a_file_that_was_cut_gives_its_whole_lines_and_is_named(bench: Bench, back: Path, packed: bool) -> None:
    text = lines(rows(bench)).encode()
    if packed:
        (back / "a.jsonl.gz").write_bytes(gzip.compress(text)[:-400])
    else:
        (back / "a.jsonl").write_bytes(text[: text.rindex(b'"custom_id"') + 30])
    said = bench.teach("--import", back)
    name = "a.jsonl.gz" if packed else "a.jsonl"
    assert f"{name} ends in the midst of a line; the request of that line stays to be asked\n" in said
    taken = int(said.split()[0])
    assert (0 < taken < 24) if packed else taken == 23
    assert f"{24 - taken} requests of {24 - taken} tasks wait" in said and len(kept(bench)) == taken


def test_a_last_line_without_a_break_is_whole(bench: Bench, back: Path) -> None:
    (back / "a.jsonl").write_text(lines(rows(bench)).rstrip("\n"))
    assert "24 answers taken in" in bench.teach("--import", back)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{"custom_id": "request-7", "response": {"status_code": 200, "body": {}}}',
            "b.jsonl:3: custom_id 'request-7' is",
        ),
        (
            f'{{"custom_id": "{"0f" * 32}", "response": null, "error": "late"}}',
            f"b.jsonl:3: custom_id '{'0f' * 32}' is",
        ),
        (
            '{"response": {"status_code": 200}}',
            "b.jsonl:3: no line of results: it has no custom_id; nothing was taken in",
        ),
        ("[1, 2]", "b.jsonl:3: no line of results: it has no custom_id; nothing was taken in; mend or remove it"),
        ('{"custom_id": ', "b.jsonl:3: no line of results: "),
    ],
)
def test_what_is_no_result_of_this_run_is_refused_and_nothing_is_taken_in(
    bench: Bench, back: Path, line: str, said: str
) -> None:
    good = rows(bench)
    (back / "a.jsonl").write_text(lines(good[:5]))
    (back / "b.jsonl").write_text(lines(good[5:6]) + "\n" + line + "\n" + lines(good[6:]))
    before = bench.record()
    assert said in bench.refused("--import", back) and not kept(bench)
    assert bench.record().get("asked") == before.get("asked")


def test_results_of_another_recipe_are_refused(bench: Bench, back: Path) -> None:
    (back / "a.jsonl").write_text(lines(rows(bench)))
    said = bench.refused("--import", back, "teach.samples=2", "teacher.max_tokens=40", "--redo")
    assert "explain is not done" in said or "is of no request" in said
    said = bench.refused("--import", back, "teach.tasks_per_family=3")
    assert "is of no request that teach makes in" in said and "(18 such results of 24)" in said


def test_folders_and_files_that_cannot_be_used_are_said(bench: Bench, back: Path) -> None:
    assert "does not exist; give the folder of the files that came back" in bench.refused("--import", back / "none")
    assert "holds no file *.jsonl or *.jsonl.gz" in bench.refused("--import", back)
    assert "holds no line of results" in bench.refused("--import", bench.folder / "out")
    assert "each export has a folder of its own" in bench.refused("--export", bench.folder / "out")
    (back / "a.jsonl.gz").write_text("no gzip")
    assert "a.jsonl.gz is no whole gzip file" in bench.refused("--import", back)
    assert "--dry-run writes and asks nothing" in bench.refused("--dry-run", "--export", bench.folder / "next")
    assert not (bench.folder / "next").exists()


def test_an_empty_folder_is_used_and_the_stages_before_are_done_first(bench: Bench) -> None:
    bench.begin(*ONCE, until="tasks")
    assert "teach: gold is not done" in bench.refused("--export", bench.folder / "out")
    bench.begin(*ONCE)
    (bench.folder / "out").mkdir()
    assert "24 requests" in bench.teach("--export", bench.folder / "out")
    assert [path.name for path in (bench.folder / "out").iterdir()] == ["requests-00001.jsonl"]


def test_a_teacher_that_is_no_endpoint_has_no_files(bench: Bench) -> None:
    recipe = bench.folder / "recipe.toml"
    recipe.write_text(recipe.read_text().replace('model = "openai"', 'model = "openai_batch"'))
    bench.begin(*ONCE)
    said = bench.refused("--export", bench.folder / "out")
    assert "files of requests are for a teacher that is an endpoint" in said and "this one is 'openai_batch'" in said


JUDGED = """
[judge]
model = "openai"
options = { model = "judge/small", base_url = "URL" }
"""


def test_a_judge_that_is_an_endpoint_has_files_of_its_own(bench: Bench) -> None:
    def judge(body: dict[str, Any]) -> str:
        return "It says so. Rating: 9"

    with serve(judge, whole=True) as (url, asked):
        recipe = bench.folder / "recipe.toml"
        text = recipe.read_text().replace('source = "jsonl"', 'source = "jsonl"\ngrader = "judge"')
        recipe.write_text(text + JUDGED.replace("URL", url))
        bench.begin(*ONCE)
        asked.clear()
        said = bench.teach("--export", bench.folder / "one")
        assert "judge-" not in said
        run_batch(bench.url, bench.folder / "one/requests-00001.jsonl", bench.folder / "one/answers.jsonl")
        said = bench.teach("--import", bench.folder / "one", "--export", bench.folder / "two")
        assert "24 answers taken in" in said and (bench.folder / "two/judge-00001.jsonl").exists(), said
        assert not (bench.folder / "two/requests-00001.jsonl").exists()
        bodies = [json.loads(line)["body"]["model"] for line in (bench.folder / "two/judge-00001.jsonl").open()]
        assert set(bodies) == {"judge/small"}
        run_batch(url, bench.folder / "two/judge-00001.jsonl", bench.folder / "two/answers.jsonl")
        asked.clear()
        bench.received.clear()
        assert "every request has an answer" in bench.teach("--import", bench.folder / "two")
        bench.teach()
        assert not asked and not bench.received
