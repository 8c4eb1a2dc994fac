"""Paths as users write them, modes, the cache's folder, and text that UTF-8 cannot hold."""

import json
import os
import stat
from pathlib import Path

import pytest

from orca2 import files
from orca2.core.types import Completion, Lesson, Message
from orca2.errors import RunError
from tests.conftest import Run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home [1]"
    folder.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    return folder


def test_where_a_path_leads(home: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    assert files.located("~/a/b", base) == home / "a/b" and files.located("~", base) == home
    assert files.located("a/~/b", base) == base / "a/~/b" and files.located("x~", base) == base / "x~"
    assert files.located(tmp_path / "x", base) == tmp_path / "x"
    assert files.located("~nobody_of_this_name/x", base) == base / "~nobody_of_this_name/x"


def test_a_pattern_finds_what_is_there_under_that_very_name(home: Path, tmp_path: Path) -> None:
    base = tmp_path / "a [b] *c"
    for place in (base / "d[1]" / "e?.txt", base / "d[1]" / "e1.txt", base / "d1" / "e1.txt", home / "f [2].txt"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    assert files.matching("d[1]/e?.txt", base) == [base / "d[1]" / "e?.txt"]
    assert files.matching("d[1]/e*.txt", base) == [base / "d[1]" / "e1.txt", base / "d[1]" / "e?.txt"]
    assert files.matching("d*/e1.txt", base) == [base / "d1" / "e1.txt", base / "d[1]" / "e1.txt"]
    assert files.matching("~/f [2].txt", base) == files.matching("~/*.txt", base) == [home / "f [2].txt"]
    assert files.matching(base / "d1" / "*", tmp_path) == [base / "d1" / "e1.txt"]
    assert files.matching("none*", base) == files.matching("d1/none", base) == []
    assert files.matching(base) == [base]


def test_a_home_that_cannot_be_written_is_one_line(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORCA2_CACHE")
    (home / ".cache").touch()  # a file where the folder is to be: not even root can make it
    with pytest.raises(RunError, match=r"cannot be made .*XDG_CACHE_HOME.*ORCA2_CACHE"):
        files.cache_folder()
    code, _, said = run("cache", "show")
    assert code == 2 and "ORCA2_CACHE" in said and said.count("\n") == 1
    monkeypatch.setenv("ORCA2_CACHE", "~/mine.sqlite")
    code, _, said = run("cache", "show")
    assert code == 2 and f"no answers are kept in {home / 'mine.sqlite'}" in said
    monkeypatch.setenv("XDG_CACHE_HOME", "~/elsewhere")
    assert files.cache_folder() == home / "elsewhere" / "orca2"


@pytest.mark.skipif(not hasattr(os, "umask") or os.name == "nt", reason="Windows has no modes")
@pytest.mark.parametrize(
    ("umask", "file", "folder"), [(0o022, 0o644, 0o755), (0o077, 0o600, 0o700), (0o002, 0o664, 0o775)]
)
def test_modes_are_those_of_the_umask(tmp_path: Path, umask: int, file: int, folder: int) -> None:
    before = os.umask(umask)
    try:
        place = tmp_path / "made"
        place.mkdir(mode=0o700)
        (place / "inner").mkdir(mode=0o700)
        for path in (place / "weights", place / "inner" / "run.sh"):
            path.touch(mode=0o600)
        (place / "inner" / "run.sh").chmod(0o700)
        files.apply_umask(place)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (place, *place.rglob("*"))}
    finally:
        os.umask(before)
    assert modes == {"made": folder, "inner": folder, "weights": file, "run.sh": file | 0o100}


def test_half_a_character_is_written_so_that_it_can_be_read(tmp_path: Path) -> None:
    text = json.dumps({"said": 'cat \ud83d\\ "é😀"'}, ensure_ascii=False)
    files.write_text(tmp_path / "a.json", text)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == json.loads(text)
    assert files.utf8("a\ud83d\udc4db😀") == "a\ufffd\ufffdb😀" and files.utf8("é") == "é"


def test_what_takes_the_place_of_a_folder_or_a_file(tmp_path: Path) -> None:
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    files.put(tmp_path / "new", tmp_path / "old")
    assert [path.name for path in tmp_path.rglob("*")] == ["old", "new"]
    (tmp_path / "file").write_text("new")
    (tmp_path / "old").joinpath("new").unlink()
    files.put(tmp_path / "file", tmp_path / "other")
    assert (tmp_path / "other").read_text() == "new" and not (tmp_path / "file").exists()


def test_broken_json_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for broken in (b"", b'{"a": 1', b"\xff\xfe", b"nonsense"):
        path.write_bytes(broken)
        with pytest.raises(RunError, match=r"a\.json is not valid JSON: .*; make it again"):
            files.read_json(path, "make it again")
    path.write_bytes(b'{"a": 1}\n{"a"')
    with pytest.raises(RunError, match=r"a\.json:2 is not valid JSON"):
        files.read_json_lines(path, "make it again")


def test_a_hash_of_json_is_by_content_alone() -> None:
    asked, same = {"a": 1, "b": [Message("user", "half \ud800")]}, {"b": [Message("user", "half \ud800")], "a": 1}
    assert files.hash_json(asked) == files.hash_json(same)
    assert files.hash_json(asked) != files.hash_json({**asked, "a": 2})
    assert files.hash_json([Message("user", "")]) == files.hash_json([{"role": "user", "content": ""}])


def test_what_says_nothing_of_thoughts_is_written_as_it_always_was() -> None:
    """Kept runs, kept answers and the keys of trainings stay what they are."""
    message, completion = Message("assistant", "8"), Completion("8", "stop", 3, 1)
    assert json.dumps(message, default=files.as_mapping) == '{"role": "assistant", "content": "8"}'
    assert json.dumps(completion, default=files.as_mapping) == (
        '{"text": "8", "finish_reason": "stop", "tokens_in": 3, "tokens_out": 1, "error": null}'
    )
    lesson = Lesson((Message("user", "?"), message), "t")
    assert files.hash_json(lesson) == files.hash_json(
        {"messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": "8"}], "task": "t"}
    )


def test_a_thought_is_written_and_read_again(tmp_path: Path) -> None:
    thinking = Message("assistant", "8", "7 + 1")
    assert files.as_mapping(thinking)["reasoning"] == "7 + 1"
    lesson = Lesson((Message("user", "?"), thinking), "t")
    files.write_text(tmp_path / "a.jsonl", json.dumps(lesson, default=files.as_mapping) + "\n")
    assert files.read_nouns(tmp_path / "a.jsonl", Lesson, "again") == [lesson]
    completion = Completion("8", "stop", 3, 9, reasoning="7 + 1", reasoning_tokens=7)
    assert files.as_noun(files.as_mapping(completion), Completion, "here", "again") == completion
