"""A short thought before the answer: for tasks that one look does not settle and a few steps do."""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="think_briefly",
    about="a thought apart from the answer, of a few steps",
    instructions=(
        'Think only briefly before you answer, and end with "So the answer is ...".',
        'Reason about it in a few short steps, then say "So the answer is ...".',
        'Keep your thoughts short, then close with "So the answer is ...".',
    ),
    answer="So the answer is ...",
    thinking=256,
    writes="thought",
)
