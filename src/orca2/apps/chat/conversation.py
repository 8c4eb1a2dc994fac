"""A conversation: messages for people, ids for the model. What was said is never tokenized again.

The next turn is appended to the ids of the last, and only it is computed. Where the messages were edited, or the chat
template writes earlier turns anew, the ids are made anew, and what they begin with alike is still not computed.
"""

import json
import time
from collections.abc import Generator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.detokenizer import AnswerReader
from orca2.checkpoints.thought_form import THINKING, ThinkingMode
from orca2.checkpoints.thought_splitter import Piece
from orca2.core.types import Message
from orca2.errors import DataError, ModelError
from orca2.files import as_mapping, located, write_text
from orca2.inference.sampling import Sampling
from orca2.inference.session import Session

Overflow = Literal["error", "drop"]
MOST = 512  # tokens of an answer where nothing is said of them


class Source(Protocol):
    """What a conversation needs of a model: a student of `transformers`, or a GGUF file run by llama.cpp."""

    name: str
    chat: ChatCodec
    context: int

    def session(self) -> Session: ...


@dataclass(frozen=True, slots=True)
class Stats:
    """Of the last answer. `computed` are the prompt's ids that were not in the cache, `dropped` the turns left out.

    `finish_reason` is stop, length, or stopped: its reader left. `thought` are those of the `new` ids that are thought.
    """

    prompt: int
    computed: int
    new: int
    first: float
    seconds: float
    dropped: int
    finish_reason: Literal["stop", "length", "stopped"]
    thought: int = 0


