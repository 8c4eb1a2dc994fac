"""Facts from memory before the answer: for questions that nothing in the prompt answers."""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="recall_then_generate",
    about="what is known about the matter, then the answer",
    instructions=(
        'Recall the facts that matter, then end with "So the answer is ...".',
        'Say what you know about it first, then close with "So the answer is ...".',
        'List what is known on the matter and finish with "So the answer is ...".',
    ),
    answer="So the answer is ...",
)
