"""Work on rows with the answers that are known already, in the place of a model: what they still wait for is noted.

So the requests of a run can be answered somewhere else, round by round: what a row asks next may depend on an answer.
"""

from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from orca2.asking.client import AnswerStore, ModelClient
from orca2.asking.engine import Ask, Worker, run_all
from orca2.asking.keys import as_http_model, is_failed, request_key
from orca2.core.model import HttpModel
from orca2.core.types import Completion, Request

Row = TypeVar("Row")


class Unanswered(Exception):
    """A row needs an answer that nobody has given yet."""


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

    def look_up(self, client: ModelClient, http_model: HttpModel, request: Request) -> tuple[bytes, Completion | None]:
        """The key of a request and its answer, if there is one."""
        body = http_model.serialize(request)
        key = request_key(client.model.name, request, body)
        if (known := self.requests.get(key)) is None:
            known = KnownRequest(client, body, client.cached(request))
            for raw in self.given.get(key, ()):
                self._add(known, raw, http_model.parse(raw, body))
            if key not in self.given and known.completion is not None:
                return key, known.completion  # which nobody has to hear of
            self.requests[key] = known
        return key, known.completion

    def _add(self, known: KnownRequest, raw: bytes, completion: Completion) -> None:
        if is_failed(completion):
            known.failure = completion.error or ""
        elif known.completion is None:
            known.completion, known.raw = completion, raw
        elif completion != known.completion:
            known.differs = True


def run_known(
    client: ModelClient, rows: Iterable[Row], work: Worker[Row, Any], known: KnownAnswers
) -> Iterator[tuple[Row, Sequence[bytes]]]:
    """As `run_all`, and no endpoint is asked: yields each row with the keys of the requests that it waits for, sorted;
    none where it has come to its end. A model of this machine is asked as ever."""

    async def work_on(row: Row, ask: Ask) -> Sequence[bytes]:
        owed = set[bytes]()

        async def answer(request: Request, other: ModelClient | None = None) -> Completion:
            asked = other or client
            if (http_model := as_http_model(asked.model)) is None:
                return await ask(request, asked)
            key, completion = known.look_up(asked, http_model, request)
            if completion is None:
                owed.add(key)
                raise Unanswered
            return completion

        try:
            await work(row, answer)
        except Unanswered:
            return sorted(owed)
        return ()

    return run_all(client.alone(), iter(rows), work_on)


async def keep(requests: Mapping[bytes, KnownRequest]) -> None:
    """Keep the given answers that count; done once they are on disk."""
    caches, stored = set[AnswerStore](), set[Awaitable[None]]()
    for key, known in requests.items():
        if known.raw is not None:
            cache = known.client.cache
            stored.add(cache.put(key, known.client.model.name, known.body, known.raw))
            caches.add(cache)
    for done in stored:
        await done
    for cache in caches:
        cache.flush()
