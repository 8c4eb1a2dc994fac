"""The names and signs of formulas, in LaTeX, in Unicode and as typed, and what each of them stands for."""

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FUNCTIONS = _set("sin cos tan sec csc cot arcsin arccos arctan sinh cosh tanh log ln lg exp sqrt cbrt")
ALIASES = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "cosec": "csc", "tg": "tan", "ctg": "cot",
    "arctg": "arctan",
}  # fmt: skip
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell"
)
GREEK = _set(f"{_GREEK} varepsilon vartheta varphi")
# Short words that stand for a product of letters in no text: units, and English.
SHORT_WORDS = _set(
    "cm mm km dm nm in ft yd mi kg mg lb lbs oz ml mL hr hrs min sec am pm mph kph usd sq deg rad Hz kHz kJ kW Pa "
    "is it of to an at by for the are was has no not so we if on as be he all can its per out sum via set let one two "
    "yes off up us my me you she his her him our few top due odd now ten six day men cup box dog cat hat bag pen egg "
    "car bus kid boy pie pm cents dm cc ha"
)
CONSTANTS = {"pi": "pi", "infinity": "infinity", "inf": "infinity", "infty": "infinity", "oo": "infinity"}
SIGNS = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "leqslant": "<=", "lt": "<",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "gt": ">", "ne": "!=", "neq": "!=", "approx": "approx",
    "simeq": "approx", "pm": "pm", "mp": "mp", "cup": "union", "cap": "meet", "setminus": "minus",
    "backslash": "minus", "in": "in", "infty": "infinity", "pi": "pi", "{": "\\{", "}": "\\}",
    "lbrace": "\\{", "rbrace": "\\}", "langle": "<(",
    "rangle": ")>", "lvert": "|", "rvert": "|", "vert": "|", "mid": "|", "lfloor": "floor(", "rfloor": ")floor",
    "lceil": "ceil(", "rceil": ")ceil", "emptyset": "empty", "varnothing": "empty", "frac": "frac", "dfrac": "frac",
    "tfrac": "frac", "cfrac": "frac", "binom": "binom", "dbinom": "binom", "tbinom": "binom", "choose": "choose",
    "prime": "'", "colon": ":", "%": "%", "lor": "or", "vee": "or", "land": "and", "wedge": "and", "R": "reals",
    "\\": "row", "newline": "row", "lbrack": "[", "rbrack": "]",
}  # fmt: skip
TYPED = {"**": "^", "<=": "<=", ">=": ">=", "=<": "<=", "!=": "!=", "==": "=", ";": ",", "\u2032": "'"}
DROPPED = _set(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle displaystyle textstyle limits "
    "quad qquad , ; : ! > $ rm bf it hline allowbreak nonumber notag ( ) [ ]"
) | {" ", "\n"}
_UNICODE = {
    "\u2212": "-", "\u2013": "-", "\u2011": "-", "\u00d7": "*", "\u22c5": "*", "\u00b7": "*", "\u2219": "*",
    "\u00f7": "/", "\u2044": "/", "\u2215": "/", "\u221e": "\\infty ", "\u03c0": "\\pi ", "\u221a": "\\sqrt ",
    "\u221b": "\\cbrt ", "\u2264": "<=", "\u2a7d": "<=", "\u2265": ">=", "\u2a7e": ">=", "\u2260": "!=",
    "\u2208": "\\in ", "\u222a": "\\cup ", "\u2229": "\\cap ", "\u2216": "\\setminus ", "\u2205": "\\emptyset ",
    "\u211d": "\\R ", "\u00b1": "\\pm ", "\u2213": "\\mp ", "\u2248": "\\approx ", "\u27e8": "\\langle ",
    "\u27e9": "\\rangle ", "\u2223": "|", "\u230a": "\\lfloor ", "\u230b": "\\rfloor ", "\u2308": "\\lceil ",
    "\u2309": "\\rceil ", "\u2019": "'", "\u2032": "'", "\u00bd": "\\frac12", "\u00bc": "\\frac14",
    "\u00be": "\\frac34", "\u2153": "\\frac13", "\u2154": "\\frac23", "\u2155": "\\frac15", "\u215b": "\\frac18",
    "\u2218": "\u00b0", "\u00ba": "\u00b0", "\uff0c": ",", "\uff08": "(", "\uff09": ")", "\u3001": ",",
    "\u2063": "", "\u2062": "", "\u2061": "", "\u200b": "",
} | dict.fromkeys("\u00a0\u2009\u202f\u2002\u2003\u2005", " ") | {
    letter: f"\\{name} " for letter, name in zip("αβγδεζηθικλμνξρστυφχψωΓΔΘΛΞΣΦΨΩℓ", _GREEK.split(), strict=True)
}  # fmt: skip
TRANSLATED = str.maketrans(_UNICODE)
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣ", "0123456789+-()nx", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₙ", "0123456789+-n", strict=True))
RUNS = re.compile(f"([{''.join(RAISED)}]+)|([{''.join(LOWERED)}]+)")
