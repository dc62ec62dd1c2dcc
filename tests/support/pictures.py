"""A dashboard as a picture for people to look at: where each widget is, and what it draws, without the data."""

from __future__ import annotations

from html import escape
from typing import Any, Final

_CELL, _ROW = 46, 22
"""Pixels of a column and of a row."""
_FILL: Final = {"text": "#eef3f8", "metric": "#ffffff", "alarm": "#fdecea"}
_MOST: Final = 5
"""Series that are named in a graph; of the others it is said how many."""


def picture(body: dict[str, Any]) -> str:
    """An SVG of the dashboard's layout."""
    widgets = body["widgets"]
    width = 24 * _CELL
    height = max(widget["y"] + widget["height"] for widget in widgets) * _ROW
    drawn = [line for widget in widgets for line in _drawn(widget)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">'
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="#f6f7f8"/>', *drawn, "</svg>"]) + "\n"


def _drawn(widget: dict[str, Any]) -> list[str]:
    x, y = widget["x"] * _CELL + 3, widget["y"] * _ROW + 3
    wide, high = widget["width"] * _CELL - 6, widget["height"] * _ROW - 6
    box = f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" fill="{_FILL[widget["type"]]}" stroke="#c9d1d9"/>'
    lines = _lines(widget)
    fits = wide // 6
    return [
        box,
        *(
            f'<text x="{x + 6}" y="{y + 15 + 15 * place}" font-size="{12 if place == 0 else 10}" '
            f'font-weight="{"bold" if place == 0 else "normal"}">{escape(line[:fits])}</text>'
            for place, line in enumerate(lines)
        ),
    ]


def _lines(widget: dict[str, Any]) -> list[str]:
    properties = widget["properties"]
    if widget["type"] == "text":
        return [line.removeprefix("## ") for line in str(properties["markdown"]).splitlines()]
    if widget["type"] == "alarm":
        names = [arn.rpartition(":alarm:")[2] for arn in properties["alarms"]]
    else:
        names = [_named(series) for series in properties["metrics"] if _options(series).get("visible", True)]
    more = [f"… and {len(names) - _MOST} more"] if len(names) > _MOST else []
    return [str(properties["title"]), *(f"— {name}" for name in names[:_MOST]), *more]


def _options(series: list[Any]) -> dict[str, Any]:
    return series[-1] if isinstance(series[-1], dict) else {}


def _named(series: list[Any]) -> str:
    options = _options(series)
    names = [part for part in series if isinstance(part, str)]
    return str(options.get("label") or options.get("expression") or f"{names[1]} {' '.join(names[3::2])}")
