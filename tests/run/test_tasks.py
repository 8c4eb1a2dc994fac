"""Tasks of a run: the first of each family, and a cluster column that no task has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Task
from orca2.errors import DataError
from orca2.run.tasks import check_cluster, first_of_each_family


def task(number: int, family: str, **fields: str) -> Task:
    return Task(str(number), family, f"q{number}", "7", "number", "test", fields)


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 5))
def test_the_first_of_each_family_in_order(families: list[str], count: int) -> None:
    tasks = [task(number, family) for number, family in enumerate(families)]
    taken = first_of_each_family(tasks, count)
    assert taken == [one for one in tasks if one in taken]
    for family in set(families):
        assert [one for one in taken if one.family == family] == [one for one in tasks if one.family == family][:count]


def test_a_cluster_that_no_task_has_names_those_there_are() -> None:
    tasks = [task(1, "a", passage="p"), task(2, "a")]
    check_cluster(tasks, "passage")
    check_cluster(tasks, "")
    with pytest.raises(DataError, match=r"no task has a field 'page'; fields here: passage"):
        check_cluster(tasks, "page")
