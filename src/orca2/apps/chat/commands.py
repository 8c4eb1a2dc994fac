"""What a line that starts with a slash does in `orca2 chat`."""

from collections.abc import Generator

from orca2.apps.chat.conversation import Conversation, load_chat
from orca2.apps.chat.loading import Loaded
from orca2.checkpoints.thought_splitter import Piece
from orca2.errors import DataError, ModelError
from orca2.plugins import suggest

ABOUT = {
    "/system": "TEXT      set the system message; without a text, show it",
    "/strategy": "NAME    set the system message to a strategy's instruction; without a name, list them",
    "/think": "auto|on|off  whether to think before answering; without a word, show it",
    "/retry": "          answer the last question again; with a temperature above 0, differently",
    "/reset": "          start over",
    "/save": "FILE        write the conversation",
    "/load": "FILE        go on with a written one",
    "/stats": "          tokens and seconds of the last answer",
    "/help": "           this list",
}


class Commands:
    """The commands of one chat. `chat` is the conversation that goes on, which /load replaces."""

    def __init__(self, loaded: Loaded, chat: Conversation) -> None:
        self.loaded, self.chat = loaded, chat

    def run(self, line: str) -> Generator[Piece] | None:
        """Do what a line says; an answer comes back for /retry only."""
        name, _, rest = line.partition(" ")
        if name not in ABOUT:
            raise DataError(f"no command {name}{suggest(name, list(ABOUT))}; /help lists them")
        if name == "/retry":
            return self.chat.retry_pieces()
        print(getattr(self, "_" + name[1:])(rest.strip()), flush=True)
        return None

    def _system(self, text: str) -> str:
        turns = self.chat.messages
        found = turns[0].content if turns and turns[0].role == "system" else None
        if not text:
            return "the checkpoint's own system message" if found is None else f"system message: {found}"
        self.chat.set_system(text)
        return "system message set"

    def _strategy(self, name: str) -> str:
        from orca2.strategies import built_in, load

        if not name:
            return "\n".join(f"{strategy.name:<24}{strategy.about}" for strategy in built_in())
        strategy = load(name)
        self.chat.set_system(strategy.instructions[0])
        return f"{strategy.name}: {strategy.instructions[0] or '(an empty system message)'}"

    def _think(self, word: str) -> str:
        if word:
            self.chat.set_thinking(word)
        return f"thinking: {self.chat.thinking}"

    def _reset(self, _: str) -> str:
        self.chat.reset()
        return "started over"

    def _save(self, path: str) -> str:
        if not path:
            raise DataError("/save needs a file; /save talk.json")
        try:
            self.chat.save(path)
        except OSError as error:
            raise DataError(f"{path}: {error.strerror}; give a file that can be written") from error
        return f"written to {path}"

    def _load(self, path: str) -> str:
        if not path:
            raise DataError("/load needs a file; /load talk.json")
        self.chat = load_chat(path, self.loaded)
        return "\n".join(f"[{message.role}] {message.content}" for message in self.chat.messages)

    def _stats(self, _: str) -> str:
        stats = self.chat.stats
        if stats is None:
            raise ModelError("nothing is answered yet; ask something first")
        thought = f" ({stats.thought} of them thought)" if stats.thought else ""
        rate = (stats.new - 1) / (stats.seconds - stats.first) if stats.new > 1 else 0.0
        return (
            f"{stats.prompt} tokens in, {stats.computed} of them computed; first token after {stats.first:.2f} s; "
            f"{stats.new} tokens out{thought}, {rate:.1f} a second; {stats.finish_reason}"
        )

    def _help(self, _: str) -> str:
        return "\n".join(f"{name} {about}" for name, about in ABOUT.items())
