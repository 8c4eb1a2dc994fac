"""A guess, held against the task until one stands: for tasks that are easier to check than to work out.

A first answer tends to defend its guess, so the teacher is asked to check it in a call of its own, and then to
write the whole down for somebody who has not seen the conversation.
"""

from orca2.core.types import Call, Strategy

STRATEGY = Strategy(
    name="guess_and_check",
    about="a guess, a check of it, another guess where it fails, then the answer",
    instructions=(
        'Guess, check the guess against the task, end with "So the answer is ...".',
        'Try answers until one passes its check, then say "So the answer is ...".',
        'Propose a solution, verify and repair it, close with "So the answer is ...".',
    ),
    answer="So the answer is ...",
    calls=(
        Call(
            "check",
            "Hold your answer against each condition that was given, one at a time. If one fails, make another guess"
            " and check that one too, until a guess passes.",
        ),
        Call(
            "state",
            "Write the solution anew for a reader who sees the question but none of this conversation: each guess, how"
            ' its check came out, and at the end "So the answer is ..." with the guess that passed.',
        ),
    ),
)
