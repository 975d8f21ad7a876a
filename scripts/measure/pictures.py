"""Plain SVG pictures for README: bars in groups, and curves over logarithmic axes; readable on a phone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 640
_OURS, _OTHERS = "#1565c0", "#b0bec5"
_LINES = ("#c62828", "#ef6c00", "#6a1b9a", "#2e7d32", "#00838f", "#5d4037", "#546e7a")


@dataclass(frozen=True, slots=True)
class Bars:
    """One measure: a share in percent for each method, in order."""

    title: str
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """One method: its values over the axis, both above 0."""

    name: str
    points: Sequence[tuple[float, float]]


def bars(groups: Sequence[Bars], ours: str) -> str:
    """Groups of horizontal bars over 0 to 100 %; that of `ours` stands out."""
    left, right, step = 150, 60, 22
    parts = []
    y = 10.0
    for group in groups:
        y += 26
        parts.append(_text(10, y, group.title, size=18, weight="bold"))
        y += 8
        for name, share in group.shares.items():
            length = (WIDTH - left - right) * share / 100
            color = _OURS if name == ours else _OTHERS
            weight = "bold" if name == ours else "normal"
            parts.append(_text(left - 8, y + 16, name, anchor="end", weight=weight))
            parts.append(f'<rect x="{left}" y="{y + 2:.0f}" width="{length:.1f}" height="{step - 4}" fill="{color}"/>')
            parts.append(_text(left + length + 6, y + 16, f"{share:.0f} %", weight=weight))
            y += step
        y += 10
    return _svg(y + 10, parts)


def curves(panels: Mapping[str, Sequence[Curve]], ours: str, x_title: str, y_title: str) -> str:
    """Panels of curves, one below the other, over the same axes in powers of ten."""
    every = [point for panel in panels.values() for curve in panel for point in curve.points]
    names = list(dict.fromkeys(curve.name for panel in panels.values() for curve in panel))
    colors = dict(zip((name for name in names if name != ours), _LINES, strict=False)) | {ours: _OURS}
    axes = _Axes(_decades(x for x, _ in every), _decades(y for _, y in every))
    parts: list[str] = []
    top = 0.0
    for title, panel in panels.items():
        parts.append(_text(10, top + 26, title, size=18, weight="bold"))
        parts += axes.grid(top, x_title, y_title)
        for curve in sorted(panel, key=lambda one: one.name == ours):
            parts += axes.line(top, curve, colors[curve.name], bold=curve.name == ours)
        top += axes.HEIGHT + 90
    for name in names:
        parts.append(
            f'<rect x="20" y="{top:.0f}" width="26" height="{6 if name == ours else 3}" fill="{colors[name]}"/>'
        )
        parts.append(_text(56, top + 8, name, weight="bold" if name == ours else "normal"))
        top += 24
    return _svg(top + 6, parts)


class _Axes:
    """From values to places in a panel."""

    LEFT, RIGHT, HEIGHT = 80, 20, 300

    def __init__(self, x: tuple[int, int], y: tuple[int, int]) -> None:
        self._x, self._y = x, y

    def _place(self, top: float, x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - self._x[0]) / (self._x[1] - self._x[0])
        up = (math.log10(y) - self._y[0]) / (self._y[1] - self._y[0])
        return self.LEFT + across * (WIDTH - self.LEFT - self.RIGHT), top + 40 + (1 - up) * self.HEIGHT

    def grid(self, top: float, x_title: str, y_title: str) -> Iterable[str]:
        """The lines at the powers of ten, with their figures."""
        for power in range(self._y[0], self._y[1] + 1):
            x, y = self._place(top, 10.0 ** self._x[0], 10.0**power)
            yield f'<path d="M{x:.0f} {y:.1f}H{WIDTH - self.RIGHT}" stroke="#dddddd"/>'
            yield _text(x - 8, y + 5, f"{10.0**power:,g}", anchor="end")
        for power in range(self._x[0], self._x[1] + 1):
            x, y = self._place(top, 10.0**power, 10.0 ** self._y[0])
            yield f'<path d="M{x:.1f} {top + 40:.0f}V{y:.0f}" stroke="#dddddd"/>'
            anchor = "end" if power == self._x[1] else "middle"
            yield _text(x + (self.RIGHT if anchor == "end" else 0), y + 20, f"{10**power:,}", anchor=anchor)
        yield _text(WIDTH / 2, top + 40 + self.HEIGHT + 40, x_title, anchor="middle")
        yield _text(WIDTH - self.RIGHT, top + 26, y_title, anchor="end")

    def line(self, top: float, curve: Curve, color: str, bold: bool) -> Iterable[str]:
        """The curve with a dot at each point."""
        places = [self._place(top, x, y) for x, y in curve.points]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        yield f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="{5 if bold else 2.5}"/>'
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{6 if bold else 4}" fill="{color}"/>'


def _decades(values: Iterable[float]) -> tuple[int, int]:
    """The powers of ten around the values; at least one apart."""
    logs = [math.log10(value) for value in values]
    low, high = math.floor(min(logs) + 1e-9), math.ceil(max(logs) - 1e-9)
    return low, max(high, low + 1)


def _text(x: float, y: float, text: str, size: int = 16, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}">'
        f"{escape(text)}</text>"
    )


def _svg(height: float, parts: Iterable[str]) -> str:
    """The whole file; its text is dark on white in any colour scheme."""
    size = f'width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" fill="#212121">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#ffffff"/>', *parts, "</svg>", ""])
