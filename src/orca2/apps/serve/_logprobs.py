"""Log-probabilities as /v1/completions has them: four lists over the tokens, of an echoed prompt too."""

from collections.abc import Sequence
from typing import Any

from orca2.apps.serve._served import Served
from orca2.checkpoints.detokenizer import IncrementalDetokenizer
from orca2.inference.requests import StreamChunk
from orca2.inference.sampling import SampledToken

LEAST = -9999.0  # stands for minus infinity, which JSON lacks


class LegacyLogprobs:
    """Of one choice, whose text begins with `echo` (empty if nothing is echoed) after a prompt of `ids`.

    A token's offset is where its text begins in the choice's. A character that several tokens make up begins with the
    first of them. `shows` says that the control tokens of the prompt stand in its echo, as they do if it was given
    as ids.
    """

    def __init__(self, served: Served, ids: Sequence[int], echo: str, shows: bool) -> None:
        self._served = served
        self._echo = len(echo)
        self._prompt = IncrementalDetokenizer(served.chat, before=(), decode=served.shown if shows else None)
        self._answer = IncrementalDetokenizer(served.chat, before=ids)
        self._read = 0  # characters of the prompt's tokens
        self._written = len(echo)

    def told(self, chunks: Sequence[StreamChunk]) -> dict[str, Any]:
        """The lists for what came since the last call. The prompt's first token follows nothing, so it has null."""
        told: dict[str, Any] = {"tokens": [], "token_logprobs": [], "top_logprobs": [], "text_offset": []}
        for chunk in chunks:
            for sampled in chunk.prompt:
                self._add(told, sampled, min(self._read, self._echo))
                self._read += len(self._prompt.add(sampled.id))
            for sampled in chunk.sampled:
                self._add(told, sampled, self._written)
                self._written += len(self._answer.add(sampled.id))
            if chunk.ended is not None:  # counts as a token, and has no text
                self._add(told, chunk.ended, self._written)
        return told

    def _add(self, told: dict[str, Any], sampled: SampledToken, offset: int) -> None:
        text = self._served.token_text(sampled.id)
        logprob = None if sampled.logprob is None else number(sampled.logprob)
        likeliest: dict[str, float] = {}
        # the token itself is always among them; of two with the same text the likelier stays
        for token, other in (*sampled.likeliest, (sampled.id, logprob)):
            likeliest.setdefault(self._served.token_text(token), number(other))
        told["tokens"].append(text)
        told["token_logprobs"].append(logprob)
        told["top_logprobs"].append(None if logprob is None else likeliest)
        told["text_offset"].append(offset)


def number(logprob: float | None) -> float:
    return LEAST if logprob is None else max(logprob, LEAST)
