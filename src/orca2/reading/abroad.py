"""Where a text in another language than English says that its answer comes: "答案是B。", "Die Antwort lautet 12."."""

import re
from collections.abc import Iterator

# by the literal that has to be there before a pattern is worth its time
_STATED = {
    "答案": r"答案(?:应该|應該|应|應)?\s?(?:就)?(?:是|为|為|[:：])",
    "正解": r"正解(?:は|[:：])",
    "答え": r"答えは?(?:[:：])?(?<=[は:：])",
    "解答": r"解答(?:は|[:：])",
    "回答": r"回答(?:は|[:：])",
    "정답": r"정답(?:은|:)",
    "답은": r"(?<!정)답은",
    "الإجابة": r"الإجابة(?:\sالصحيحة|\sالنهائية)?\s?(?:هي|هو|:)",
    "الجواب": r"الجواب(?:\sالصحيح|\sالنهائي)?\s?(?:هو|هي|:)",
    "твет": r"[Оо]твет\s?(?:[:—-]|это\b|будет\b)",
    "ідповідь": r"[Вв]ідповідь\s?(?:[:—-]|це\b)",
    "उत्तर": r"उत्तर\s?(?:है\b|:)",
    "ntwort": r"\b[Aa]ntwort\s?(?:ist|lautet|:)",
    "ntwoord": r"\b[Aa]ntwoord\s?(?:is|luidt|:)",
    "éponse": r"\b[Rr]éponse(?:\s(?:correcte|exacte|finale|juste))?\s?(?:est|:)",
    "espuesta": r"\b[Rr]espuesta(?:\s(?:correcta|final))?\s?(?:es|:)",
    "isposta": r"\b[Rr]isposta(?:\s(?:corretta|esatta|giusta|finale))?\s?(?:è|:)",
    "esposta": r"\b[Rr]esposta(?:\s(?:correta|certa|final))?\s?(?:é|:)",
    "dpowied": r"\b[Oo]dpowied(?:ź|zią)(?:\sto|\sjest)?\s?:?(?<=[:to])",
    "awaban": r"\b[Jj]awaban(?:nya)?(?:\syang\sbenar)?\s?(?:adalah|ialah|:)",
    "คำตอบ": r"คำตอบ(?:ที่ถูกต้อง)?\s?(?:คือ|:)",
    "התשובה": r"התשובה(?:\sהנכונה|\sהסופית)?\s?(?:היא|:)",
    "پاسخ": r"پاسخ(?:\sصحیح|\sنهایی)?\s?:",
    "varet": r"\b[Ss]varet\s?(?:är|er|:)",
    "áp án": r"[Đđ]áp\sán(?:\sđúng)?\s?(?:là|:)",
    "evap": r"\b[Cc]evap\s?:",
}
_PATTERNS = {literal: re.compile(rf"{pattern}\s{{0,3}}[:：]?") for literal, pattern in _STATED.items()}


def stated_abroad(text: str) -> Iterator[int]:
    """The ends of all phrases that say so, language by language.

    >>> list(stated_abroad("因此，答案是B。"))
    [6]
    """
    for literal, pattern in _PATTERNS.items():
        if literal in text:
            yield from (match.end() for match in pattern.finditer(text))
