"""CSV and TSV: rows that do not fit, columns of one name, quotes that are a program's and quotes that are text."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.data.files import raw_rows
from orca2.data.tables import table_rows
from orca2.errors import DataError

CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=8).map(str.strip)


def rows(tmp_path: Path, content: str, name: str = "d.csv", **how: object) -> list[dict[str, object]]:
    (tmp_path / name).write_bytes(content.encode())
    return [dict(row) for _, row in raw_rows(tmp_path / name, **how)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("suffix", "mark"), [("csv", ","), ("tsv", "\t"), ("CSV", ","), ("Tsv", "\t")])
@pytest.mark.parametrize("values", [("a", "b", "c"), ("a",), ("a", "b", "")])
def test_a_row_of_another_length_is_refused_by_its_line(
    tmp_path: Path, suffix: str, mark: str, values: tuple[str, ...]
) -> None:
    content = "\n".join(mark.join(row) for row in [("prompt", "target"), ("q", "1"), values, ("r", "2")])
    with pytest.raises(DataError, match=rf"d\.{suffix}:3: {len(values)} values for 2 columns \(prompt, target\)"):
        rows(tmp_path, content, f"d.{suffix}")
    with pytest.raises(DataError, match=r":3: "):
        rows(tmp_path, content, f"d.{suffix}", columns=["prompt", "target"])


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    assert rows(tmp_path, "a,b\n\n1,2\n  \n3,4\n\n") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@pytest.mark.parametrize("header", ["q,a,a", "a,q,why,a"])
def test_two_columns_of_one_name_are_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(DataError, match="two columns are called 'a'"):
        rows(tmp_path, f"{header}\n{'x,' * header.count(',')}x\n")
    with pytest.raises(DataError, match="two columns are called 'a'"):
        rows(tmp_path, f"{'x,' * header.count(',')}x\n", columns=header.split(","))


def test_columns_without_a_name_are_left_out(tmp_path: Path) -> None:
    """As pandas writes its index, and a spreadsheet the empty columns to the right."""
    assert rows(tmp_path, ",q,a,,\n0,x,1,,\n1,y,2,,\n") == [{"q": "x", "a": "1"}, {"q": "y", "a": "2"}]


@pytest.mark.parametrize("content", ['q,a\n"open,1\nr,2\n', 'q,a\n"two"marks,1\n', 'q,a\nx,"\n'])
def test_quotes_of_a_csv_that_do_not_close_swallow_no_rows(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match=r"d\.csv: no CSV after line 1"):
        rows(tmp_path, content)


def test_quotes_that_a_program_put_around_a_field_are_no_part_of_it(tmp_path: Path) -> None:
    content = 'q\ta\n"say ""two"""\t4\n"one\tfield\nof two lines"\t5\nplain 6" pipe\t6\n'
    assert [row["q"] for row in rows(tmp_path, content, "d.tsv")] == [
        'say "two"', "one\tfield\nof two lines", 'plain 6" pipe'
    ]  # fmt: skip
    assert len(rows(tmp_path, content, "d.tsv", quotes=False)) == 4


@pytest.mark.parametrize(
    "said",
    [
        '"Hello" is a greeting',  # no program closes a quote there
        '"an open quote',
        '"from here\t1\nto there"',  # which would swallow a row that is whole as it is
    ],
)
def test_quotes_that_no_program_wrote_are_text(tmp_path: Path, said: str) -> None:
    found = rows(tmp_path, f"q\ta\n{said}\t4\nlast\t5\n", "d.tsv")
    assert [row["q"] for row in found] == [*(line.split("\t")[0] for line in said.split("\n")), "last"]


def test_quotes_can_be_said_to_be_text(tmp_path: Path) -> None:
    content = 'q\ta\n"To be"\t4\n'
    assert rows(tmp_path, content, "d.tsv") == [{"q": "To be", "a": "4"}]
    assert rows(tmp_path, content, "d.tsv", quotes=False) == [{"q": '"To be"', "a": "4"}]


@pytest.mark.parametrize("word", ["nan", "NaN", "inf", "-Infinity"])
def test_what_is_no_number_among_numbers_is_missing(tmp_path: Path, word: str) -> None:
    assert rows(tmp_path, f"q,a\nx,1.5\ny,{word}\nz,\n")[1] == {"q": "y", "a": None}
    assert rows(tmp_path, f"q,a\nx,bread\ny,{word}\n")[1] == {"q": "y", "a": word}


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6), st.booleans())
def test_what_a_program_writes_is_read_as_it_was(cells: list[tuple[str, str, str]], tabs: bool) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, "excel-tab" if tabs else "excel", quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *cells])
    found = list(table_rows(Path("made"), out.getvalue(), tabs))
    numbers = {"nan", "inf", "+inf", "-inf", "infinity"}
    if not any(cell.lower() in numbers for row in cells for cell in row):
        assert [tuple(row.values()) for _, row in found] == cells


@pytest.mark.parametrize("mark", [";", "|", "\t", ","])
def test_what_parts_the_values_is_told_from_the_first_rows(tmp_path: Path, mark: str) -> None:
    lines = [["question", "answer"], ['"2,5 + 2; or | so?"', "4"], ["2+2?", "4"]]
    content = "".join(mark.join(line) + "\n" for line in lines)
    read = [{"question": "2,5 + 2; or | so?", "answer": "4"}, {"question": "2+2?", "answer": "4"}]
    assert rows(tmp_path, content) == rows(tmp_path, content, delimiter=mark) == read
    assert rows(tmp_path, f"sep={mark}\r\n{content}") == read
    assert rows(tmp_path, content.partition("\n")[2], columns=["question", "answer"]) == read


def test_what_parts_the_values_is_not_guessed(tmp_path: Path) -> None:
    assert rows(tmp_path, "text\na; b\nc\n") == [{"text": "a; b"}, {"text": "c"}]
    assert rows(tmp_path, "a;b\n", columns=["text"]) == [{"text": "a;b"}]
    assert rows(tmp_path, "a:b\n1:2\n", delimiter=":") == [{"a": "1", "b": "2"}]
    with pytest.raises(DataError, match=r"d\.csv:3: 3 values for 2 columns .*that holds a semicolon"):
        rows(tmp_path, "q;a\n1;2\n1;2;3\n", delimiter=";")
