"""The one protocol behind teacher, student and judge, and what a model adds that answers one by one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol, runtime_checkable

from orca2.core.types import Completion, Request


class Model(Protocol):
    """Anything that answers requests.

    `name` identifies the model with everything that changes its answers (endpoint, checkpoint
    fingerprint): kept answers are looked up by it. `keep` says whether an answer costs enough to
    be kept at all; a recorded or solved one is looked up again instead.

    Two more attributes may be there: `window`, how many rows are at work at once, which is the most that one `generate`
    gets; and `price`, a `endpoints.prices.Price`.
    """

    name: str
    keep: bool

    def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        """Yield (index into `requests`, completion) as answers come, in any order.

        Every index is yielded exactly once; a failed call is a completion with an error. Called with all
        that waits once the call before has ended, in a thread and an event loop of its own.
        """
        ...


class Reply(NamedTuple):
    """What a request came to, a failure with its reason. `retried` counts the attempts that were in vain.

    A `spoiled` reply was paid for and is of no use. `rewritten`: the model writes requests in another form from now on,
    so the request is written, and looked up, anew.
    """

    completion: Completion
    retried: int = 0
    spoiled: bool = False
    rewritten: bool = False


OnResponse = Callable[[bytes], Awaitable[None]]


class Connection(Protocol):
    """Open connections to a live model. It admits, retries and moves requests by itself."""

    async def send(self, request: Request, body: bytes, on_response: OnResponse | None = None) -> Reply:
        """One reply that was paid for, or a failure; never raises for what the other side does. An answer, as it came,
        is on the way until `on_response` has it safe, so that a process that is killed loses no more than may be on
        the way at once; a failure is not kept."""
        ...

    @property
    def in_flight(self) -> int:
        """Requests that are on the way now."""
        ...

    def share(self, rank: int, of: int) -> int:
        """Keep from now on to the part `rank`, from 0, of the account's limits among `of` processes, which together
        keep to all of them. Returns how many requests may be on the way at once."""
        ...


@runtime_checkable
class HttpModel(Protocol):
    """A model that is asked one by one, many at a time: what goes over the wire is seen, kept and keyed as it is."""

    name: str
    keep: bool
    window: int
    retries: int  # further attempts after a failed one

    def serialize(self, request: Request) -> bytes:
        """The final body, with everything that is sent; equal requests give equal bodies."""
        ...

    def parse(self, raw: bytes, body: bytes) -> Completion:
        """What a reply to `body` says; one that is no answer is a completion with an error."""
        ...

    def connect(self) -> AbstractAsyncContextManager[Connection]: ...
