"""Every benchmark reads rows of its true shape, its gold answers pass their grader, and other shapes are named."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2 import benchmarks, plugins
from orca2.benchmarks import Item, benchmark_names, load_benchmark
from orca2.benchmarks._suites import SUITES
from orca2.core.multiple_choice import choice, letter, mixed
from orca2.core.types import Task
from orca2.errors import DataError, MissingExtra, RecipeError
from tests.benchmarks.shapes import SHAPES, Rows

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "eval"


def put(folder: Path, name: str, rows: Rows) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_every_benchmark_has_a_made_row_and_stands_in_the_suite() -> None:
    assert set(SHAPES) == set(plugins.names("benchmarks"))
    assert set(SUITES["orca2"]) <= set(SHAPES)


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_true_rows_become_questions_whose_gold_answers_pass(name: str, tmp_path: Path) -> None:
    loaded = load_benchmark(name, put(tmp_path, *SHAPES[name]))
    about = loaded.benchmark
    assert loaded.items and not loaded.rejected
    assert len({item.task.id for item in loaded.items}) == len(loaded.items) == loaded.rows
    assert about.title and about.about.endswith(".") and about.means.endswith(".") and about.files
    for item in loaded.items:
        assert item.task.prompt.strip() and item.task.family == name and 0 <= item.chance <= 1
        assert item.task.target or about.measure != "graded"
        assert item.source or about.measure != "grounded"


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_another_shape_is_named_with_its_place(name: str, tmp_path: Path) -> None:
    folder = put(tmp_path, SHAPES[name][0], [{"foo": 1, "bar": "x"}])
    with pytest.raises(DataError, match=r"1: not a row of .*columns here: foo, bar") as error:
        load_benchmark(name, folder)
    assert "\n" not in str(error.value)


def test_what_is_wrong_with_a_row_is_said(tmp_path: Path) -> None:
    put(tmp_path, "gsm8k/test.jsonl", [{"question": "x", "answer": "no mark"}])
    with pytest.raises(DataError, match="no line '#### N'"):
        load_benchmark("gsm8k", tmp_path)
    put(tmp_path, "arc_easy.jsonl", [{"query": "Question: x", "choices": ["a", "b"], "gold": 7}])
    with pytest.raises(DataError, match="option 8 of 2"):
        load_benchmark("arc_easy", tmp_path)
    with pytest.raises(DataError, match="MMLU: no file"):
        load_benchmark("mmlu", tmp_path)


def test_gold_answers_that_fail_are_counted_and_all_failing_is_an_error(tmp_path: Path) -> None:
    rows = [{"question": "x", "answer": "#### seven apples"}, {"question": "y", "answer": "#### 8"}]
    loaded = load_benchmark(
        "gsm8k", put(tmp_path, "gsm8k/test.jsonl", [*rows, {"question": "z", "answer": "#### a b"}])
    )
    assert [task for task, _ in loaded.rejected] == ["gsm8k/3"] and len(loaded.items) == 3
    with pytest.raises(DataError, match="no gold answer passes"):
        load_benchmark("gsm8k", put(tmp_path, "gsm8k/test.jsonl", [{"question": "z", "answer": "#### a b"}]))


def test_what_each_reads() -> None:
    bbh = [q for row in SHAPES["bbh"][1] for q in benchmarks.load_module("bbh").questions(row, "snarks")]
    assert [(q.target, q.chance) for q in bbh] == [("(B)", 0.5), ("No", 0.5)]
    drop = [q for row in SHAPES["drop"][1] for q in benchmarks.load_module("drop").questions(row, "")]
    assert [q.target for q in drop] == ["5\nfive", "Tom, Ann", "4 March 1789"]
    sums = [q for row in SHAPES["qmsum"][1] for q in benchmarks.load_module("qmsum").questions(row, "")]
    assert [q.source for q in sums] == ["A: We need a red button.\nB: Fine, by May.", "B: Fine, by May."]
    marco = [q for row in SHAPES["ms_marco"][1] for q in benchmarks.load_module("ms_marco").questions(row, "")]
    assert [q.target for q in marco] == ["5,500 degrees"]
    tox = [q for row in SHAPES["toxigen"][1] for q in benchmarks.load_module("toxigen").questions(row, "")]
    assert [(q.target, q.subset) for q in tox] == [("yes", "women"), ("no", "women")]
    assert tox[0].prompt.endswith("\n\nthey are all the same")


def test_mt_bench_takes_its_references_from_the_file_beside_it(tmp_path: Path) -> None:
    put(tmp_path, "mt_bench/question.jsonl", [{"question_id": 1, "category": "math", "turns": ["a", "b"]},
                                              {"question_id": 2, "category": "math", "turns": ["c", "d"]}])  # fmt: skip
    answers: Rows = [{"question_id": 2, "choices": [{"turns": ["C", "D"]}]}]
    loaded = load_benchmark("mt_bench", put(tmp_path, "mt_bench/reference_answer_gpt-4.jsonl", answers))
    assert [(item.references, item.follow_ups) for item in loaded.items] == [((), ("b",)), (("C", "D"), ("d",))]


def test_few_shot_and_a_users_own_are_one_file(tmp_path: Path) -> None:
    shots = benchmarks.load_module("gsm8k_3shot").BENCHMARK.shots
    assert len(shots) == 3
    for _, answer in shots:
        assert plugins.get("graders", "number").load().grade(answer.rsplit(" ", 1)[1].rstrip("."), answer).correct
    own = tmp_path / "mine.py"
    own.write_text(
        "from orca2.core.benchmark import Benchmark, Question\n"
        "BENCHMARK = Benchmark(title='Mine', kind='knowledge', about='Mine.', means='Mine.', files=('mine.jsonl',))\n"
        "def questions(row, subset):\n    yield Question(row['q'], row['a'])\n"
    )
    put(tmp_path, "mine.jsonl", [{"q": "What is 3 + 4?", "a": "7"}])
    loaded = load_benchmark(str(own), tmp_path)
    assert (loaded.name, loaded.items[0].task.id, loaded.items[0].task.grader) == ("mine", "mine/1", "auto")
    bare = tmp_path / "bare.py"
    bare.write_text("x = 1\n")
    with pytest.raises(RecipeError, match="no BENCHMARK"):
        load_benchmark(str(bare), tmp_path)


def test_names() -> None:
    assert benchmark_names("gsm8k, bbh,gsm8k") == ["gsm8k", "bbh"]
    assert benchmark_names("orca2") == list(SUITES["orca2"])
    with pytest.raises(RecipeError, match="did you mean 'gsm8k'"):
        benchmark_names("gsm8")
    with pytest.raises(RecipeError, match="names no benchmark"):
        benchmark_names(" , ")


def test_the_hub_needs_its_extra_and_some_have_no_copy_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="no copy on the hub"):
        load_benchmark("qmsum", None)
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(MissingExtra, match=r"orca2\[hub\]"):
        load_benchmark("gsm8k", None)


def test_the_hub_is_read_by_split(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Hub:
        @staticmethod
        def load_dataset(path: str, name: str | None, split: str) -> Any:
            asked.append((path, name, split))
            return SHAPES["race"][1]

    monkeypatch.setitem(sys.modules, "datasets", Hub)
    loaded = load_benchmark("race", None)
    assert asked == [("ehovy/race", "middle", "test"), ("ehovy/race", "high", "test")]
    assert {item.subset for item in loaded.items} == {"high", "middle"}


def _items(sizes: list[int]) -> list[Item]:
    return [
        Item(Task(f"b/{subset}/{n}", "b", "p", "t", "exact", "test"), str(subset), 0.0)
        for subset, size in enumerate(sizes)
        for n in range(size)
    ]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 30), st.integers(1, 30))
def test_a_smaller_limit_takes_a_part_of_a_larger_one(sizes: list[int], first: int, second: int) -> None:
    items = _items(sizes)
    small, large = ([item.task.id for item in benchmarks._drawn(items, n)] for n in sorted((first, second)))
    assert set(small) <= set(large) and len(small) == min(min(first, second), len(items))
    assert small == [item.task.id for item in items if item.task.id in set(small)]


@given(st.lists(st.integers(1, 9), min_size=2, max_size=6), st.integers(1, 30))
def test_subsets_are_drawn_alike(sizes: list[int], limit: int) -> None:
    taken = [item.subset for item in benchmarks._drawn(_items(sizes), limit)]
    counts = [taken.count(str(subset)) for subset in range(len(sizes))]
    assert all(count == size or count >= max(counts) - 1 for count, size in zip(counts, sizes, strict=True))


@given(st.lists(st.text(min_size=1), min_size=2, max_size=6, unique=True), st.text())
def test_mixed_options_hold_the_right_one_whatever_the_order_they_came_in(options: list[str], seed: str) -> None:
    right, *wrong = options
    found, place = mixed(right, wrong, seed)
    assert found[place] == right and sorted(found) == sorted(options)
    assert mixed(right, wrong[::-1], seed) == (found, place)


def test_options_and_letters() -> None:
    asked = choice("Which?", ["a b", "c"], 1)
    assert (asked.prompt, asked.target, asked.chance) == ("Which?\nOptions:\n(A) a b\n(B) c", "(B)", 0.5)
    assert [letter(text) for text in ("A", "(c)", "2", "D.")] == [0, 2, 1, 3]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared evaluation data is not beside the checkout")
@pytest.mark.parametrize(
    ("name", "rows", "subsets"),
    [("gsm8k", 1319, 1), ("bbh", 6511, 27), ("agieval", 2340, 7), ("arc_easy", 2376, 1), ("arc_challenge", 1172, 1),
     ("mmlu", 14042, 57), ("lambada", 5153, 1), ("truthfulqa", 817, 1), ("mt_bench", 80, 8)],
)  # fmt: skip
def test_all_real_gold_answers_pass_their_graders(name: str, rows: int, subsets: int) -> None:
    loaded = load_benchmark(name, SHARED)
    assert (loaded.rows, len(loaded.rejected), len({item.subset for item in loaded.items})) == (rows, 0, subsets)
