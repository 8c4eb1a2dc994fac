"""A thought before the answer, as long as it takes: for tasks to be worked out whose reader wants the answer alone."""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="think",
    about="a thought apart from the answer, as long as it takes",
    instructions=(
        'Think it through before you answer, and end with "So the answer is ...".',
        'Reason about it as long as you need, then say "So the answer is ...".',
        'Turn it over in your mind, then close with "So the answer is ...".',
    ),
    answer="So the answer is ...",
    thinking="medium",
    writes="thought",
)
