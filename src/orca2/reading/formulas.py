"""Formulas in a response, set aside so that its prose can be read: each becomes one letter that no prose has.

A formula may have full stops, line breaks and words of its own, which would end sentences and statements.
"""

import re
from dataclasses import dataclass, field

from orca2.reading.latex import closings

LONGEST = 2_000  # characters of one formula
_TAIL = 40_000  # characters of a response, from its end, that formulas are looked for in
_FIRST = 0x12000  # the letters that stand for formulas are cuneiform
_MOST = 900
LETTER = f"[{chr(_FIRST)}-{chr(_FIRST + _MOST - 1)}]"
# no groups for the alternatives, so that the search runs on their first characters alone
_OPENS = re.compile(
    r"\$\$?|\\(?:\[|\(|(?:boxed|fbox)\s?\{|begin\s?\{(?:(?:align|equation|gather|multline|split|eqnarray|displaymath|"
    r"math|aligned|gathered)\*?|[bpvBV]?matrix|cases|array)\})|`"
)
_CLOSES = {"$$": "$$", "\\[": "\\]", "\\(": "\\)", "`": "`"}
_BOX = re.compile(r"\\(?:boxed|fbox)\s?\{")
_CODE = re.compile(
    r"```[ \t]{0,3}(?:python|py|sympy|c|cpp|java|javascript|js|r|matlab|bash)[ \t]{0,3}\n.*?(?:```|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_FENCE = re.compile(r"```[a-z]{0,12}")
_BOLD = re.compile(r"(?<![\w)])\*\*|\*\*(?![\w(-])")  # "**" between a name and a number is a power
_PLAIN = (("\u2018", "'"), ("\u2019", "'"), ("\u201c", '"'), ("\u201d", '"'), ("\u00a0", " "), ("\u202f", " "))
_ROWS = re.compile(r"\\begin\s?\{(?:[bpvBV]?matrix|cases|array|smallmatrix)\}.*?\\end\s?\{[a-zA-Z]{1,12}\}", re.DOTALL)
_FRAME = re.compile(
    r"\\(?:begin|end)\s?\{(?:align|equation|gather|multline|split|eqnarray|displaymath|math|aligned|gathered)[a-z]{0,2}\*?\}"
)
_NOTES = re.compile(r"\\(?:tag|label|quad\s?\\text)\*?\s?\{[^{}]{0,80}\}|\\(?:nonumber|notag)(?![a-zA-Z])")
_FOLLOWS = re.compile(
    r"\\(?:implies|Rightarrow|Longrightarrow|rightarrow|to|iff|Leftrightarrow|therefore)(?![a-zA-Z])|[\u21d2\u2192\u2234]"
)
_WORD = r"(?:,?\s{1,3}(?:and|or)\s{1,3}(?:also\s)?)"
_JOINED = {
    commas: re.compile(rf"{one}(?:{word}{one})+")
    for commas, word in (
        (False, rf"(?:,\s{{0,3}}(?={LETTER}(?:,\s{{0,3}}{LETTER}){{0,20}}{_WORD}{LETTER})|{_WORD})"),
        (True, rf"(?:[,;]\s{{0,3}}|{_WORD})"),
    )
    for one in (LETTER,)
}
_BOXES = re.compile(rf"\\boxed\{{{LETTER}\}}(?:(?:[,;]\s{{0,3}}|{_WORD})\\boxed\{{{LETTER}\}})+")
_LETTERS = re.compile(LETTER)


@dataclass(slots=True)
class Masked:
    """`text` is the prose; each letter of `LETTER` in it stands for one of `formulas`."""

    text: str = ""
    formulas: list[str] = field(default_factory=list)
    count: int = 0

    def letter(self, formula: str) -> str:
        """A letter for one more formula; where there are more than letters, the first ones are forgotten."""
        at = self.count % _MOST
        self.formulas[at : at + 1] = [formula]
        self.count += 1
        return chr(_FIRST + at)

    def formula(self, letter: str) -> str:
        at = ord(letter) - _FIRST
        return self.formulas[at] if 0 <= at < len(self.formulas) else ""

    def whole(self, text: str) -> str:
        """A piece of the prose with its formulas back in place."""
        return _LETTERS.sub(lambda match: f" {self.formula(match[0])} ", text)


def masked(response: str, several: bool = False) -> Masked:
    """Set the formulas of a response aside, those that "and" or "or" joins as one; with `several`, commas join too.

    >>> found = masked("So $x = 2$ or $x = 3$.")
    >>> len(found.text), found.formulas[-1]
    (5, 'x = 2 \\\\text{ or } x = 3')
    """
    text = response[-_TAIL:]
    if not text.isascii():
        text = _LETTERS.sub("", text)
        for mark, plain in _PLAIN:
            text = text.replace(mark, plain)
    if "```" in text:
        text = _FENCE.sub(" ", _CODE.sub("\n", text))
    braces = closings(text, max(0, text.find("\\boxed"))) if "box" in text else {}
    found, pieces, at = Masked(), [], 0
    ahead: dict[str, int] = {}
    for opened in _OPENS.finditer(text):
        if opened.start() < at:
            continue
        end, inner = _span(text, opened, braces, ahead)
        if end < 0:
            continue
        pieces.append(text[at : opened.start()])
        pieces.append(_set_aside(inner, "box" in opened[0], found))
        at = end
    prose = "".join((*pieces, text[at:]))
    if "**" in prose:
        prose = _BOLD.sub("", prose)
    if len(found.formulas) > 1:
        prose = _JOINED[several].sub(lambda match: found.letter(_join(match[0], found)), prose)
        if prose.count("\\boxed") > 1:
            prose = _BOXES.sub(lambda match: f"\\boxed{{{found.letter(_join(match[0], found))}}}", prose)
    found.text = prose
    return found


def _span(text: str, opened: re.Match[str], braces: dict[int, int], ahead: dict[str, int]) -> tuple[int, str]:
    """Where the formula ends that opens here, and its inside; -1 if it does not.

    `ahead` keeps where the next sign of each kind is that closes one.
    """
    sign, start = opened[0], opened.end()
    if opened.start() and text[opened.start() - 1] == "\\" and sign[0] != "`":
        return -1, ""
    if sign == "$":
        return _inline(text, start)
    if "box" in sign:
        end = braces.get(start - 1, -1)
        return (end + 1, text[start:end]) if 0 < end < start + LONGEST else (-1, "")
    begins = sign.startswith("\\begin")
    closes = f"\\end{sign[6:].strip()}" if begins else _CLOSES[sign]
    if ahead.get(closes, 0) < start:
        found = text.find(closes, start)
        ahead[closes] = found if found >= 0 else len(text)
    end = ahead[closes]
    if not start < end < min(len(text), start + LONGEST):
        return -1, ""
    if begins:
        return end + len(closes), text[opened.start() : end + len(closes)]
    return (-1, "") if sign == "`" and "\n" in text[start:end] else (end + len(closes), text[start:end])


def _inline(text: str, start: int) -> tuple[int, str]:
    """A formula between single dollar signs; "$5 and $6" are sums of money."""
    end = text.find("$", start, start + LONGEST)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("$", end + 1, start + LONGEST)
    inner = text[start:end] if end > start else ""
    if not inner.strip() or "\n\n" in inner or inner[0].isspace() != inner[-1].isspace():
        return -1, ""
    if text[end + 1 : end + 2].isdigit() or re.match(r"\d[\d,.]*\s(?!\\|[-+=<>*/^])[a-z]{2,}", inner):
        return -1, ""
    return end + 1, inner


def _set_aside(inner: str, boxed: bool, found: Masked) -> str:
    """The letter of a formula, in a box if the formula is or has one."""
    if boxed:
        return f"\\boxed{{{found.letter(inner.strip())}}}"
    braces = closings(inner) if "box" in inner else {}
    shown, at = [], 0
    for match in _BOX.finditer(inner) if braces else ():
        end = braces.get(match.end() - 1, -1)
        if match.start() >= at and end > 0:
            shown.append(inner[match.end() : end].strip())
            at = end
    if shown:
        return f"\\boxed{{{found.letter(' , '.join(dict.fromkeys(shown)))}}}"
    return found.letter(inner.strip())


def _join(text: str, found: Masked) -> str:
    """The formulas of a run as one, with the words between them."""
    parts = re.split(f"({LETTER})", text.replace("\\boxed{", "").replace("}", ""))
    shown = [found.formula(part) if index % 2 else re.sub(r"\s?\b(and|or)\b(?: also)?\s?", r"\\text{ \1 }", part)
             for index, part in enumerate(parts)]  # fmt: skip
    return " ".join(part.strip() for part in shown if part.strip())


def conclusion(formula: str) -> str:
    """What a formula of several lines or steps comes to: its last one.

    >>> conclusion(r"\\begin{align*} x &= 2 + 3 \\\\ &= 5 \\end{align*}")
    '5'
    """
    if not ("\\" in formula or "&" in formula or "\n" in formula or not formula.isascii()):
        return formula.strip()
    formula = _NOTES.sub(" ", formula)
    kept: list[str] = []  # grids, whose rows are no steps

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    text = _FRAME.sub(" ", _ROWS.sub(keep, formula))
    steps = [step for line in re.split(r"\\\\(?:\s?\[[^\]]{0,12}\])?|\\newline", text) for step in _FOLLOWS.split(line)]
    last = next((step for step in reversed(steps) if step.strip(" &.,\n{}")), "")
    last = re.sub(r"^[\s=&]+", "", last.replace("&", " ")).strip()
    return re.sub("\x00(\\d{1,4})\x00", lambda match: kept[int(match[1])], last)
