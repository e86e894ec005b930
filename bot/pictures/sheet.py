"""A sheet to draw on: 350 points wide, as a bubble on a phone, y downwards; no state of pyplot."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch
from matplotlib.transforms import Affine2D
from PIL import Image

WIDTH = 350.0
FINE = 2.8  # pixels a point: sharp on a phone, and what a messenger keeps when it makes pictures smaller
COLOURS = 128
LINE = 1.42  # of the size of the letters
INK, SOFT, PAPER, HAIR = "#1d2b24", "#5c6b63", "#fbfcf9", "#dde4de"
LEAF, LEAF_WASH, AMBER, AMBER_WASH, STONE = "#2b7a4b", "#e4f1e7", "#9a5204", "#fcefd9", "#9aa69f"

_FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei")


class NoFont(LookupError):
    """The words hold characters that no font of this machine has."""


@cache
def family() -> str | None:
    """A font for Chinese and Latin letters; None when the machine has none."""
    known = {font.name for font in fontManager.ttflist}
    return next((name for name in _FAMILIES if name in known), None)


def _font(text: str, size: float, bold: bool) -> FontProperties:
    name = family()
    if name is None and any(ord(c) > 0x2BFF for c in text):
        raise NoFont
    return FontProperties(family=name or "DejaVu Sans", size=size, weight="bold" if bold else "regular")


class Sheet:
    """Collects what is drawn; the height is known when all of it is there."""

    def __init__(self) -> None:
        self._figure = Figure(figsize=(WIDTH / 72, 1), dpi=72 * FINE, facecolor=PAPER)
        self._renderer = FigureCanvasAgg(self._figure).get_renderer()  # type: ignore[no-untyped-call]
        self._drawn: list[Callable[[float], Artist]] = []

    def width_of(self, text: str, size: float, *, bold: bool = False) -> float:
        """Points."""
        width, _, _ = self._renderer.get_text_width_height_descent(text, _font(text, size, bold), False)
        return float(width) / FINE

    def wrapped(self, text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
        """Lines no wider than `width`: broken at spaces, between Chinese characters, never before a closing sign."""
        lines, line = [], ""
        for piece in _pieces(text):
            if line and self.width_of((line + piece).rstrip(), size, bold=bold) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        return [*lines, line.rstrip()] if line.strip() else lines

    def text(
        self, x: float, y: float, text: str, size: float, *, colour: str = INK, bold: bool = False, align: str = "left"
    ) -> None:
        """One line whose letters stand on the line `y + size`."""
        font = _font(text, size, bold)
        text = text.replace("$", r"\$")

        def put(height: float) -> Artist:
            return self._figure.text(
                x / WIDTH, 1 - (y + size) / height, text, fontproperties=font, color=colour, ha=align, va="baseline"
            )

        self._drawn.append(put)

    def paragraph(
        self, x: float, y: float, text: str, size: float, width: float, *, colour: str = INK, bold: bool = False
    ) -> float:
        """Wrapped lines; returns the y below them."""
        for line in self.wrapped(text, size, width, bold=bold):
            self.text(x, y, line, size, colour=colour, bold=bold)
            y += size * LINE
        return y

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str, edge: str = "none", round_: float = 6,
        line: float = 1.2,
    ) -> None:  # fmt: skip
        def put(whole: float) -> Artist:
            patch = FancyBboxPatch(
                (x, whole - y - height), width, height, boxstyle=f"round,pad=0,rounding_size={round_}",
                facecolor=fill, edgecolor=edge, linewidth=line if edge != "none" else 0,
            )  # fmt: skip
            return self._figure.add_artist(_in_points(patch, self._figure))

        self._drawn.append(put)

    def dot(self, x: float, y: float, radius: float, *, fill: str, edge: str = "none", line: float = 1.6) -> None:
        def put(whole: float) -> Artist:
            patch = Circle((x, whole - y), radius, facecolor=fill, edgecolor=edge, linewidth=line)
            return self._figure.add_artist(_in_points(patch, self._figure))

        self._drawn.append(put)

    def line(
        self, x: float, y: float, x2: float, y2: float, *, colour: str = HAIR, width: float = 1, dashed: bool = False
    ) -> None:
        def put(whole: float) -> Artist:
            drawn = Line2D(
                [x, x2],
                [whole - y, whole - y2],
                color=colour,
                linewidth=width,
                linestyle=(0, (3, 2)) if dashed else "-",
                solid_capstyle="round",
            )
            return self._figure.add_artist(_in_points(drawn, self._figure))

        self._drawn.append(put)

    def png(self, height: float) -> bytes:
        """The finished sheet, `height` points high."""
        self._figure.set_size_inches(WIDTH / 72, height / 72)
        for number, put in enumerate(self._drawn):
            put(height).set_zorder(number)
        whole, out = io.BytesIO(), io.BytesIO()
        self._figure.savefig(whole, format="png", facecolor=PAPER)
        # A quarter of the bytes, and no difference that an eye could see: there are a dozen colours and their edges.
        Image.open(whole).convert("RGB").quantize(COLOURS).save(out, format="png", optimize=True)
        return out.getvalue()


def _in_points(artist: Artist, figure: Figure) -> Artist:
    artist.set_transform(Affine2D().scale(1 / 72) + figure.dpi_scale_trans)
    return artist


_NOT_FIRST = "，。、；：！？）》”’,.;:!?)·%…"


def _pieces(text: str) -> list[str]:
    """What may stand on a line of its own: a word with its space, a Chinese character with the sign after it."""
    pieces: list[str] = []
    for character in text:
        wide = ord(character) > 0x2E7F
        if not pieces or (
            character not in _NOT_FIRST and (wide or pieces[-1][-1] == " " or ord(pieces[-1][-1]) > 0x2E7F)
        ):
            pieces.append(character)
        else:
            pieces[-1] += character
    return pieces
