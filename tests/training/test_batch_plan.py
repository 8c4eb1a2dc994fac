"""Who runs which row of which step, and with what weight."""

import pytest
import torch

from orca2.training.batch_plan import BatchPlan
from orca2.training.rows import pack, spread
from orca2.training.spans import TokenizedExample

PACKED = pack([TokenizedExample([1] * (8 + i % 7), 2 + i % 5) for i in range(60)], 40)


@pytest.mark.parametrize("world", [1, 2, 3])
@pytest.mark.parametrize("batch_tokens", [0, 50, 10_000])
def test_the_processes_run_each_row_once_an_epoch_and_weigh_tokens_alike(world: int, batch_tokens: int) -> None:
    ranks = [BatchPlan(PACKED, batch_tokens, 2, 7, rank, world, False) for rank in range(world)]
    assert len({len(batch_plan) for batch_plan in ranks}) == 1
    learned = 0
    for step in range(len(ranks[0])):
        mine = [batch_plan[step] for batch_plan in ranks]
        assert len({len(rows) for rows in mine}) == 1  # nobody waits for a row that does not come
        # processes average their gradients, so the weights of a step's tokens add up to one
        weights = [weight / world * len(row["labels"]) for rows in mine for weight, row in rows]
        assert sum(weights) == pytest.approx(1)
        learned += sum(len(row["labels"]) for rows in mine for weight, row in rows if weight)
    assert learned == 2 * PACKED.supervised_tokens


def test_the_order_follows_the_seed_and_changes_with_the_epoch() -> None:
    def order(seed: int) -> list[range]:
        return BatchPlan(PACKED, 0, 2, seed, 0, 1, False).steps

    half = len(PACKED.rows)
    assert order(3) == order(3) != order(4)
    assert order(3)[:half] != order(3)[half:]
    assert sorted(rows.start for rows in order(3)[:half]) == list(range(half))


def test_boundaries_come_with_the_row_where_attention_takes_them() -> None:
    ((_, row),) = BatchPlan(PACKED, 0, 1, 0, 0, 1, True)[0]
    ends = row["cu_seq_lens_q"]
    assert torch.equal(ends[:-1].long(), (row["position_ids"][0] == 0).nonzero().flatten())
    assert ends[-1] == row["input_ids"].shape[1]


@pytest.mark.parametrize("count", [1, 7, 60])
def test_an_epoch_has_the_steps_that_are_asked_for_whatever_the_rows_hold(count: int) -> None:
    documents = [TokenizedExample([1] * (8 + i % 7), 2 + i % 5) for i in range(60)]
    for capacity in (15, 40, 4000):
        packed = spread(pack(documents, capacity), count, 0)
        batch_plan = BatchPlan(packed, 50, 2, 0, 0, 1, False, count)
        assert len(batch_plan) == 2 * count
        assert sum(batch_plan.sizes(step)["supervised_tokens"] for step in range(count)) == packed.supervised_tokens
