"""Five steps to put the sentences of a story in order: an instruction for this kind of task only.

The steps are those of the example in Orca 2 (arXiv 2311.11045), in other words. Name it for its family:
`family_strategies.story_order = ["direct", "story_ordering"]`.
"""

from orca2.core.types import Strategy

STRATEGY = Strategy(
    name="story_ordering",
    about="theme, causes and effects, first sentence, order, then the answer",
    instructions=(
        "You will be given the sentences of a story to put in order. Solve it in these steps.\n"
        "1. Say what the story is about.\n"
        "2. Look for sentences of which one causes or must come before another.\n"
        "3. Find the sentence that can open the story. If there are answer choices, test each of them.\n"
        "4. Arrange the sentences by what the steps before have shown.\n"
        '5. End with "Final answer: ..." and give the numbers of the sentences in their right order, such as 23415.',
    ),
    answer="Final answer: ...",
)
