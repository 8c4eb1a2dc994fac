"""Names, parts and files to strategies; a slip in a file of one's own is one clear line."""

from pathlib import Path

import pytest

from orca2.errors import RecipeError
from orca2.strategies import load, load_all

HEAD = "from orca2.core.types import Call, Strategy\n"


def write(folder: Path, text: str, name: str = "mine.py") -> str:
    (folder / name).write_text(HEAD + text)
    return f"./{name}"


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    name = write(tmp_path, 'STRATEGY = Strategy("mine", "a try", ("Try.", ""), "It is ...", (Call("c", "Check."),))')
    found = load(name, tmp_path)
    assert (found.name, found.answer, found.calls[0].prompt) == ("mine", "It is ...", "Check.")
    assert [s.name for s in load_all(["direct", name, "orca1:t0"], tmp_path)] == ["direct", "mine", "orca1:t0"]


@pytest.mark.parametrize("brace", ['{"answer": 1}', "\\\\boxed{answer}", "{}", "{1, 2}"])
def test_braces_that_are_no_template(tmp_path: Path, brace: str) -> None:
    load(write(tmp_path, f"STRATEGY = Strategy('m', '', ('End with {brace}.',))"), tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("STRATEGY = Strategy(", "mine.py fails to import: '(' was never closed"),
        ("1 / 0", "mine.py fails to import: division by zero"),
        ("STRATEGY = Strategy('m')", "fails to import"),
        ("OTHER = 1", "mine.py defines no STRATEGY"),
        ("STRATEGY = 'think'", "STRATEGY is a str, not a Strategy"),
        ("STRATEGY = Strategy('m', '', ())", "instructions has no wording"),
        ("STRATEGY = Strategy('m', '', ('Think.'))", "with a comma"),
        ("STRATEGY = Strategy('m', '', (1,))", "instructions holds 1, which is not text"),
        ("STRATEGY = Strategy('', '', ('Think.',))", "name '' is empty"),
        ("STRATEGY = Strategy('two  words', '', ('Think.',))", "stray spaces"),
        ("STRATEGY = Strategy('m', None, ('Think.',))", "about is a NoneType, not text"),
        ("STRATEGY = Strategy('m', '', ('Think.',), 'So it is')", "has no ... where the answer goes"),
        ("STRATEGY = Strategy('m', '', ('Think.',), calls=('Check.',))", "something else than Call"),
        ("STRATEGY = Strategy('m', '', ('Think.',), calls=Call('c', 'Check.'))", "with a comma, also for one"),
        ("STRATEGY = Strategy('m', '', ('Think.',), calls=(Call('c', ' '),))", "call 'c' needs a name and a prompt"),
        ("STRATEGY = Strategy('m', '', ('Think.',), calls=(Call('answer', 'x'),))", "two calls are named 'answer'"),
        (
            "STRATEGY = Strategy('m', '', ('Think.',), writes='thoughts')",
            "writes is 'thoughts'; valid: thought, none, empty",
        ),
        (
            "STRATEGY = Strategy('m', '', ('Think.',), thinking='max')",
            "thinking is 'max'; valid: off, low, medium, high",
        ),
        ("STRATEGY = Strategy('m', '', ('Think.',), thinking=0)", "or tokens above 0"),
        ("STRATEGY = Strategy('m', '', ('Think.',), thinking='off', writes='thought')", "would learn from one"),
        ("STRATEGY = Strategy('m', '', ('Say {target}.',))", "{target} in 'Say {target}.' is a template"),
        ("STRATEGY = Strategy('m', '', ('Say {{ answer }}.',))", "is a template"),
        ("STRATEGY = Strategy('m', '', ('A.',), calls=(Call('c', 'It is {answer}.'),))", "{answer} in 'It is"),
    ],
)
def test_each_slip_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load(write(tmp_path, text), tmp_path)
    assert said in str(caught.value) and "\n" not in str(caught.value)
    assert "mine.py" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dirct", "did you mean 'direct'"),
        ("orca1:ctt", "no 'orca1:ctt' (did you mean 'cot'?); parts of orca1: orca1:cot, "),
        ("direct:cot", "parts of direct: none"),
        ("./none.py", "none.py does not exist"),
        ("./folder", "./folder is no .py file"),
        ("folder.py", "folder.py does not exist"),
        ("not_there.strategy", "cannot import 'not_there.strategy'"),
        ("json.tool", "json.tool defines no STRATEGY"),
    ],
)
def test_a_name_that_leads_nowhere(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(RecipeError) as caught:
        load(name, tmp_path)
    assert said in str(caught.value)


def test_two_of_one_name(tmp_path: Path) -> None:
    name = write(tmp_path, "STRATEGY = Strategy('direct', '', ('Answer.',))")
    with pytest.raises(RecipeError, match=r"mine\.py: another strategy is called 'direct' already; rename it"):
        load_all(["direct", name], tmp_path)
    with pytest.raises(RecipeError, match="or name it once"):
        load_all(["direct", "direct"])
