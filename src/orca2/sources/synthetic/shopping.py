"""Arithmetic in words: two small products and their sum."""

from random import Random

from orca2.sources.synthetic._problem import Problem

ITEMS = ("pens", "cups", "hats", "books", "maps", "keys", "lamps", "rings", "balls", "bags", "eggs", "toys")


def make(rng: Random) -> Problem:
    first, second = rng.sample(ITEMS, 2)
    price, other_price, count, other_count = (rng.randint(2, 6) for _ in range(4))
    paid, other_paid = price * count, other_price * other_count
    total = paid + other_paid
    return Problem(
        prompt=(
            f"{first.capitalize()} cost {price} coins each and {second} {other_price} coins each."
            f" How many coins do {count} {first} and {other_count} {second} cost?"
        ),
        target=str(total),
        steps=(
            f"{first}: {count}x{price}={paid}. {second}: {other_count}x{other_price}={other_paid}."
            f" {paid}+{other_paid}={total}."
        ),
        explanation=f"The {first} cost {paid} coins and the {second} {other_paid}.",
    )
