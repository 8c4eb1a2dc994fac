"""Text to ids where only some of the text may hold control tokens.

In a copy of the tokenizer every control token goes by a name that cannot be typed, its twin. The rest of the text
is tokenized in one go with them, so the ids are those of the tokenizer itself.
"""

import json
import re
from typing import Any

from tokenizers import AddedToken, Tokenizer

from orca2.errors import ModelError

MARK = "\U0010fffd"  # the last private-use character; a twin is a mark and a second one
ESCAPED = MARK + "\U0010fffc"  # stands for a mark that somebody typed
TWIN = re.compile(f"{MARK}[\U00100000-\U0010fffc]")
TYPED = re.compile(f"{MARK}(?=[\U00100000-\U0010fffc])")  # a mark that would be taken for the start of a twin


class Encoder:
    """Encodes for one fast tokenizer. `literal` is what its chat template writes between turns.

    Control tokens are the special ones, and added ones that stand in `literal`.
    """

    def __init__(self, tokenizer: Any, literal: str) -> None:
        controls = [
            token.content
            for _, token in sorted(tokenizer.added_tokens_decoder.items())
            if token.special or (token.content.strip() and token.content in literal)
        ]
        if not controls:
            raise ModelError("the student's tokenizer has no special token; give it an end-of-sequence token")
        self.control = re.compile("|".join(re.escape(text) for text in sorted(controls, key=len, reverse=True)))
        self._twins = {text: MARK + chr(0x100000 + place) for place, text in enumerate(controls)}
        named = {token.content: token for token in tokenizer.added_tokens_decoder.values()}
        self._shown = {twin: "" if named[text].special else text for text, twin in self._twins.items()}
        self._by_id = {number: self._twins.get(t.content) for number, t in tokenizer.added_tokens_decoder.items()}
        self._tokenizer = Tokenizer.from_str(_renamed(tokenizer.backend_tokenizer.to_str(), self._twins))
        self._mark = self._tokenizer.encode(MARK, add_special_tokens=False).ids
        self._tokenizer.add_tokens([AddedToken(ESCAPED, normalized=False)])
        self._escaped = self._tokenizer.token_to_id(ESCAPED)

    def template_text(self, text: str) -> str:
        """Text of the template, with twins in place of control tokens."""
        return self.control.sub(lambda match: self._twins[match[0]], text)

    def content_text(self, text: str) -> str:
        """Text of anybody else, in which nothing is taken for a twin."""
        return TYPED.sub(ESCAPED, text)

    def twin(self, token: int) -> str | None:
        """What stands for an id in the template's text; None if the id is no control token's."""
        return self._by_id.get(token)

    def without_twins(self, text: str) -> str:
        """The text as people are shown it: special tokens are nothing, other control tokens what they are called."""
        return TWIN.sub(lambda match: self._shown.get(match[0], match[0]), text)

    def ids(self, text: str) -> list[int]:
        """Ids of what `template_text` and `content_text` gave, joined."""
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        return [number for token in ids for number in (self._mark if token == self._escaped else [token])]


def _renamed(tokenizer: str, names: dict[str, str]) -> str:
    """A tokenizer.json with other names for some tokens, which its model can no longer put together from text."""
    parts = json.loads(tokenizer)
    parts["truncation"] = parts["padding"] = parts["post_processor"] = None
    for added in parts["added_tokens"]:
        if added["content"] in names:
            added.update(content=names[added["content"]], special=False)
    model = parts["model"]
    if isinstance(model["vocab"], dict):
        model["vocab"] = {names.get(text, text): number for text, number in model["vocab"].items()}
    else:  # Unigram: pieces with their scores
        model["vocab"] = [[names.get(text, text), score] for text, score in model["vocab"]]
    if model.get("unk_token") in names:
        model["unk_token"] = names[model["unk_token"]]
    if "merges" in model:
        pairs = ((merge.split(" ") if isinstance(merge, str) else merge) for merge in model["merges"])
        model["merges"] = [pair for pair in pairs if names.keys().isdisjoint([*pair, "".join(pair)])]
    return json.dumps(parts)
