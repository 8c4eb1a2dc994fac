"""Charts as inline SVG without a script: the page's style sheet colours them, in light and in dark."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 420  # user units; near the CSS pixels of a phone, so that text stays readable there
CURVE_POINTS = 200  # more cannot be told apart at this width
NOTHING = 1e-9  # what is less is nothing on a page
SMOOTHING = 20  # the bold line averages a twentieth of the steps


@dataclass(frozen=True, slots=True)
class Bar:
    """One measured proportion with its interval, all in [0, 1]."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Point:
    """A measured proportion with its interval, all in [0, 1], and the tokens an answer that it takes."""

    name: str
    tokens: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """The bars of one benchmark, what guessing gets, and what somebody else got; all in [0, 1]."""

    name: str
    bars: Sequence[Bar]
    guess_accuracy: float
    reference: float | None


def loss_curve(points: Sequence[Mapping[str, float]], label: str) -> Markup:
    """Loss against step: every step faint, the running mean bold. `points` hold "step" and "loss"."""
    if not points:
        return Markup('<p class="muted">No loss was recorded.</p>')
    height, left, right, top, bottom = 250, 46, 14, 22, 36
    size = math.ceil(len(points) / CURVE_POINTS)
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    raw = [(_mean([p["step"] for p in group]), _mean([p["loss"] for p in group])) for group in groups]
    ticks = _ticks(max(loss for _, loss in raw) or 1.0)
    last = max(raw[-1][0], 1.0)

    def place(step: float, loss: float) -> tuple[float, float]:
        x = left + (WIDTH - left - right) * step / last
        return x, height - bottom - (height - top - bottom) * loss / ticks[-1]

    smooth = _smooth(raw)
    parts = []
    for tick in ticks:
        x, y = place(0, tick)
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{y:.1f}" x2="{WIDTH - right}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for tick in _ticks(last):
        if tick <= last and tick == int(tick):
            x, y = place(tick, 0)
            parts.append(f'<line class="axis" x1="{x:.1f}" y1="{y:.1f}" x2="{x:.1f}" y2="{y + 4:.1f}"/>')
            parts.append(f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{tick:,.0f}</text>')
    (x0, y0), (x1, _) = place(0, 0), place(last, 0)
    parts.append(f'<line class="axis" x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y0:.1f}"/>')
    parts.append(f'<text x="{left - 8}" y="11" text-anchor="end">loss</text>')
    parts.append(f'<text x="{WIDTH - right}" y="{height - 3}" text-anchor="end">step</text>')
    parts += [_line([place(*p) for p in raw], "raw"), _line([place(*p) for p in smooth], "curve")]
    x, y = place(*smooth[-1])
    parts.append(f'<circle class="end" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
    final = f"{smooth[-1][1]:.2f}"
    parts.append(f'<text class="strong" x="{x:.1f}" y="{y - 10:.1f}" text-anchor="end">{final}</text>')
    return _svg(height, label, parts)


def accuracy_bars(bars: Sequence[Bar], label: str) -> Markup:
    """Horizontal bars on a fixed scale of 0 to 100 %, with the interval as a whisker."""
    row, left, width, top = 38, 78, 226, 4
    foot = top + row * len(bars)
    parts = []
    for percent in (0, 25, 50, 75, 100):
        x = left + width * percent / 100
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{foot + 4}"/>')
        parts.append(f'<text x="{x:.1f}" y="{foot + 20}" text-anchor="middle">{percent}</text>')
    for index, bar in enumerate(bars):
        middle = top + row * index + row / 2
        low, high = left + width * bar.low, left + width * bar.high
        parts.append(f'<text class="strong" x="0" y="{middle + 4.5:.1f}">{escape(bar.name)}</text>')
        parts.append(
            f'<rect class="bar {escape(bar.name)}" x="{left}" y="{middle - 9:.1f}"'
            f' width="{width * bar.value:.1f}" height="18" rx="2"/>'
        )
        caps = "".join(f"M{x:.1f} {middle - 5:.1f}v10" for x in (low, high))
        whisker = f"M{low:.1f} {middle:.1f}H{high:.1f}{caps}"
        parts.append(f'<path class="whisker" d="{whisker}"/>')
        parts.append(
            f'<text x="{left + width + 14}" y="{middle + 4.5:.1f}">'
            f'<tspan class="strong">{bar.value:.1%}</tspan>'
            f'<tspan dx="6">{100 * bar.low:.0f}–{100 * bar.high:.0f}%</tspan></text>'
        )
    return _svg(foot + 26, label, parts)


def frontier(points: Sequence[Point], label: str) -> Markup:
    """Accuracy with its interval against tokens an answer, a dot each, and a step line over what no other beats."""
    height, left, right, top, bottom = 300, 46, 14, 22, 40
    reach = _ticks(max((point.tokens for point in points), default=1.0) or 1.0)
    ceiling = _ticks(max((point.high for point in points), default=1.0) or 1.0)

    def place(tokens: float, rate: float) -> tuple[float, float]:
        x = left + (WIDTH - left - right) * tokens / reach[-1]
        return x, height - bottom - (height - top - bottom) * rate / ceiling[-1]

    parts = []
    for tick in ceiling:
        x, y = place(0, tick)
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{y:.1f}" x2="{WIDTH - right}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{100 * tick:.0f}</text>')
    for tick in reach:
        x, y = place(tick, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{tick:,.0f}</text>')
    parts.append('<text x="0" y="11">% right</text>')
    parts.append(f'<text x="{WIDTH - right}" y="{height - 3}" text-anchor="end">tokens an answer</text>')
    best = [p for p in points if not any(q.tokens <= p.tokens and q.value > p.value for q in points)]
    steps: list[tuple[float, float]] = []
    for point in sorted(best, key=lambda p: (p.tokens, -p.value)):
        steps += [(place(point.tokens, 0)[0], steps[-1][1])] if steps else []
        steps.append(place(point.tokens, point.value))
    parts.append(_line(steps, "frontier"))
    places = [place(point.tokens, point.value) for point in points]
    for point, (x, y) in zip(points, places, strict=True):
        low, high = place(point.tokens, point.low)[1], place(point.tokens, point.high)[1]
        parts.append(f'<path class="whisker" d="M{x:.1f} {low:.1f}V{high:.1f}"/>')
        parts.append(f'<circle class="dot {escape(point.name)}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>')
    for number, (x, y) in enumerate(_labels(places), 1):
        parts.append(f'<text class="number" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{number}</text>')
    return _svg(height, label, parts)


def _labels(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A place for the label of each dot: the nearest one around it where no dot and no other label is."""
    found: list[tuple[float, float]] = []
    for x, y in places:
        rings = [(reach, turn) for reach in (13, 20, 27, 34) for turn in (1, 7, 3, 5, 0, 4, 2, 6)]
        spots = [(x + r * math.cos(t * math.pi / 4), y - r * math.sin(t * math.pi / 4)) for r, t in rings]

        def room(spot: tuple[float, float]) -> float:
            return min(math.dist(spot, other) for other in (*places, *found))

        found.append(next((spot for spot in spots if room(spot) >= 12), max(spots, key=room)))
    return found


def benchmark_bars(groups: Sequence[Group], label: str) -> Markup:
    """A group of bars for each benchmark on a scale of 0 to 100 %; a dashed tick is what guessing gets, a diamond the
    reference."""
    bar, gap, left, width, top = 13, 10, 112, 226, 4
    parts, y = [], top
    heights = [bar * len(group.bars) + gap for group in groups]
    foot = top + sum(heights)
    for percent in (0, 25, 50, 75, 100):
        x = left + width * percent / 100
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{foot}"/>')
        parts.append(f'<text x="{x:.1f}" y="{foot + 16}" text-anchor="middle">{percent}</text>')
    for group, height in zip(groups, heights, strict=True):
        middle = y + (height - gap) / 2 + gap / 2
        parts.append(f'<text class="strong" x="0" y="{middle + 4.5:.1f}">{escape(group.name)}</text>')
        for place, one in enumerate(group.bars):
            above = y + gap / 2 + place * bar
            center = above + bar / 2
            low, high = left + width * one.low, left + width * one.high
            parts.append(
                f'<rect class="bar {escape(one.name)}" x="{left}" y="{above + 1:.1f}" width="{width * one.value:.1f}"'
                f' height="{bar - 3}" rx="2"/><path class="whisker" d="M{low:.1f} {center - 0.5:.1f}H{high:.1f}"/>'
                f'<text x="{left + width + 12}" y="{center + 4:.1f}">{one.value:.1%}</text>'
            )
        if group.guess_accuracy:
            x = left + width * group.guess_accuracy
            parts.append(f'<path class="chance" d="M{x:.1f} {y + gap / 2 - 2:.1f}V{y + height - gap / 2 + 1:.1f}"/>')
        if group.reference is not None:
            x = left + width * group.reference
            parts.append(f'<path class="reference" d="M{x:.1f} {middle - 5:.1f}l5 5l-5 5l-5 -5z"/>')
        y += height
    return _svg(foot + 22, label, parts)


def learning_curve(points: Sequence[Sequence[float]], projected: tuple[float, float, float] | None) -> Markup:
    """Accuracy against lessons seen, from (lessons, correct, trials), as small as a word; `projected` (mean, low, high)
    is a dashed line to an open circle with its interval. Points without trials are passed over."""
    width, height, edge, reach = 112, 34, 4, 20
    known = sorted((lessons, correct / trials) for lessons, correct, trials in points if trials)
    first, last = known[0][0], known[-1][0]

    def place(lessons: float, rate: float) -> tuple[float, float]:
        x = edge + (width - 2 * edge - reach) * (lessons - first) / max(last - first, 1)
        return x, height - edge - (height - 2 * edge) * rate

    ends = [height - edge, edge]
    parts = [f'<line class="grid" x1="0" y1="{y}" x2="{width}" y2="{y}"/>' for y in ends]
    parts.append(_line([place(*point) for point in known], "curve"))
    x, y = place(*known[-1])
    parts.append(f'<circle class="end" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>')
    said = f"{known[0][1]:.0%} right after {first:,.0f} lessons, {known[-1][1]:.0%} after {last:,.0f}"
    if projected:
        goal = width - edge
        top, middle, foot = (place(last, rate)[1] for rate in (projected[2], projected[0], projected[1]))
        parts.append(f'<path class="ahead" d="M{x:.1f} {y:.1f}L{goal - 3} {middle:.1f}"/>')
        parts.append(f'<path class="whisker" d="M{goal} {top:.1f}V{foot:.1f}"/>')
        parts.append(f'<circle class="goal" cx="{goal}" cy="{middle:.1f}" r="3"/>')
        said += f", heading for {projected[0]:.0%} ({projected[1]:.0%} to {projected[2]:.0%})"
    opening = f'<svg class="spark" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(said)}">'
    return Markup(opening + "".join(parts) + "</svg>")


def _svg(height: float, label: str, parts: Sequence[str]) -> Markup:
    opening = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
    return Markup(opening + "".join(parts) + "</svg>")


def _line(places: Sequence[tuple[float, float]], style: str) -> str:
    return f'<polyline class="{style}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'


def _smooth(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Mean over the points around each one; fewer of them towards the ends."""
    reach = len(points) // SMOOTHING // 2
    return [
        (step, _mean([loss for _, loss in points[max(0, index - reach) : index + reach + 1]]))
        for index, (step, _) in enumerate(points)
    ]


def _ticks(top: float, most: int = 5) -> list[float]:
    """Round numbers from 0 to at least `top`, at most `most` steps apart."""
    top = max(top, NOTHING)
    rough = top / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return [round(step * index, 10) for index in range(math.ceil(top / step - 1e-9) + 1)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
