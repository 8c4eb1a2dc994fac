"""A model and its tokenizer made fit for conversations."""

from collections.abc import Callable
from typing import Any

from orca2.checkpoints.embeddings import add_missing_embeddings
from orca2.checkpoints.template import CHATML, ORCA2, is_orca2, template_of
from orca2.errors import ModelError
from orca2.progress import console


def ensure_chat_template(model: Any, tokenizer: Any) -> list[int]:
    """Fit both for conversations; the ids of tokens that the model has never seen.

    Without a chat template, a student gets Orca 2's own, or ChatML with the control tokens of it that it lacks, which
    is said. Tokens without an embedding get one. `model` None: its vocabulary cannot grow (ModelError).
    """
    new: list[int] = []
    if template_of(tokenizer) is None:
        if is_orca2(tokenizer):
            tokenizer.chat_template = ORCA2
        else:
            new = _add_chatml(tokenizer, fixed=model is None)
    return new if model is None else sorted({*new, *add_missing_embeddings(model, tokenizer)})


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
