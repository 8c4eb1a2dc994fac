"""The answer alone: the cheapest strategy, enough where one look at the question suffices."""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="direct",
    about="the final answer and nothing else",
    instructions=(
        "Reply with only the final answer.",
        "Give the answer alone, without any explanation.",
        "Write the answer itself and no other word.",
    ),
    answer="...",
)
