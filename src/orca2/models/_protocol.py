"""The one protocol behind teacher, student and judge."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from orca2.core.nouns import Completion, Request


class Model(Protocol):
    """Anything that answers requests.

    `name` identifies the model with everything that changes its answers (endpoint, checkpoint
    fingerprint): kept answers are looked up by it. `keep` says whether an answer costs enough to
    be kept at all; a recorded or solved one is looked up again instead.
    """

    name: str
    keep: bool

    def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        """Yield (index into `requests`, completion) as answers come, in any order.

        Every index is yielded exactly once; a failed call is a completion with an error.
        """
        ...
