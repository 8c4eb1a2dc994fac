"""The text of an answer while its ids come in: whole characters only, and nothing that may belong to a stop string.

Each id costs the decoding of a few ids, not of the whole answer.
"""

from collections.abc import Callable, Sequence

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.thought_splitter import Piece, ThoughtSplitter, partial

BROKEN = "\ufffd"  # what a tokenizer decodes half a character to
CONTEXT = 8  # ids of a text that is gone on with, enough to decide whether a space comes next


class IncrementalDetokenizer:
    """Takes ids, gives text.

    `before` are the ids of a text that is gone on with; None where an answer begins, whose lead is left out. `decode`
    is the chat's, which leaves control tokens out, or another one.
    """

    def __init__(
        self, chat: ChatCodec, before: Sequence[int] | None = None, decode: Callable[[Sequence[int]], str] | None = None
    ) -> None:
        self._decode = decode or chat.decode
        self._lead = chat.answer_prefix if before is None else ""
        self._ids = list(before or ())[-CONTEXT:]
        # ids before `_read` are in the text; those from `_context` on decide spaces
        self._context, self._read = 0, len(self._ids)
        self._before = self._decode(self._ids) if self._ids else ""  # the text of ids[_context:_read]
        self._held = ""

    def add(self, token: int) -> str:
        """The text that is certain now and was not before; often empty."""
        self._ids.append(token)
        self._take(whole=True)
        return self._give()

    def rest(self) -> str:
        """What was held back, once the last id has come."""
        self._take(whole=False)
        return self._give()

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

    def _give(self) -> str:
        if self._held != self._lead and self._lead.startswith(self._held):  # what the template writes before an answer
            return ""
        text, self._held, self._lead = self._held.removeprefix(self._lead), "", ""
        return text


class StopStrings:
    """Lets a text through up to the first of some strings that is complete; `stopped` is that string."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop, self._held = tuple(text for text in stop if text), ""
        self.stopped: str | None = None

    def take(self, text: str, last: bool) -> str:
        """What of the text so far is certain; all of it with the `last`."""
        if self.stopped is not None:
            return ""
        self._held += text
        ends = ((place + len(stop), place, stop) for stop in self._stop if (place := self._held.find(stop)) >= 0)
        found = min(ends, default=None)  # the first to be complete, however the text is cut into tokens
        if found:
            self.stopped = found[2]
            given, self._held = self._held[: found[1]], ""
            return given
        keep = 0 if last else partial(self._held, self._stop)
        given, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return given


class AnswerReader:
    """Takes the ids of an answer, gives its text and the thought before it. `prompt` are the ids that it follows.

    A stop string ends what is said; in a thought it is nothing. `thinking` is whether a thought goes on now. Unless an
    answer `begins` after the prompt, the prompt's text is gone on with, and no thought is looked for.
    """

    def __init__(
        self, chat: ChatCodec, prompt: Sequence[int] = (), stop: Sequence[str] = (), begins: bool = True
    ) -> None:
        self._chat, self._stops = chat, StopStrings(stop)
        self._splitter: ThoughtSplitter | None = None
        if chat.thoughts is None or not begins:
            self._detokenizer = IncrementalDetokenizer(chat, None if begins else prompt)
        else:
            self._detokenizer = IncrementalDetokenizer(chat, before=(), decode=chat.decode_marked)
            self._splitter = ThoughtSplitter(chat.thoughts, chat.opens_thought(prompt))

    @property
    def stopped(self) -> str | None:
        return self._stops.stopped

    @property
    def thinking(self) -> bool:
        return self._splitter is not None and self._splitter.inside

    def add(self, token: int) -> Piece:
        """What is certain now and was not before."""
        return self._parted(self._detokenizer.add(token), last=False)

    def rest(self) -> Piece:
        """What was held back, once the last id has come."""
        return self._parted(self._detokenizer.rest(), last=True)

    def _parted(self, text: str, last: bool) -> Piece:
        if self.stopped is not None:
            return Piece()
        if self._splitter is None:
            return Piece(self._stops.take(text, last))
        said, thought = self._splitter.add(text)
        if last:
            left = self._splitter.rest()
            said, thought = said + left.text, thought + left.reasoning
        return Piece(self._stops.take(self._chat.unmarked(said), last), self._chat.unmarked(thought))
