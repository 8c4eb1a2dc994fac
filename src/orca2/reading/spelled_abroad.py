"""Numbers in the words of other scripts, as digits: 十二 and 열두 are 12, 三百 is 300, خمسة وعشرون is 25."""

import re
from fractions import Fraction

from orca2.reading.numerals import literal
from orca2.reading.patterns import lazy_pattern

_SAME = ("零〇○", "一壹", "二贰貳两兩弐", "三叁參参", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
_HAN = {character: value for value, characters in enumerate(_SAME) for character in characters}
_HAN_TENS = {"十": 10, "拾": 10, "廿": 20, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_HAN_LARGE = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}
_HAN_ALL = "".join((*_HAN, *_HAN_TENS, *_HAN_LARGE))
_HAN_COUNTERS = (
    "个個只隻本张張条條枚人名位元円块塊角分秒天日月年岁歳歲つ匹頭台回杯件点點次支把瓶盒袋箱米斤克吨升度倍"
    "小時时公千厘％%页頁頂層階辆輛朵颗顆棵题題"
)
# Runs that are words of their own, not numbers.
_HAN_WORDS = frozenset(("万一", "一一", "千万", "千萬", "万万", "一二", "百千"))
_HAN_RUN = lazy_pattern(
    rf"(?P<sign>(?:负|負|マイナス|零下)\s?の?)?(?:(?P<below>[{_HAN_ALL}0-9]{{1,12}})(?:分之|分の))?"
    rf"(?P<run>(?:[0-9][0-9,.]{{0,12}})?[{_HAN_ALL}](?:[{_HAN_ALL}0-9]{{0,20}})|(?<=[之の负負ス下])[0-9]{{1,9}})"
    rf"(?:(?:点|點|・)(?P<point>[{_HAN_ALL}]{{1,9}}))?"
)
_SIGNED = re.compile(r"(?:负|負の?|マイナス|零下|음수\s|마이너스\s?|영하\s?|سالب\s)(?=[0-9])")
_HANGUL = {"영": 0, "공": 0, "일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "륙": 6, "칠": 7, "팔": 8, "구": 9}
_HANGUL_TENS = {"십": 10, "백": 100, "천": 1000}
_HANGUL_LARGE = {"만": 10**4, "억": 10**8, "조": 10**12}
_HANGUL_COUNTERS = (
    r"(?=\s?(?:개|명|원|마리|권|번|시간|시|분|초|일|월|년|세|살|도|층|대|장|병|퍼센트|미터|킬로|"
    r"입니다|이다|이에요|예요|이며|이고|이므로|입|가\b|는\b|을\b|$)|[^\w]|\s)"
)
_HANGUL_RUN = lazy_pattern(
    rf"(?<![가-힣])(?=[가-힣]{{0,9}}[십백천만억])(?P<run>[{''.join(_HANGUL)}십백천만억조]{{2,12}}?|[십백천만]){_HANGUL_COUNTERS}"
)
_HANGUL_SCALE = lazy_pattern(
    r"(?<![0-9,.])([0-9][0-9,.]{0,12})\s?([십백천]?[만억조]|천|백)"
    r"(?:\s?([0-9]{1,4})(천|백)?(?=\s?[원개명]))?(?=\s?[원개명]|[^가-힣])"
)
_NATIVE_TENS = {"열": 10, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80,
                "아흔": 90, "스무": 20}  # fmt: skip
_NATIVE = {"하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7,
           "여덟": 8, "아홉": 9}  # fmt: skip
_NATIVE_RUN = lazy_pattern(
    rf"(?<![가-힣])(?P<tens>{'|'.join(_NATIVE_TENS)})?(?P<ones>{'|'.join(_NATIVE)})?"
    r"(?=\s?(?:개|명|마리|권|번|시간|시|살|대|장|병|송이|그루|켤레|사람|입니다|이다|이에요|예요)|[.。!\s]*$)"
)
_ARABIC = {
    "صفر": 0, "واحد": 1, "واحدة": 1, "اثنان": 2, "اثنين": 2, "اثنتان": 2, "ثلاثة": 3, "ثلاث": 3, "أربعة": 4, "أربع": 4,
    "خمسة": 5, "خمس": 5, "ستة": 6, "ست": 6, "سبعة": 7, "سبع": 7, "ثمانية": 8, "ثماني": 8, "تسعة": 9, "تسع": 9,
    "عشرة": 10, "عشر": 10, "عشرون": 20, "عشرين": 20, "ثلاثون": 30, "ثلاثين": 30, "أربعون": 40, "أربعين": 40,
    "خمسون": 50, "خمسين": 50, "ستون": 60, "ستين": 60, "سبعون": 70, "سبعين": 70, "ثمانون": 80, "ثمانين": 80,
    "تسعون": 90, "تسعين": 90, "مئة": 100, "مائة": 100, "مئتان": 200, "مائتان": 200, "مئتين": 200, "ثلاثمئة": 300,
    "ثلاثمائة": 300, "أربعمئة": 400, "أربعمائة": 400, "خمسمئة": 500, "خمسمائة": 500, "ستمئة": 600, "سبعمئة": 700,
    "ثمانمئة": 800, "تسعمئة": 900, "ألف": 1000, "ألفان": 2000, "أحد": 1, "إحدى": 1, "اثنا": 2, "اثني": 2, "اثنتا": 2,
}  # fmt: skip
_ARABIC_WORD = "|".join(sorted(_ARABIC, key=len, reverse=True))
_ARABIC_RUN = lazy_pattern(rf"(?<!\w)(?:{_ARABIC_WORD})(?:\s(?:و\s?)?(?:{_ARABIC_WORD}))*+(?!\w)")


def digits_abroad(text: str) -> str:
    """The text with its numbers in Chinese, Japanese, Korean and Arabic words written in digits.

    >>> digits_abroad("一共十二个"), digits_abroad("三百五十円"), digits_abroad("열두 개"), digits_abroad("百分之二十")
    ('一共 12 个', ' 350 円', '12 개', ' 20% ')
    """
    highest = max(text, default="")
    if highest >= "\u3007":
        text = _HAN_RUN().sub(_han, text)
        if highest >= "\uac00":
            text = _NATIVE_RUN().sub(_native, _HANGUL_RUN().sub(_hangul, _HANGUL_SCALE().sub(_hangul_scale, text)))
    if highest >= "\u0621":
        text = _ARABIC_RUN().sub(_arabic, text)
    return _SIGNED.sub("-", text)


def _han(match: re.Match[str]) -> str:
    run = match["run"]
    if match["below"] is None and match["point"] is None and not _is_number(match):
        return match[0]
    value = _value(run, _HAN, _HAN_TENS, _HAN_LARGE)
    if match["point"]:
        places = "".join(str(_HAN.get(character, 0)) for character in match["point"])
        value += Fraction(int(places), 10 ** len(places))
    sign = "-" if match["sign"] else ""
    if match["below"] in ("百", "100"):
        return f" {sign}{_shown(value)}% "
    below = _value(match["below"], _HAN, _HAN_TENS, _HAN_LARGE) if match["below"] else None
    return f" {sign}{_shown(value)}/{_shown(below)} " if below else f" {sign}{_shown(value)} "


def _is_number(match: re.Match[str]) -> bool:
    """Whether characters are a number: several of them, or one that something is counted with or that stands alone."""
    run, text = match["run"], match.string
    before, after = text[match.start("run") - 1 : match.start("run")], text[match.end() : match.end() + 1]
    if match["sign"] or run[0].isdigit():
        return True
    if run in _HAN_WORDS:
        return False
    if len(run) > 1:  # 五六个 are five or six
        return not (len(run) == 2 and after in _HAN_COUNTERS and {*run} <= {*_HAN} and _HAN[run[0]] + 1 == _HAN[run[1]])
    if run in _HAN_LARGE or (run in _HAN_TENS and run not in "十百千"):
        return False
    alone = not _is_han(before) and not _is_han(after)
    return alone or (
        run not in "一壹零" and after != "" and after in _HAN_COUNTERS and not (run == "十" and after == "分")
    )


def _is_han(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff"


def _hangul(match: re.Match[str]) -> str:
    return str(_value(match["run"], _HANGUL, _HANGUL_TENS, _HANGUL_LARGE))


def _hangul_scale(match: re.Match[str]) -> str:
    size = 1
    for character in match[2]:
        size *= _HANGUL_TENS.get(character) or _HANGUL_LARGE[character]
    rest = int(match[3] or 0) * _HANGUL_TENS.get(match[4] or "", 1)
    return _shown(_read(match[1]) * size + rest)


def _native(match: re.Match[str]) -> str:
    if not match[0]:
        return ""
    return str(_NATIVE_TENS.get(match["tens"] or "", 0) + _NATIVE.get(match["ones"] or "", 0))


def _arabic(match: re.Match[str]) -> str:
    total = 0
    for word in match[0].split():
        plain = word if word in _ARABIC else word.removeprefix("و")
        value = _ARABIC.get(plain, 0)
        total = total * value if value in (100, 1000) and 2 < total < 100 else total + value
    return str(total)


def _value(run: str, ones: dict[str, int], tens: dict[str, int], large: dict[str, int]) -> Fraction:
    """A number of a system in which a scale multiplies what stands before it, digits mixed in: 3万5千."""
    total, section, pending = Fraction(0), Fraction(0), Fraction(0)
    digits = ""
    if all(character in ones for character in run) and len(run) > 1:
        return Fraction(int("".join(str(ones[character]) for character in run)))
    for character in f"{run} ":
        if character.isascii() and (character.isdigit() or character in ".,"):
            digits += character
            continue
        if digits:
            pending, digits = _read(digits), ""
        if character in ones:
            pending = Fraction(ones[character])
        elif character in tens:
            section, pending = section + (pending or 1) * tens[character], Fraction(0)
        elif character in large:
            total, section, pending = total + (section + pending or 1) * large[character], Fraction(0), Fraction(0)
    return total + section + pending


def _read(digits: str) -> Fraction:
    meaning = literal(digits.rstrip(".,"))
    return meaning.value if meaning else Fraction(0)


def _shown(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{float(value):.12g}"