class Conversation:
    """Several turns with one model. `messages` may be edited between them.

    `max_tokens` None lets an answer have 512 tokens, or what the context leaves of them. `overflow` says what becomes
    of a conversation that no longer fits the context: an error, or the oldest turns are dropped (never the system
    message), which `stats.dropped` counts. `thinking` is auto (the student decides), on or off, and a thought is closed
    by force at `thinking_budget` tokens. `sampling` are fields of `Sampling`: temperature,
    top_p, top_k, min_p, repetition_penalty, seed, stop; greedy if none is given. They can be given anew for one answer.
    """

    def __init__(
        self,
        source: Source,
        spec: str,
        system: str | None = None,
        overflow: Overflow = "error",
        max_tokens: int | None = None,
        thinking: str = "auto",
        thinking_budget: int | None = None,
        **sampling: Any,
    ) -> None:
        if overflow not in ("error", "drop"):
            raise ModelError(f"overflow: {overflow!r} is neither error nor drop; give one of these")
        self.source, self.spec, self.overflow = source, spec, overflow
        self.thinking_budget = thinking_budget
        self.set_thinking(thinking)
        self.max_tokens, self.sampling = max_tokens, _sampling(Sampling(seed=None), sampling)
        self.messages: list[Message] = [] if system is None else [Message("system", system)]
        self.stats: Stats | None = None
        self._session = source.session()
        self._ids: list[int] = []  # of `_told`, with the end of its last answer
        self._told: list[Message] = []

    @property
    def ids(self) -> list[int]:
        """All ids up to the end of the last answer."""
        return list(self._ids)

    def ask(self, text: str, **settings: Any) -> str:
        """The whole answer."""
        return "".join(self.stream(text, **settings))

    def stream(self, text: str, max_tokens: int | None = None, **sampling: Any) -> Generator[str]:
        """The answer's pieces as they come. Leaving the loop stops it, and what was said by then stays.

        A thought is none of it; it is the `reasoning` of the last of `messages` then.
        """
        return _texts(self.pieces(text, max_tokens, **sampling))

    def pieces(self, text: str, max_tokens: int | None = None, **sampling: Any) -> Generator[Piece]:
        """The same with the thought before the answer, in pieces of its own: each has a `text` and a `reasoning`."""
        return self._start(self.messages, text, max_tokens, **sampling)

    def retry(self, max_tokens: int | None = None, **sampling: Any) -> Generator[str]:
        """Another answer to the last question."""
        return _texts(self.retry_pieces(max_tokens, **sampling))

    def retry_pieces(self, max_tokens: int | None = None, **sampling: Any) -> Generator[Piece]:
        """The same with the thought."""
        asked = max((place for place, message in enumerate(self.messages) if message.role == "user"), default=-1)
        if asked < 0:
            raise ModelError("there is no question yet to answer again; ask one first")
        return self._start(self.messages[:asked], self.messages[asked].content, max_tokens, **sampling)

    def set_system(self, text: str) -> None:
        """Another system message from here on; what was said stays."""
        rest = self.messages[1:] if self.messages[:1] and self.messages[0].role == "system" else self.messages
        self.messages = [Message("system", text), *rest]

    def set_thinking(self, thinking: str) -> None:
        """Whether to think from here on: auto, on or off."""
        if thinking not in THINKING:
            raise ModelError(f"thinking: {thinking!r} is none of {', '.join(THINKING)}; give one of these")
        if thinking == "on" and self.source.chat.thoughts is None:
            raise ModelError(f"{self.spec} knows no thoughts: its chat template has no form for one; leave it at auto")
        self.thinking: ThinkingMode = thinking

    def reset(self, system: str | None = None) -> None:
        """Start over, with another system message if given."""
        kept = [message for message in self.messages[:1] if message.role == "system"]
        self.messages = kept if system is None else [Message("system", system)]
        self._ids, self._told = [], []

    def save(self, path: str | Path) -> None:
        """Write the conversation as JSON, whole or not at all."""
        same = self._told == self.messages
        content = {
            "model": self.spec, "name": self.source.name, "overflow": self.overflow, "max_tokens": self.max_tokens,
            "sampling": asdict(self.sampling), "messages": [as_mapping(message) for message in self.messages],
            "ids": self._ids if same else [],
            **({} if self.thinking == "auto" else {"thinking": self.thinking}),
        }  # fmt: skip
        write_text(located(path), json.dumps(content, ensure_ascii=False, indent=1) + "\n")

    def _start(self, before: list[Message], text: str, max_tokens: int | None, **sampling: Any) -> Generator[Piece]:
        """Errors come from here, before anything is said or changed."""
        turns, ids, dropped, most = self._fit([*before, Message("user", text)], max_tokens or self.max_tokens)
        return self._answer(turns, ids, dropped, most, _sampling(self.sampling, sampling))

    def _answer(
        self, turns: list[Message], ids: list[int], dropped: int, most: int, sampling: Sampling
    ) -> Generator[Piece]:
        reader = AnswerReader(self.source.chat, ids, sampling.stop)
        new, computed, thought = list[int](), 0, 0
        said, budget = Piece(), 0 if self.thinking == "off" else self.thinking_budget
        reason: Literal["stop", "length", "stopped"] = "stopped"
        start, first = time.perf_counter(), 0.0
        answering = self._session.stream(ids, most, sampling)
        try:
            while True:
                forced = list[int]()
                for sampled in answering:
                    first = first or time.perf_counter() - start
                    new.append(sampled.id)
                    before = reader.thinking
                    if any(piece := reader.add(sampled.id)):
                        said = _joined(said, piece)
                        yield piece
                    thought += before or reader.thinking
                    if reader.thinking and budget is not None and thought >= budget:
                        forced = self.source.chat.encode_closing()[: most - len(new)]
                    if reader.stopped is not None or forced:
                        break
                computed = computed or self._session.computed
                if not forced:
                    break
                new += forced
                for token in forced:
                    said = _joined(said, reader.add(token))
                answering.close()
                answering = self._session.stream([*ids, *new], most - len(new), sampling)
            if any(piece := reader.rest()):
                said = _joined(said, piece)
                yield piece
            reason = "stop" if reader.stopped is not None or self._session.ended is not None else "length"
        finally:
            answering.close()
            seconds = time.perf_counter() - start
            self.messages = [*turns, Message("assistant", said.text, said.reasoning)]
            if reader.stopped is None:
                ended = self._session.ended
                self._ids = [*ids, *new, self.source.chat.end if ended is None else ended]
                self._told = list(self.messages)
            else:  # the ids say more than the text
                self._ids, self._told = [], []
            computed = computed or self._session.computed
            self.stats = Stats(len(ids), computed, len(new), first, seconds, dropped, reason, thought)

    def _fit(self, turns: list[Message], asked: int | None) -> tuple[list[Message], list[int], int, int]:
        """The turns to answer with their ids, how many of the oldest were left out, and how long the answer may be."""
        ids, dropped, context = self._prompt(turns), 0, self.source.context
        # where nothing is asked for, the oldest turns go until an answer of some length finds room
        room = asked or min(MOST, context // 4)
        while self.overflow == "drop" and len(ids) + room > context:
            begins = 1 if turns[0].role == "system" else 0
            later = [p for p, message in enumerate(turns) if message.role == "user" and p > begins]
            if not later:
                break
            turns, dropped = [*turns[:begins], *turns[later[0] :]], dropped + 1
            ids = self.source.chat.encode_prompt(turns, thinking=self.thinking)
        if len(ids) + (asked or 1) > context:
            over, fewer = (f"and {asked} new ones exceed", ", ask for fewer tokens") if asked else ("which fill", "")
            drop = "" if self.overflow == "drop" else ', let the oldest turns go with overflow="drop"'
            raise ModelError(
                f"the conversation has {len(ids)} tokens, {over} the context of {context}; shorten it{fewer}{drop} or"
                " start over"
            )
        return turns, ids, dropped, asked or min(MOST, context - len(ids))

    def _prompt(self, turns: list[Message]) -> list[int]:
        if self._told and turns[:-1] == self._told and self.thinking == "auto":
            further = self.source.chat.encode_next_turn(turns)
            if further is not None:
                return [*self._ids, *further]
        ids: list[int] = self.source.chat.encode_prompt(turns, thinking=self.thinking)
        return ids


def _texts(pieces: Generator[Piece]) -> Generator[str]:
    """What is said, without the thought; leaving it leaves the pieces."""
    try:
        for piece in pieces:
            if piece.text:
                yield piece.text
    finally:
        pieces.close()


def _joined(first: Piece, second: Piece) -> Piece:
    return Piece(first.text + second.text, first.reasoning + second.reasoning)


def _sampling(known: Sampling, given: dict[str, Any]) -> Sampling:
    if isinstance(given.get("stop"), str):
        given = {**given, "stop": (given["stop"],)}
    try:
        return replace(known, **given)
    except TypeError as error:
        raise ModelError(f"{error}; settings of sampling: {', '.join(asdict(known))}") from error


def load_chat(path: str | Path, model: Any) -> Conversation:
    """A saved conversation, to go on with on a model from `orca2.load`."""
    try:
        content = json.loads(located(path).read_text("utf-8"))
        settings = content["sampling"] | {"stop": tuple(content["sampling"]["stop"])}
        chat = Conversation(
            model.source, model.spec, overflow=content["overflow"], max_tokens=content["max_tokens"],
            thinking=content.get("thinking", "auto"), **settings,
        )  # fmt: skip
        chat.messages = [
            Message(message["role"], message["content"], message.get("reasoning", ""))
            for message in content["messages"]
        ]
        ids = [int(token) for token in content["ids"]]
        same = content["name"] == model.source.name
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; give a file that chat.save wrote") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is no saved conversation ({error}); give a file that chat.save wrote") from error
    if same and ids:
        chat._ids, chat._told = ids, list(chat.messages)
    return chat
