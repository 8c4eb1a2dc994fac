"""The text of an answer while its ids come in: whole characters only, and nothing that may belong to a stop string.

Each id costs the decoding of a few ids, not of the whole answer.
"""

from collections.abc import Callable, Sequence

from orca2.checkpoints.chat_codec import ChatCodec

BROKEN = "\ufffd"  # what a tokenizer decodes half a character to
CONTEXT = 8  # ids of a text that is gone on with, enough to decide whether a space comes next


class IncrementalDetokenizer:
    """Takes ids, gives text. `stopped` is the stop string that ended the answer; nothing is given from it on.

    `before` are the ids of a text that is gone on with; None where an answer begins, whose lead is left out. `decode`
    is the chat's, which leaves control tokens out, or another one.
    """

    def __init__(
        self, chat: ChatCodec, stop: Sequence[str] = (), before: Sequence[int] | None = None,
        decode: Callable[[Sequence[int]], str] | None = None,
    ) -> None:  # fmt: skip
        self._decode = decode or chat.decode
        self._stop = [text for text in stop if text]
        self._lead = chat.answer_prefix if before is None else ""
        self._ids = list(before or ())[-CONTEXT:]
        # ids before `_read` are in the text; those from `_context` on decide spaces
        self._context, self._read = 0, len(self._ids)
        self._before = self._decode(self._ids) if self._ids else ""  # the text of ids[_context:_read]
        self._held = ""
        self.stopped: str | None = None

    def add(self, token: int) -> str:
        """The text that is certain now and was not before; often empty."""
        if self.stopped is not None:
            return ""
        self._ids.append(token)
        self._take(whole=True)
        return self._give(last=False)

    def rest(self) -> str:
        """What was held back, once the last id has come."""
        if self.stopped is not None:
            return ""
        self._take(whole=False)
        return self._give(last=True)

    def _take(self, whole: bool) -> None:
        """Move the text of the new ids to what is held, unless it ends within a character."""
        text = self._decode(self._ids[self._context :])
        if self._read == len(self._ids) or (whole and text.endswith(BROKEN)):
            return
        if text.startswith(self._before):
            self._held += text[len(self._before) :]
        else:  # bytes that broke with those before them
            self._held += self._decode(self._ids[self._read :])
        self._context, self._read = self._read, len(self._ids)
        self._before = self._decode(self._ids[self._context :])

    def _give(self, last: bool) -> str:
        if self._held != self._lead and self._lead.startswith(self._held):  # what the template writes before an answer
            return ""
        self._held, self._lead = self._held.removeprefix(self._lead), ""
        ends = ((place + len(text), place, text) for text in self._stop if (place := self._held.find(text)) >= 0)
        found = min(ends, default=None)  # the first to be complete, however the text is cut into tokens
        if found:
            self.stopped = found[2]
            given, self._held = self._held[: found[1]], ""
            return given
        keep = 0 if last else _partial(self._held, self._stop)
        given, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return given


def _partial(text: str, stop: Sequence[str]) -> int:
    """How many characters at the end of a text may be the start of a stop string."""
    sizes = (size for one in stop for size in range(1, min(len(one), len(text) + 1)) if text.endswith(one[:size]))
    return max(sizes, default=0)
