"""Overlap of texts: the share of a text's word n-grams that stands in another set of texts, and where."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orca2.core.identity import conversation_id
from orca2.core.types import Split, Task

WORDS = 13  # of an n-gram, as in GPT-3 (arXiv 2005.14165, appendix C)
CONTAMINATED = 0.8  # a smaller share of n-grams is a template or a shared passage, not the same text
NEAR = 0.8, 3  # two answers are nearly the same if of all their n-grams, of so many words, so many are in both
HOLDERS = 50  # texts remembered for an n-gram; one that more texts hold says little about which is the best match
PAIRS: tuple[tuple[Split, Split], ...] = (("train", "test"), ("profile", "test"), ("train", "profile"))

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Match:
    """What of the text `id` stands in the other set. `best` is the text that holds most of it."""

    id: str
    share: float
    best: str | None

    @property
    def contaminated(self) -> bool:
        return self.share >= CONTAMINATED


def overlap(texts: Mapping[str, str], among: Mapping[str, str], words: int = WORDS) -> list[Match]:
    """One match for each of `texts`, looked up in `among`; both map an id to a text.

    A text of fewer than `words` words is one n-gram, whole and with its punctuation. Memory goes with
    the n-grams of `texts`, time with both.
    """
    grams = {name: _grams(text, words) for name, text in texts.items()}
    wanted = set().union(*grams.values())
    names, holders = list(among), dict[int, list[int]]()
    for index, text in enumerate(among.values()):
        for gram in _grams(text, words) & wanted:
            holding = holders.setdefault(gram, [])
            if len(holding) < HOLDERS:
                holding.append(index)
    found = []
    for name, text_grams in grams.items():
        votes = Counter(index for gram in text_grams for index in holders.get(gram, ()))
        best = names[min(votes, key=lambda index: (-votes[index], index))] if votes else None
        found.append(Match(name, sum(gram in holders for gram in text_grams) / len(text_grams), best))
    return found


def between_splits(tasks: Iterable[Task], words: int = WORDS) -> dict[tuple[Split, Split], list[Match]]:
    """For each pair of splits, the tasks of the second looked up in the first."""
    prompts = by_split(tasks)
    return {(a, b): overlap(prompts.get(b, {}), prompts.get(a, {}), words) for a, b in PAIRS}


def by_split(tasks: Iterable[Task]) -> dict[Split, dict[str, str]]:
    """`compared`, split by split."""
    tasks = list(tasks)
    texts, splits = compared(tasks), dict[Split, dict[str, str]]()
    for task in tasks:
        splits.setdefault(task.split, {})[task.id] = texts[task.id]
    return splits


def compared(tasks: Iterable[Task]) -> dict[str, str]:
    """By a task's id, the text by which it is looked up: its question and the turns before it.

    A system message counts too, as a passage to ask about would, unless tasks of several conversations have it: then
    it is an instruction, and what they ask would drown in it.
    """
    tasks = list(tasks)
    under: dict[str, set[str]] = {}
    for task in tasks:
        if task.system:
            under.setdefault(task.system, set()).add(conversation_id(task.prompt, task.history))
    return {
        task.id: "\n".join(
            [
                *([task.system] if len(under.get(task.system, ())) == 1 else ()),
                *(message.content for message in task.history),
                task.prompt,
            ]
        )
        for task in tasks
    }


def distinct(texts: Sequence[str]) -> list[int]:
    """The places of texts of which no two are nearly the same; of such ones the first is kept."""
    share, words = NEAR
    distinct_grams: dict[int, set[int]] = {}
    for index, text in enumerate(texts):
        grams = _grams(text, words)
        if all(len(grams & other) < share * len(grams | other) for other in distinct_grams.values()):
            distinct_grams[index] = grams
    return list(distinct_grams)


def _grams(text: str, words: int) -> set[int]:
    """Hashes of the n-grams; a literal backslash-n, as TSV files hold it, is a line break."""
    text = text.replace("\\n", "\n").casefold()
    found = _WORD.findall(text)
    if len(found) < words:
        return {hash("".join(text.split()))}
    return {hash(tuple(found[at : at + words])) for at in range(len(found) - words + 1)}
