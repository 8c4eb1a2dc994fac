"""Chat with a student in the terminal, in a pipe or line by line as JSON."""

import contextlib
import json
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from orca2.data.values import plain
from orca2.errors import DataError, Orca2Error, RunError
from orca2.files import cache_folder

if TYPE_CHECKING:
    from orca2.apps.chat.conversation import Conversation
    from orca2.apps.chat.loading import Loaded
    from orca2.checkpoints.thought_splitter import Piece

HELP = "/help lists the commands, empty line or Ctrl-D ends, Ctrl-C stops an answer"


def chat(model: str, system: str | None, settings: dict[str, Any], lines: bool = False, **how: Any) -> None:
    """Read questions from standard input until it ends; answers go to standard output.

    `settings` are those of a conversation, `how` those of loading; `lines` takes and gives JSON, each line for itself.
    """
    from orca2.apps.chat.loading import load

    loaded = load(model, **how)
    if lines:
        _batch(loaded, system, settings)
    else:
        _talk(loaded, system, settings)


def _talk(loaded: "Loaded", system: str | None, settings: dict[str, Any]) -> None:
    from orca2.apps.chat.commands import Commands

    commands = Commands(loaded, loaded.chat(system, **settings))
    terminal = sys.stdin.isatty()
    if terminal:
        print(f"{loaded.spec}: {HELP}", file=sys.stderr)
    with _history() if terminal else contextlib.nullcontext():
        while True:
            try:
                question = input("\n> " if terminal else "").strip()
            except EOFError:
                return
            except KeyboardInterrupt:  # leaves the line, not the program
                print(file=sys.stderr)
                continue
            if not question and terminal:
                return
            if question:
                _turn(commands, question)


def _turn(commands: Any, question: str) -> None:
    try:
        answer = commands.run(question) if question.startswith("/") else commands.chat.pieces(question)
        if answer is not None:
            show(answer, commands.chat)
    except Orca2Error as error:  # the conversation is as it was
        print(f"orca2: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print(file=sys.stderr)


def show(pieces: Generator["Piece"], chat: "Conversation") -> None:
    """Print an answer as it comes: Markdown on a terminal, its thought dimmed before it; plain text elsewhere, without
    the thought."""
    try:
        if sys.stdout.isatty():
            _markdown(pieces)
        else:
            for piece in pieces:
                print(piece.text, end="", flush=True)
            print(flush=True)
    except KeyboardInterrupt:
        pieces.close()
        print(" [stopped]", flush=True)
    stats = chat.stats
    if stats is not None and stats.dropped:
        print(f"orca2: the oldest {stats.dropped} turns were left out to make room", file=sys.stderr)
    if stats is not None and stats.finish_reason == "length":
        full = stats.prompt + stats.new >= chat.source.context
        step = "the context is full; /reset starts over" if full else "--max-tokens allows more"
        where = " in its thought" if stats.thought == stats.new else ""
        print(f"orca2: cut{where} at {stats.new} tokens; {step}", file=sys.stderr)


def _markdown(pieces: Generator["Piece"]) -> None:
    from rich.console import Console, Group
    from rich.live import Live
    from rich.markdown import Markdown
    from rich.text import Text

    said, thought = "", Text(style="dim italic")
    with Live(console=Console(), refresh_per_second=8, vertical_overflow="visible") as live:
        for piece in pieces:
            said += piece.text
            thought.append(piece.reasoning)
            live.update(Group(thought, "", Markdown(said)) if thought else Markdown(said))


@contextlib.contextmanager
def _history() -> Generator[None]:
    """Line editing, and the questions of earlier conversations on the arrow keys, where Python has readline and there
    is a folder to keep them in."""
    try:
        import readline

        file = cache_folder() / "chat_history"
    except (ImportError, RunError):
        yield
        return
    with contextlib.suppress(OSError):
        readline.read_history_file(file)
    readline.set_history_length(1000)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            readline.write_history_file(file)


def _batch(loaded: "Loaded", system: str | None, settings: dict[str, Any]) -> None:
    """A line is a question as a JSON string, or {"prompt": ...} with "system" if it has one of its own."""
    failed = 0
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            print(json.dumps(_answer(loaded, line, system, settings), ensure_ascii=False), flush=True)
        except (Orca2Error, ValueError) as error:
            failed += 1
            print(json.dumps({"error": " ".join(str(error).split())}, ensure_ascii=False), flush=True)
    if failed:
        raise DataError(f"{failed} lines got an error for an answer; see the error on their lines")


def _answer(loaded: "Loaded", line: str, system: str | None, settings: dict[str, Any]) -> dict[str, Any]:
    row = plain(json.loads(line))
    row = {"prompt": row} if isinstance(row, str) else row
    if not isinstance(row, dict) or not isinstance(row.get("prompt"), str) or row.keys() - {"prompt", "system"}:
        raise ValueError('a line is a JSON string or {"prompt": ..., "system": ...}')
    chat = loaded.chat(row.get("system", system), **settings)
    answer, stats = chat.ask(row["prompt"]), chat.stats
    assert stats is not None
    return {
        "answer": answer.strip(), "finish_reason": stats.finish_reason, "tokens_in": stats.prompt,
        "tokens_out": stats.new,
        **({"reasoning": chat.messages[-1].reasoning, "tokens_thought": stats.thought} if stats.thought else {}),
    }  # fmt: skip
