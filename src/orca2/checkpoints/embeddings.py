"""Tokens that a tokenizer has and the model no embedding for: rows are added where a conversation needs them."""

from typing import Any

import torch

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.files import shown
from orca2.checkpoints.quiet import quiet_libraries
from orca2.core.types import Message
from orca2.errors import ModelError
from orca2.progress import console

CONVERSATION = [Message("system", "s"), Message("user", "u"), Message("assistant", "a"), Message("user", "u")]


def add_missing_embeddings(model: Any, tokenizer: Any) -> list[int]:
    """Give the tokens beyond the embeddings rows, say so, and return their ids; none if no conversation holds any.

    Only tokens that somebody added may lie there (ModelError): others make it another model's tokenizer.
    """
    rows = int(model.get_input_embeddings().weight.shape[0])
    beyond = {number: text for text, number in tokenizer.get_vocab().items() if number >= rows}
    if not beyond:
        return []
    added = tokenizer.added_tokens_decoder
    if foreign := [text for number, text in beyond.items() if number not in added]:
        raise ModelError(
            f"{tokenizer.name_or_path}: the tokenizer has {len(foreign)} tokens more than the model's {rows} embeddings"
            f" ({shown(foreign)}): it is that of another model; save the model's own tokenizer beside it"
        )
    chat = ChatCodec(tokenizer)
    thought = chat.encode_answer("a", "t") if chat.thoughts and chat.chooses else []
    written = {*chat.encode_prompt(CONVERSATION), *chat.encode_answer("a"), *thought}
    if all(added[number].special and number not in written for number in beyond):
        return []  # such as an image's, which nothing here writes
    add_rows(model, max(beyond) + 1)
    console.print(
        f"{len(beyond)} tokens of the tokenizer have no embedding in the model ({shown(beyond.values())}): rows are"
        " added for them, which know nothing until they are trained",
        soft_wrap=True,
        markup=False,
    )
    return sorted(beyond)


@quiet_libraries()
def add_rows(model: Any, rows: int) -> None:
    """Embeddings of so many rows; the new ones are drawn around the mean of the others, the same at every call."""
    device = model.device
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(0)
        model.resize_token_embeddings(rows, mean_resizing=device.type != "meta")
