# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Rows of measure.compare() as a picture (SVG): bars of latency relative to ours."""

from html import escape

from compare.sides import OURS
from compare.table import peers, state

COLOURS = {OURS: "#0072b2", "onnxruntime": "#e69f00", "openvino": "#009e73", "ncnn": "#cc79a7", "mnn": "#999999"}
WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 760, 170, 60, 13, 10, 62
MOST = 4.0  # a longer bar is cut and says its number


def text(x, y, words, **more):
    extra = "".join(f' {k.replace("_", "-")}="{v}"' for k, v in more.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{extra}>{escape(str(words))}</text>'


def rect(x, y, width, height, fill):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def relative(row, side):
    """The side's time in units of ours; None where either failed."""
    if side == OURS:
        return None if state(row, OURS) else 1.0
    return 1 / row["ratios"][side] if side in row["ratios"] else None


def bar(row, side, y, unit):
    value = relative(row, side)
    if value is None:
        return [text(LEFT + 4, y + BAR - 3, f"{side} {state(row, side) or '-'}", fill="#666")]
    length = min(value, MOST) * unit
    number = f"{row['sides'][OURS]['ms']:.3g} ms" if side == OURS else f"{value:.2f}"
    return [rect(LEFT, y, length, BAR - 2, COLOURS.get(side, "#444")),
            text(LEFT + length + 4, y + BAR - 3, number + ("" if value <= MOST else " (cut)"))]


def legend(names):
    parts, x = [], LEFT
    for name in names:
        parts += [rect(x, 34, 11, 11, COLOURS.get(name, "#444")), text(x + 15, 44, name)]
        x += 32 + 7 * len(name)
    return parts


def svg(rows):
    """A group a model and thread count, in it a bar a side: shorter is faster. The line is ours."""
    if not rows:
        raise ValueError("no rows")
    names = [OURS, *peers(rows)]
    most = max([1.0, *(relative(r, n) or 0 for r in rows for n in names)])
    unit = (WIDTH - LEFT - RIGHT) / min(most, MOST)
    parts, y = [], TOP
    for row in rows:
        threads = f"{row['threads']} thread{'s' if row['threads'] > 1 else ''}"
        middle = y + BAR * len(names) / 2
        parts += [text(LEFT - 10, middle - 1, row["model"], text_anchor="end"),
                  text(LEFT - 10, middle + 13, threads, text_anchor="end", fill="#666")]
        for i, name in enumerate(names):
            parts += bar(row, name, y + BAR * i, unit)
        y += BAR * len(names) + GAP
    line = LEFT + unit
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 8}" '
            f'viewBox="0 0 {WIDTH} {y + 8}" font-family="sans-serif" font-size="11">',
            f'<rect width="{WIDTH}" height="{y + 8}" fill="#fff"/>',
            text(10, 20, f"Latency relative to {OURS} (1 is {OURS}; shorter is faster)", font_size=14), *legend(names)]
    tail = [f'<line x1="{line:.1f}" y1="{TOP - 6}" x2="{line:.1f}" y2="{y}" stroke="#0072b2" stroke-dasharray="4 3"/>',
            "</svg>"]
    return "\n".join(head + parts + tail) + "\n"
