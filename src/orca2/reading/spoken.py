"""What a response says to its reader: no thoughts, the answer field of JSON for its prose, one turn of a dialogue."""

import re
from dataclasses import dataclass

from orca2.reading.answer_fields import answer_field
from orca2.reading.thoughts import without_thoughts

# A question that the model goes on to ask itself: what follows answers something else.
_NEXT_QUESTION = re.compile(
    r"\n\s{0,3}(?:\*\*)?(?:question|q|user|human|problem|input)\s?[0-9]{0,3}\s?[:.](?!\d)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """`text` is what is left to read. `field`: it stood in a field of JSON. `cut`: the response broke off before it."""

    text: str
    field: bool = False
    cut: str = ""


def spoken(response: str, fields: bool = True) -> Spoken:
    """Take a response apart; without `fields` JSON is left as it stands.

    >>> spoken('<think>5?</think>{"answer": "6"}')
    Spoken(text='6', field=True, cut='')
    """
    text, cut = without_thoughts(response)
    if cut:
        return Spoken("", cut="cut off while thinking")
    text = text.strip()
    asked = _NEXT_QUESTION.search(text)
    before = text[: asked.start()].rstrip() if asked else ""
    field = answer_field(before) if before else None
    if field is None or field.text is None:  # the words of another question may stand inside of a string
        field = answer_field(text)
    if field is not None and field.text is None:
        return Spoken("", cut="cut off inside its JSON")
    if field is not None and field.text is not None and fields:
        return Spoken(field.text, field=True)
    return Spoken(before or text)
