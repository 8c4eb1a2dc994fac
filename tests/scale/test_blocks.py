"""Blocks hold every request once, whatever is given back; places never hold more than a node has free."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Message, Request
from orca2.scale.blocks import MOST, Blocks, smallest
from orca2.scale.nodes import Node, places


@given(st.lists(st.text("ab", max_size=4), max_size=200), st.integers(1, 64), st.integers(1, 9), st.randoms())
def test_every_request_is_answered_once(texts: list[str], rows: int, workers: int, rng: object) -> None:
    blocks, answered = Blocks([Request((Message("user", text),), 8) for text in texts]), list[int]()
    lost = iter(range(3))
    while block := blocks.take(rows, workers):
        assert len(block) <= MOST * rows
        cut = len(block) // 2 if next(lost, None) is not None else len(block)
        answered += block[:cut]
        blocks.give_back(block[cut:])
    assert sorted(answered) == list(range(len(texts))) and not len(blocks)


@given(st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=100))
def test_requests_that_begin_alike_stand_together(systems: list[str]) -> None:
    blocks = Blocks([Request((Message("system", text), Message("user", str(i))), 8) for i, text in enumerate(systems)])
    order = [systems[index] for index in blocks.take(100, 1) + blocks.take(100, 1) + blocks.take(100, 1)]
    changes = sum(a != b for a, b in itertools.pairwise(order))
    assert changes == len(set(order)) - 1


def sizes(requests: int, rows: int, workers: int) -> list[int]:
    blocks = Blocks([Request((Message("user", str(i)),), 8) for i in range(requests)])
    return [len(block) for block in iter(lambda: blocks.take(rows, workers), [])]


def test_blocks_get_smaller_towards_the_end_and_keep_all_rows_busy() -> None:
    assert sizes(1000, rows=64, workers=2) == [250, 250, 125, 125, 125, 125]
    assert sizes(96, rows=64, workers=2) == [48, 48]  # few requests are shared out once
    assert sizes(20, rows=64, workers=4) == [smallest(64), 4]


def node(name: str, cpus: float, gpus: float = 0, used_cpus: float = 0, used_gpus: float = 0) -> Node:
    return Node(name, name, cpus, gpus, cpus - used_cpus, gpus - used_gpus)


def test_a_student_takes_a_node_or_so_many_cores() -> None:
    two = [node("a", 8), node("b", 4, used_cpus=1)]
    assert [(place.node.id, place.cpus) for place in places(two, 1, 0)] == [("a", 8), ("b", 3)]
    assert [place.node.id for place in places(two, 1, 2)] == ["a", "b", "a", "a", "a"]
    assert not places([node("a", 8, used_cpus=7)], 1, 0)  # what one core of eight is free of is no node


def test_gpus_come_first_and_may_be_shared() -> None:
    mixed = [node("a", 64), node("b", 16, gpus=2), node("c", 16, gpus=1, used_gpus=0.5)]
    assert [(place.node.id, place.gpus) for place in places(mixed, 1, 0)] == [("b", 1), ("b", 1)]
    assert [place.node.id for place in places(mixed, 0.5, 0)] == ["b", "c", "b", "b", "b"]
    assert [place.node.id for place in places(mixed, 0.4, 0)] == ["b", "c", "b", "b", "b"]  # two on each whole GPU
    assert [place.node.id for place in places(mixed, 2, 0)] == ["b"]
    assert [place.cpus for place in places(mixed, 0, 0)] == [64, 16, 16]  # no GPUs asked for: cores
