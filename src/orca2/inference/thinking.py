"""How much a request has a local model think, in the terms of its chat format."""

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.core.thinking import TOKENS_OF
from orca2.core.types import Request


def encode_request(chat: ChatCodec, request: Request) -> tuple[list[int], int | None]:
    """Ids of a prompt, and after how many ids a thought is to be closed by force; None for never.

    A template that knows efforts is told the effort; for any other it is a number of tokens. "off" closes a thought
    that is begun all the same. Where nothing is asked of thinking, or the template knows of none, the student does as
    it likes.
    """
    thinking = request.thinking
    if thinking is None or chat.thoughts is None:
        return chat.encode_prompt(request.messages), None
    if thinking == "off":
        return chat.encode_prompt(request.messages, thinking="off"), 0
    if isinstance(thinking, str) and chat.knows_effort:
        return chat.encode_prompt(request.messages, thinking="on", effort=thinking), None
    budget = thinking if isinstance(thinking, int) else TOKENS_OF[thinking]
    return chat.encode_prompt(request.messages, thinking="on"), budget
