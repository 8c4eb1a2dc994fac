"""Steps before the answer: for tasks whose state changes more often than one pass can follow."""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="step_by_step",
    about="small steps, one after the other, then the answer",
    instructions=(
        'Think step by step, then end with "So the answer is ...".',
        'Work it out in small steps and close with "So the answer is ...".',
        'Show one step after the other; the last sentence is "So the answer is ...".',
    ),
    answer="So the answer is ...",
)
