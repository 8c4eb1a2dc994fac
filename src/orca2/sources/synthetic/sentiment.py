"""Judgement: an obvious short review, positive or negative at first sight."""

from random import Random

from orca2.sources.synthetic._problem import Problem

SUBJECTS = ("soup", "movie", "hotel", "book", "room", "show", "meal", "song", "phone", "park", "game")
ENDINGS = ("today", "again", "this time", "last week", "as always", "to me")
ADVERBS = ("very", "really", "so", "just")
MOODS = {
    "positive": ("good", "great", "lovely", "nice", "wonderful", "excellent", "perfect", "amazing"),
    "negative": ("bad", "awful", "terrible", "poor", "horrible", "boring", "disappointing", "useless"),
}


def make(rng: Random) -> Problem:
    mood = rng.choice(list(MOODS))
    one, other = rng.sample(MOODS[mood], 2)
    subject, adverb, ending = rng.choice(SUBJECTS), rng.choice(ADVERBS), rng.choice(ENDINGS)
    review = f"The {subject} was {adverb} {one} and {other} {ending}."
    return Problem(
        prompt=f'Is this review positive or negative? "{review}"',
        target=mood,
        steps=f"The word {one} is {mood}, and the word {other} is {mood}.",
        explanation=f"The {subject} is called {one} and {other}.",
    )
