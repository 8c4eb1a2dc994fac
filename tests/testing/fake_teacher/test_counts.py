"""The books of the fake teacher: paid once and again, and how many were at work at once."""

from orca2.testing.fake_teacher.counts import Counts


def test_what_is_paid_again_is_seen() -> None:
    counts = Counts()
    assert [counts.attempt(1), counts.attempt(1), counts.attempt(2)] == [0, 1, 0]
    counts.pay(1)
    counts.pay(1, "batched")
    counts.pay(2)
    page = counts.page(keys=True)
    assert (page["paid"], page["batched"], page["contents"], page["contents_paid"], page["paid_again"]) == (
        3,
        1,
        2,
        2,
        1,
    )
    assert page["keys"] == {f"{1:016x}": {"attempts": 2, "paid": 2}, f"{2:016x}": {"attempts": 1, "paid": 1}}
    assert page["first_paid"] <= page["last_paid"] and "keys" not in counts.page(keys=False)


def test_the_most_at_once() -> None:
    counts = Counts()
    for step in (counts.enter, counts.enter, counts.leave, counts.enter, counts.leave, counts.leave):
        step()
    assert (counts.in_flight, counts.in_flight_most) == (0, 2)
