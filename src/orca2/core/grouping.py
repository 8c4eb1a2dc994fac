"""Families of tasks that come without one: prompts that share their form are grouped, and the groups are named.

Word n-grams weighed by TF-IDF, reduced by a truncated SVD, grouped by k-means. How many families there are is read from
stability: the two halves of a sample are grouped each on its own, and the families of one half are used on the other.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

SAMPLE = 5_000  # prompts that families are found in; the others are assigned
LEAST = 30  # tasks of a family, so that each split gets some of them
MOST = 160  # families; the authors of Orca 2 had 126
STABLE = 0.8  # agreement of two halves below which there is one family only
HALVINGS = 5
SHOWN = 8  # words that say what a family is
NAMING = 3  # of them in its name

_GRAM = 2  # words of an n-gram at most
_COMMON = 0.005  # share of the prompts that an n-gram stands in; a rarer one says nothing of a family
_DIMENSIONS = 50

_TOKEN = re.compile(r"\n|[0-9]+(?:[.,][0-9]+)*|[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+|[^\w\s]")
_BREAK, _NUMBER = "¶", "0"


@dataclass(frozen=True)
class Grouping:
    """Families and how a prompt gets one: that for which its n-grams, weighed by how rare they are, speak most.

    The families go from the largest to the smallest, and a prompt without any known n-gram belongs to the first.
    `words` are the words of each that set it apart; `weights` holds a number for each family.
    """

    families: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    weights: Mapping[str, tuple[float, ...]]


ONE = Grouping(("tasks",), ((),), {})  # family, where the prompts show no more


def find(prompts: Mapping[str, str], groups: int, seed: int) -> Grouping:
    """The families in prompts, each under its task's id: `groups` of them, or as many as are stable if that is 0.

    The order of the prompts does not matter. Fewer come out where too few prompts differ in their n-grams.
    """
    import sklearn.cluster  # noqa: F401 - it brings pools of threads, and the limit holds only for those that are there
    from threadpoolctl import threadpool_limits

    seed %= 2**32
    ids = sorted(prompts, key=lambda identity: hashlib.sha256(f"{seed}/{identity}".encode()).digest())[:SAMPLE]
    with threadpool_limits(1):  # sums over threads come in any order, and rounding could tip a task
        return _find([prompts[identity] for identity in ids], groups, len(prompts) / max(len(ids), 1), seed)


def assign(grouping: Grouping, prompts: Mapping[str, str]) -> dict[str, int]:
    """The place of each prompt's family among those of the grouping."""
    if not grouping.weights or not prompts:
        return dict.fromkeys(prompts, 0)
    weights = np.array(list(grouping.weights.values()))
    counts = _counter(vocabulary=list(grouping.weights)).transform(prompts.values())
    return dict(zip(prompts, map(int, (_damped(counts) @ weights).argmax(1)), strict=True))


def _find(texts: Sequence[str], groups: int, scale: float, seed: int) -> Grouping:
    """`scale` is how many tasks stand behind each text of the sample."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import normalize

    alike = len({tuple(tokens(text)) for text in texts}) < 2
    if alike or groups == 1 or (groups == 0 and len(texts) < 2 * LEAST):
        return ONE
    counter = _counter(min_df=max(1, int(_COMMON * len(texts))))
    try:
        counts = counter.fit_transform(texts)
    except ValueError:  # no n-gram stands in enough of the prompts
        return ONE
    rarity = TfidfTransformer(sublinear_tf=True).fit(counts)
    reduce = TruncatedSVD(min(_DIMENSIONS, *counts.shape), random_state=seed)
    points = normalize(reduce.fit_transform(rarity.transform(counts)))
    number = min(groups or _number(points, seed), _distinct(points))
    clusters = KMeans(number, n_init=10, random_state=seed).fit(points)
    sizes = np.bincount(clusters.labels_, minlength=number)
    large = [place for place in np.argsort(-sizes, kind="stable") if groups or sizes[place] * scale >= LEAST]
    if len(large) < 2:
        return ONE
    centres = normalize(clusters.cluster_centers_[large])
    weights = (rarity.idf_[:, None] * (reduce.components_.T @ centres.T)).round(4)
    grams = counter.get_feature_names_out()
    own = (_damped(counts) @ weights).argmax(1)
    words = _words(grams, (counts > 0).astype(float), own, len(large))
    return Grouping(names(words), words, dict(zip(map(str, grams), map(tuple, weights.tolist()), strict=True)))


def _number(points: Any, seed: int) -> int:
    """How many families: the most whose stability is within one standard error of the best; one if none is stable."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(seed)
    halves = [np.array_split(points[rng.permutation(len(points))], 2) for _ in range(HALVINGS)]
    most = min(MOST, len(points) // LEAST, *(_distinct(half) for pair in halves for half in pair))
    found: dict[int, Any] = {}
    number = 2
    while number <= most:
        found[number] = np.empty(HALVINGS)
        for turn, pair in enumerate(halves):
            first, second = (KMeans(number, n_init=3, random_state=seed).fit(half) for half in pair)
            found[number][turn] = adjusted_rand_score(first.predict(pair[1]), second.labels_)
        number += max(1, number // 8)
    best = max(found.values(), key=np.mean, default=np.zeros(HALVINGS))
    if best.mean() < STABLE:
        return 1
    return max(k for k, each in found.items() if each.mean() >= best.mean() - best.std(ddof=1) / HALVINGS**0.5)


def _distinct(points: Any) -> int:
    return len(np.unique(points.round(6), axis=0))


def _words(grams: Sequence[str], present: Any, own: Any, families: int) -> tuple[tuple[str, ...], ...]:
    """The words of each family that set it apart: common in it, and more so than elsewhere; the longer of equals."""
    spoken = [place for place, gram in enumerate(grams) if gram.isalpha() and len(gram) > 1]
    lengths = np.array([len(grams[place]) for place in spoken])
    found = []
    for family in range(families):
        inside, outside = (_share(present[mask], spoken) for mask in (own == family, own != family))
        order = np.lexsort((-lengths, -(inside * np.log(inside / outside)).round(3)))
        found.append(tuple(str(grams[spoken[place]]) for place in order[:SHOWN]))
    return tuple(found)


def _share(present: Any, places: Sequence[int]) -> Any:
    """The share of the texts in which each n-gram stands, kept off 0 and 1."""
    return (np.asarray(present.sum(0)).ravel()[places] + 0.5) / (present.shape[0] + 1)


def names(words: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """A short name for each family, made of its words, unlike those before it."""
    taken = {"all": None}  # how reports call all families together
    for own in words:
        stem = "_".join(own[:NAMING]) or "no_words"
        name = next(name for n in count(1) if (name := stem if n == 1 else f"{stem}_{n}") not in taken)
        taken[name] = None
    return tuple(taken)[1:]


def _counter(**settings: Any) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(tokenizer=tokens, token_pattern=None, lowercase=False, ngram_range=(1, _GRAM), **settings)


def _damped(counts: Any) -> Any:
    """1 + the logarithm of each count, as `sublinear_tf` takes it."""
    damped = counts.astype(float)
    damped.data = 1 + np.log(damped.data)
    return damped


def tokens(text: str) -> list[str]:
    """Words, marks and line breaks of a prompt; all numbers are the same, as they say nothing of its form."""
    found = _TOKEN.findall(text.casefold().encode("utf-8", "replace").decode())
    return [_NUMBER if token[0].isdecimal() else _BREAK if token == "\n" else token for token in found]
