"""The telling part of a given text before the answer: for questions that their own passage answers."""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="extract_generate",
    about="the part of the given text that matters, then the answer",
    instructions=(
        'Quote the part that decides it, then end with "So the answer is ...".',
        'Copy the words that matter and close with "So the answer is ...".',
        'Pick out the telling passage first, then say "So the answer is ...".',
    ),
    answer="So the answer is ...",
)
