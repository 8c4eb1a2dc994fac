"""Rows replayed with the answers that are kept and those that were given: what they still wait for is noted.

So the requests of a run can be answered somewhere else, round by round: what a row asks next may depend on an answer.
"""

from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from orca2.asking.client import AnswerStore, KnownAnswer, ModelClient
from orca2.asking.engine import Ask, Worker, run_all
from orca2.asking.keys import as_http_model, is_failed, key_prefix
from orca2.asking.replaying import Replay, Unanswered
from orca2.core.types import Completion, Request

RowT = TypeVar("RowT")


@dataclass(slots=True)
class KnownRequest:
    """A request that is not answered, or for which an answer was given; its `body` as it goes over the wire.

    `raw` is the given answer that counts, if none is kept, and `differs` whether one that says something else was given
    too; `failure` is what one came to that is of no use.
    """

    client: ModelClient
    body: bytes
    completion: Completion | None
    raw: bytes | None = None
    differs: bool = False
    failure: str = ""


class KnownAnswers:
    """The answers of the caches, and those `given` by their keys, as they came; of several the first counts."""

    def __init__(self, given: Mapping[bytes, Sequence[bytes]]) -> None:
        self.given = given
        self.requests: dict[bytes, KnownRequest] = {}

    def look_up(self, client: ModelClient, request: Request) -> KnownAnswer:
        """A request to an endpoint with its answer, if there is one."""
        kept, http_model = client.look_up(request), as_http_model(client.model)
        assert http_model is not None, "models of this machine are asked"
        if (known := self.requests.get(kept.key)) is None:
            known = KnownRequest(client, kept.body, kept.completion)
            for raw in self.given.get(kept.key, ()):
                self._add(known, raw, http_model.parse(raw, kept.body))
            if kept.key not in self.given and known.completion is not None:
                return kept  # which nobody has to hear of
            self.requests[kept.key] = known
        return replace(kept, completion=known.completion)

    def _add(self, known: KnownRequest, raw: bytes, completion: Completion) -> None:
        if is_failed(completion):
            known.failure = completion.error or ""
        elif known.completion is None:
            known.completion, known.raw = completion, raw
        elif completion != known.completion:
            known.differs = True


def run_known(
    client: ModelClient, rows: Iterable[RowT], work: Worker[RowT, Any], known: KnownAnswers
) -> Iterator[tuple[RowT, Sequence[bytes]]]:
    """As `run_all`, and no endpoint is asked: yields each row with the keys of the requests that it waits for, sorted;
    none where it has come to its end. A model of this machine is asked as ever."""

    async def work_on(row: RowT, ask: Ask) -> Sequence[bytes]:
        replay = Replay(client, known.look_up, ask)
        try:
            await work(row, replay.ask)
        except Unanswered:
            return sorted(replay.owed)
        return ()

    return run_all(client.alone(), iter(rows), work_on)


async def keep(requests: Mapping[bytes, KnownRequest]) -> None:
    """Keep the given answers that count; done once they are on disk."""
    caches, stored = set[AnswerStore](), set[Awaitable[None]]()
    for key, known in requests.items():
        if known.raw is not None:
            cache, model = known.client.cache, known.client.model.name
            stored.add(cache.put(key, model, known.body, known.raw))
            cache.key_filter(key_prefix(model)).add(key)  # else whoever asks within 20 ms would not look for it
            caches.add(cache)
    for done in stored:
        await done
    for cache in caches:
        cache.flush()
