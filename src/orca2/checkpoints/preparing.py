"""A model and its tokenizer made fit for conversations."""

from collections.abc import Callable
from typing import Any, Literal

from tokenizers import AddedToken

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.embeddings import add_missing_embeddings
from orca2.checkpoints.template import CHATML, MAY_THINK, ORCA2, is_orca2, template_of, with_thoughts
from orca2.errors import ModelError
from orca2.progress import console

ThinkTokens = Literal["text", "added"]  # `<think>` as ordinary text, or as two tokens of its own
TAGS = ("<think>", "</think>")


def ensure_chat_template(model: Any, tokenizer: Any, think_tokens: ThinkTokens | None = None) -> list[int]:
    """Fit both for conversations; the ids of tokens that the model has never seen.

    Without a chat template, a student gets Orca 2's own, or ChatML with the control tokens of it that it lacks, which
    is said. With `think_tokens` its template can write thoughts afterwards, and leave them out, as the student likes.
    Tokens without an embedding get one. `model` None: its vocabulary cannot grow (ModelError).
    """
    new: list[int] = []
    if template_of(tokenizer) is None:
        if is_orca2(tokenizer):
            tokenizer.chat_template = ORCA2
        else:
            new = _add_chatml(tokenizer, fixed=model is None)
    if think_tokens is not None:
        new += _add_thoughts(tokenizer, think_tokens)
    return new if model is None else sorted({*new, *add_missing_embeddings(model, tokenizer)})


def _add_thoughts(tokenizer: Any, think_tokens: ThinkTokens) -> list[int]:
    """A form for thoughts in a template that has none, or lets none be written; the ids of its tokens that are new."""
    chat = ChatCodec(tokenizer)
    if chat.chooses:
        return []
    if chat.thoughts is not None:
        tokenizer.chat_template = MAY_THINK + chat.template
        said = "its prompt closed every thought: from here on the student decides"
        missing = list[str]()
    else:
        tokenizer.chat_template = with_thoughts(chat.template)
        missing = [tag for tag in TAGS if tag not in tokenizer.get_vocab()] if think_tokens == "added" else []
        said = f"it knew no thoughts: they are written as <think> now, {'tokens of its own' if missing else 'as text'}"
    if missing:
        tokenizer.add_tokens([AddedToken(tag, normalized=False, special=False) for tag in missing])
    if chat.default is not None:
        tokenizer.chat_template = ChatCodec(tokenizer).with_default(chat.default)
    console.print(f"the student's chat template: {said}", soft_wrap=True, markup=False)
    return list(tokenizer.convert_tokens_to_ids(missing))


def _add_chatml(tokenizer: Any, fixed: bool) -> list[int]:
    """ChatML for a tokenizer without a template, and the ids of its control tokens that are new."""
    missing = [token for token in ("<|im_start|>", "<|im_end|>") if token not in tokenizer.get_vocab()]
    if missing and fixed:
        named = tokenizer.name_or_path
        raise ModelError(
            f"{named} has no chat template, nor ChatML's tokens to be asked in that; give a model with one"
        )
    if missing:
        tokenizer.add_special_tokens({"additional_special_tokens": missing})
    tokenizer.chat_template = CHATML
    unseen = f", whose {' and '.join(missing)} the model has never seen" if missing else ""
    console.print(f"the tokenizer has no chat template: it is asked in ChatML{unseen}", soft_wrap=True, markup=False)
    return list(tokenizer.convert_tokens_to_ids(missing))


def counter(tokenizer: Any) -> Callable[[str], int]:
    """Counts the tokens of plain text, of which a model need not be able to read as many."""
    return lambda text: len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])
