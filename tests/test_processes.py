"""What the environment says of several processes, all of it or a part."""

import pytest

from orca2 import processes
from orca2.errors import RunError

WHOLE = {"RANK": "1", "LOCAL_RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500"}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*processes.TORCHRUN, *processes.SIZES):
        monkeypatch.delenv(name, raising=False)


def give(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_torchrun_is_known_by_all_that_it_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not processes.several() and not processes.started() and processes.rank() == 0
    processes.check()
    give(monkeypatch, **WHOLE)
    assert processes.several() and processes.rank() == 1 and processes.local_rank() == 0
    processes.check()
    give(monkeypatch, WORLD_SIZE="1")
    assert processes.started() and not processes.several()


@pytest.mark.parametrize("left_out", ["RANK", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"])
def test_a_part_is_refused_before_a_training_and_means_nothing_else(
    monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    give(monkeypatch, **WHOLE)
    monkeypatch.delenv(left_out)
    assert not processes.several()
    with pytest.raises(RunError, match=f"but not {left_out}: .*torchrun, or unset"):
        processes.check()


@pytest.mark.parametrize(
    "given",
    [
        {"WORLD_SIZE": "4"},
        {"LOCAL_RANK": "0"},
        {"OMPI_COMM_WORLD_SIZE": "2"},
        {"PMI_SIZE": "3"},
        {"WORLD_SIZE": "many"},
    ],
)  # fmt: skip
def test_strays_are_one_line(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    give(monkeypatch, **given)
    with pytest.raises(RunError, match=f"^{next(iter(given))}="):
        processes.check()


@pytest.mark.parametrize("given", [{"WORLD_SIZE": "1"}, {"WORLD_SIZE": ""}, {"RANK": "3"}, {"MASTER_ADDR": "node"}])
def test_what_trains_in_one_process_is_left_alone(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    give(monkeypatch, **given)
    processes.check()
    assert not processes.several()
