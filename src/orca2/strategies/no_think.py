"""The answer at once, from a model that could think: for tasks that one look settles."""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="no_think",
    about="the answer at once, without a thought before it",
    instructions=(
        'Answer right away without thinking, and end with "So the answer is ...".',
        'Do not reason about it before; say "So the answer is ..." at once.',
        'Give your reply without any thought before it, as "So the answer is ...".',
    ),
    answer="So the answer is ...",
    thinking="off",
    writes="empty",
)
