"""An answer's text, as it comes, parted into the thought and what is said."""

from typing import NamedTuple

from orca2.checkpoints.thought_form import ThoughtForm


class Piece(NamedTuple):
    """Text of an answer that is certain, and text of the thought before it."""

    text: str = ""
    reasoning: str = ""


class ThoughtSplitter:
    """`form` has its marks as they stand in the text that is split. `inside` is whether a thought goes on now: at the
    start if the prompt has opened one. White space around a thought, and before an answer, is no part of either."""

    def __init__(self, form: ThoughtForm, inside: bool) -> None:
        self._opens, self._closes = form.opens.strip(), form.closes.strip()
        # such as harmony's `final` channel: what an answer without a thought begins with
        self._lead = "" if self._opens in form.empty else form.empty.strip()
        self.inside, self._begins, self._held = inside, True, ""

    def add(self, text: str) -> Piece:
        self._held += text
        return self._part(last=False)

    def rest(self) -> Piece:
        """What was held back, once the last text has come."""
        return self._part(last=True)

    def _part(self, last: bool) -> Piece:
        parts: dict[bool, list[str]] = {False: [], True: []}
        while True:
            if self._begins:
                self._held = self._held.lstrip()
            mark = self._closes if self.inside else self._opens
            lead = "" if self.inside or not self._begins else self._lead
            if lead and self._held.startswith(lead):
                self._held, self._lead = self._held[len(lead) :], ""
                continue
            if lead and lead.startswith(self._held) and not last:
                break
            if last and self._begins and not self.inside and _is_begun(self._held, (mark, lead)):
                self._held = ""
                break
            text, found, rest = self._held.partition(mark)
            if not found:
                size = len(text) - (0 if last else partial(text, (mark,)))
                certain = text[:size].rstrip() if self.inside else text[:size]  # its end may be the thought's
                self._held = "" if last else text[len(certain) :]
                self._begins &= not certain
                parts[self.inside].append(certain)
                break
            parts[self.inside].append(text.rstrip() if self.inside else text)
            self.inside, self._begins, self._held = not self.inside, True, rest
        return Piece("".join(parts[False]), "".join(parts[True]))


def _is_begun(text: str, marks: tuple[str, ...]) -> bool:
    """Whether all that came is the beginning of a mark; a single character may be an answer, such as `<`."""
    return len(text) > 1 and any(mark.startswith(text) and mark != text for mark in marks)


def partial(text: str, marks: tuple[str, ...]) -> int:
    """How many characters at the end of a text may be the start of a mark."""
    sizes = (size for mark in marks for size in range(1, min(len(mark), len(text) + 1)) if text.endswith(mark[:size]))
    return max(sizes, default=0)
