"""Facts from memory, then what follows from them: for questions whose answer no single fact gives."""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="recall_reason_generate",
    about="what is known, what follows from it, then the answer",
    instructions=(
        'Recall the relevant facts, reason from them, end with "So the answer is ...".',
        'Say what you know, then what follows from it, then "So the answer is ...".',
        'State the facts, conclude from them and close with "So the answer is ...".',
    ),
    answer="So the answer is ...",
)
