"""Shards of answers: what is put is read again as it was, and taken in once however often somebody is killed."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.asking.cache import Cache
from orca2.errors import RunError
from orca2.scale.answer_shards import KeptAnswer, Merger, ShardFolder, ShardStore, folder_of


@given(st.binary(max_size=40), st.text(), st.binary(max_size=200), st.binary(max_size=200))
def test_an_answer_is_read_as_it_was_written(key: bytes, model: str, request: bytes, raw: bytes) -> None:
    model = model.encode("utf-8", "replace").decode()
    answer = KeptAnswer(key, model, request, raw)
    line = answer.line()
    assert KeptAnswer.of(line) == answer and len(line.splitlines()) == 1


@pytest.fixture(params=["folder", "bucket"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "shards") if request.param == "folder" else f"memory://{tmp_path.name}"


def test_what_a_process_has_put_is_taken_into_the_cache_and_goes(url: str, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "answers.sqlite")

    async def go() -> tuple[int, int]:
        folder = ShardFolder(url)
        folder.make()
        store = ShardStore(folder, "one")
        await asyncio.gather(*(store.put(bytes([n]) * 32, "m", b"{}", b"[%d]" % n) for n in range(200)))
        assert folder.shards()
        return await Merger(folder, cache).merge(), len(folder.shards())

    assert asyncio.run(go()) == (200, 0)
    assert all(cache.get(bytes([n]) * 32) == b"[%d]" % n for n in range(200))
    cache.close()


def test_a_merger_that_was_killed_before_it_removed_a_shard_does_no_harm(url: str, tmp_path: Path) -> None:
    cache, folder = Cache(tmp_path / "answers.sqlite"), ShardFolder(url)
    folder.make()
    content = KeptAnswer(b"k" * 32, "m", b"{}", b"[1]").line().encode()
    for _ in range(2):
        folder.write("one-00000001.answers.jsonl", content)
        assert asyncio.run(Merger(folder, cache).merge()) == 1
    assert cache.get(b"k" * 32) == b"[1]"
    folder.tidy()
    assert folder.shards() == []
    cache.close()


def test_half_of_a_shard_is_named(tmp_path: Path) -> None:
    folder = ShardFolder(str(tmp_path))
    folder.write("one-00000001.answers.jsonl", b'{"key": "00", "mod')
    with pytest.raises(RunError, match=r"one-00000001.answers.jsonl is no shard of answers .* move it away"):
        folder.answers("one-00000001.answers.jsonl")


def test_an_unknown_kind_of_store_is_named() -> None:
    with pytest.raises(RunError, match=r"cluster.store: nothing://here cannot be used"):
        ShardFolder("nothing://here")


def test_runs_that_share_a_store_have_folders_of_their_own(tmp_path: Path) -> None:
    assert folder_of("", tmp_path, tmp_path / "run") == str(tmp_path / "run" / "shards")
    one, other = (folder_of("s3://bucket/x/", tmp_path, tmp_path / name / "run") for name in ("a", "b"))
    assert one != other and one.startswith("s3://bucket/x/run-")
    assert folder_of("kept", tmp_path, tmp_path / "run").startswith(str(tmp_path / "kept" / "run-"))
