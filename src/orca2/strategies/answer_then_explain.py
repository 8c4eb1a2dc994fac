"""The answer, then its reason: the reason cannot help the answer, but a reader can check it."""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="answer_then_explain",
    about="the answer, then a short explanation",
    instructions=(
        'Start with "The answer is ...", then explain briefly.',
        'Open with "The answer is ..." and give the reason afterwards.',
        'First say "The answer is ...", after that why it is so.',
    ),
    answer="The answer is ...",
)
