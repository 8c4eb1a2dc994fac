"""Chat with a student in the terminal: streaming, several turns."""

import sys
from collections.abc import Iterator
from pathlib import Path

from orca2.core.nouns import Message

HELP = "empty line or Ctrl-D ends, /reset starts over, Ctrl-C stops an answer"


def find(model: str) -> tuple[str, Path]:
    """What to load: a run folder's student, or the checkpoint, GGUF file or hub id itself."""
    if (Path(model) / "record.json").is_file() or (Path(model) / "student").is_dir():
        return "student", Path(model)
    return model, Path.cwd()


def chat(model: str, system: str | None, max_tokens: int, device: str) -> None:
    """Read questions from standard input until it ends; answers go to standard output."""
    from orca2.models.transformers import load

    name, base = find(model)
    student = load(name, base, device)
    terminal = sys.stdin.isatty()
    if terminal:
        print(f"{model}: {HELP}", file=sys.stderr)
    opening = [] if system is None else [Message("system", system)]  # None: the template's own default, if any
    messages = list(opening)
    while True:
        try:
            question = input("\n> " if terminal else "").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if not question and terminal:
            return
        if question == "/reset":
            messages = list(opening)
        elif question:
            messages.append(Message("user", question))
            messages.append(Message("assistant", _answer(student.stream(messages, max_tokens))))


def _answer(pieces: Iterator[str]) -> str:
    said = ""
    try:
        for piece in pieces:
            said += piece
            print(piece, end="", flush=True)
    except KeyboardInterrupt:
        print(" [stopped]", end="")
    print(flush=True)
    return said
