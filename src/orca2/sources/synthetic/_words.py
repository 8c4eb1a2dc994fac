"""The words that families draw from, all one token each (SmolLM2) so that prompts stay short."""

from collections.abc import Sequence

NAMES = ("Ann", "Ben", "Eve", "Tom", "Sam", "Max", "Kim", "Joe", "Amy", "Dan", "Bob", "Lee", "Ron", "Meg")
COLOURS = ("red", "blue", "green", "black", "white", "brown", "pink", "gray")
WORDS = (
    "cup", "sun", "box", "pen", "hat", "map", "key", "tree", "book", "door", "lamp", "fish", "rain", "moon",
    "milk", "road", "leaf", "salt", "ring", "wall",
)  # fmt: skip
KINDS = {
    "animal": ("cat", "dog", "cow", "horse", "pig", "sheep", "goat", "duck", "bear", "wolf"),
    "fruit": ("apple", "pear", "plum", "grape", "lemon", "peach", "banana", "mango", "cherry", "fig"),
    "tool": ("hammer", "drill", "axe", "wrench", "shovel", "rake", "saw", "brush", "knife", "spade"),
    "vehicle": ("car", "bus", "train", "truck", "bike", "boat", "plane", "tram", "van", "taxi"),
}


def a(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def listed(words: Sequence[str]) -> str:
    """Two words or more as x, y and z."""
    return f"{', '.join(words[:-1])} and {words[-1]}"
