"""Units of measure, time and money: which measure the same thing, and how many of one make another."""

from fractions import Fraction
from typing import NamedTuple


def table(text: str) -> tuple[str, ...]:
    """The words of a table that is written as one text."""
    return tuple(text.split())


class Unit(NamedTuple):
    """What a unit measures, and its size in the smallest unit of that kind that is named here."""

    measures: str
    size: Fraction

    def holds(self, other: "Unit") -> bool:
        """Whether both measure the same thing; a cent is one of any currency that has cents."""
        kinds = {self.measures, other.measures}
        return len(kinds) == 1 or ("cents" in kinds and bool(kinds & _OF_CENTS))

    def times(self, other: "Unit") -> Fraction:
        """How many of `other` one of this is."""
        return self.size / other.size


_OF_CENTS = {"usd", "eur", "gbp"}
_NAMED = (
    ("length", Fraction(1), "mm millimeter millimeters millimetre millimetres"),
    ("length", Fraction(10), "cm centimeter centimeters centimetre centimetres zentimeter"),
    ("length", Fraction(100), "dm decimeter decimeters decimetre decimetres"),
    ("length", Fraction(1000), "m meter meters metre metres mètres metros"),
    ("length", Fraction(10**6), "km kilometer kilometers kilometre kilometres kilomètres kilómetros kms"),
    ("length", Fraction(127, 5), "inch inches"),
    ("length", Fraction(1524, 5), "ft foot feet"),
    ("length", Fraction(4572, 5), "yd yard yards"),
    ("length", Fraction(1609344), "mile miles mi"),
    ("mass", Fraction(1), "mg milligram milligrams"),
    ("mass", Fraction(1000), "g gram grams gramm gramme grammes gramos"),
    ("mass", Fraction(10**6), "kg kilogram kilograms kilo kilos kilogramm"),
    ("mass", Fraction(10**9), "tonne tonnes tonnen"),
    ("weight", Fraction(1), "oz ounce ounces"),
    ("weight", Fraction(16), "lb lbs"),
    ("time", Fraction(1, 1000), "ms millisecond milliseconds"),
    ("time", Fraction(1), "s sec secs second seconds sekunde sekunden seconde secondes segundo segundos 秒 초"),
    ("time", Fraction(60), "min mins minute minutes minuten minuto minutos 分 分钟 分鐘 분"),
    ("time", Fraction(3600), "h hr hrs hour hours stunde stunden heure heures hora horas 小时 小時 時間 시간"),
    ("time", Fraction(86400), "day days tag tage jour jours día días"),
    ("time", Fraction(604800), "week weeks woche wochen semaine semaines semana semanas"),
    ("months", Fraction(1), "month months"),
    ("months", Fraction(12), "year years yr yrs"),
    ("volume", Fraction(1), "ml milliliter milliliters millilitre millilitres"),
    ("volume", Fraction(10), "cl centiliter centiliters centilitre centilitres"),
    ("volume", Fraction(100), "dl deciliter deciliters decilitre decilitres"),
    ("volume", Fraction(1000), "l liter liters litre litres litros"),
    ("volume of the US", Fraction(1), "cup cups"),
    ("volume of the US", Fraction(2), "pint pints pt"),
    ("volume of the US", Fraction(4), "quart quarts qt"),
    ("volume of the US", Fraction(16), "gallon gallons gal"),
    ("usd", Fraction(100), "$ usd dollar dollars buck bucks"),
    ("eur", Fraction(100), "€ eur euro euros"),
    ("gbp", Fraction(100), "£ gbp quid"),
    ("gbp", Fraction(1), "pence"),
    ("cents", Fraction(1), "¢ cent cents centimes centavos penny pennies"),
    ("inr", Fraction(1), "₹ rs inr rupee rupees"),
    ("yen", Fraction(1), "¥ jpy yen 円"),
    ("yuan", Fraction(1), "rmb cny yuan 元"),
    ("won", Fraction(1), "₩ krw won 원"),
    ("chf", Fraction(1), "chf franken"),
    ("rub", Fraction(1), "₽ rub rubles roubles"),
    ("kronor", Fraction(1), "kr sek nok dkk kronor kroner"),
    ("zloty", Fraction(1), "pln zł zloty"),
    ("reais", Fraction(1), "brl reais"),
    ("try", Fraction(1), "₺ lira"),
    ("baht", Fraction(1), "฿ baht"),
    ("pesos", Fraction(1), "peso pesos mxn"),
)
UNITS = {name: Unit(measures, size) for measures, size, names in _NAMED for name in names.split()}
MONEY = frozenset(unit.measures for unit in list(UNITS.values())[list(UNITS).index("$") :])
# Those that may stand before the number: "EUR 5", "Rs. 450".
BEFORE = frozenset(table("usd eur gbp inr rs jpy rmb cny krw chf rub sek nok dkk pln brl mxn"))
# One letter is a unit only right behind a number; beside those above, these are left as they stand.
LETTERS = frozenset("mgslhLVAWNJKCFHdGTMPpct\u00b5\u03bc\u03a9")
PERCENT = frozenset(table("percent pct prozent procent procenten процент процента процентов"))
