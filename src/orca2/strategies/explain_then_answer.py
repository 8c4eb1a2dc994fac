"""A reason before the answer: one thought to lean on, cheaper than all the steps."""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="explain_then_answer",
    about="a short explanation, then the answer",
    instructions=(
        'Explain briefly first, then end with "So the answer is ...".',
        'Give your reason in a sentence or two, then say "So the answer is ...".',
        'Justify it in short before you close with "So the answer is ...".',
    ),
    answer="So the answer is ...",
)
