"""Drawings for the demo's teams, made while seeding: no photograph of anybody, no file to keep.

Everything is drawn on a sheet of 1500 × 1000, twice as large as it is stored, which smooths it.
"""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

WIDTH, HEIGHT, ZOOM = 1500, 1000, 2
SKY, SUN, BRICK, OCHRE, PLUM = "#f3e6cf", "#f2b84b", "#c9694a", "#e0a45a", "#93648f"
IVY, LEAF, ROOF, WINDOW, GROUND = "#3d8a6f", "#6aa66d", "#5c3a33", "#fdf3d8", "#d5c3a5"
SOIL, WATER, SKIN = "#7a5238", "#8db7c9", ("#c98a62", "#8a5a3c", "#e8b58e")
STREET = 700  # where the houses stand


class Sheet:
    """A street with houses to draw on."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * ZOOM, HEIGHT * ZOOM), SKY)
        self.pen = ImageDraw.Draw(self.image)
        self.disc(1240, 170, 85, SUN)
        for place, (left, wide, tall, colour) in enumerate(
            [
                (0, 260, 420, OCHRE),
                (260, 220, 480, BRICK),
                (480, 280, 380, IVY),
                (760, 240, 500, PLUM),
                (1000, 280, 400, BRICK),
                (1280, 220, 450, OCHRE),
            ]
        ):
            self.house(left, wide, tall, colour, flat=place % 2 == 1)
        self.box(0, STREET, WIDTH, HEIGHT, GROUND)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Draw a rectangle."""
        self.pen.rectangle([each * ZOOM for each in (left, top, right - 1, bottom - 1)], colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """Draw a full circle."""
        corners = (x - radius, y - radius, x + radius, y + radius)
        self.pen.ellipse([each * ZOOM for each in corners], colour)

    def ring(self, x: float, y: float, radius: float, colour: str, thick: int = 12) -> None:
        """Draw a circle's line."""
        corners = (x - radius, y - radius, x + radius, y + radius)
        self.pen.ellipse([each * ZOOM for each in corners], outline=colour, width=thick * ZOOM)

    def shape(self, *corners: tuple[float, float], colour: str) -> None:
        """Draw a full polygon."""
        self.pen.polygon([(x * ZOOM, y * ZOOM) for x, y in corners], colour)

    def line(self, *points: tuple[float, float], colour: str, thick: int = 12) -> None:
        """Draw a line through all points, with round ends."""
        scaled = [(x * ZOOM, y * ZOOM) for x, y in points]
        self.pen.line(scaled, colour, thick * ZOOM, joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, thick / 2, colour)

    def house(self, left: float, wide: float, tall: float, colour: str, flat: bool) -> None:
        """Draw a house with a flat or a steep roof."""
        top, right = STREET - tall, left + wide
        if flat:
            self.box(left, top - 26, right, top, ROOF)
        else:
            self.shape((left, top), (left + 50, top - 90), (right - 50, top - 90), (right, top),
                       colour=ROOF)  # fmt: skip
        self.box(left, top, right, STREET, colour)
        columns = int(wide // 75)
        gap = (wide - columns * 42) / (columns + 1)
        for column in range(columns):
            for row in range(int(tall // 110)):
                x, y = left + gap + column * (42 + gap), top + 34 + row * 104
                self.box(x, y + 12, x + 42, y + 62, WINDOW)
                self.disc(x + 20.5, y + 20, 21, WINDOW)

    def tree(self, x: float, foot: float, size: float) -> None:
        """Draw a tree."""
        self.box(x - size / 9, foot - size * 1.3, x + size / 9, foot, ROOF)
        for dx, dy, part in ((-0.55, 1.4, 0.6), (0.55, 1.45, 0.55), (0, 1.95, 0.75)):
            self.disc(x + dx * size, foot - dy * size, part * size, LEAF)

    def person(self, x: float, foot: float, colour: str, skin: int = 0, tall: float = 190) -> None:
        """Draw somebody, seen from afar."""
        self.disc(x, foot - tall + 34, 34, SKIN[skin])
        self.pen.rounded_rectangle(
            [each * ZOOM for each in (x - 44, foot - tall + 72, x + 44, foot)],
            36 * ZOOM,
            colour,
            corners=(True, True, False, False),
        )

    def bicycle(self, x: float, foot: float, colour: str) -> None:
        """Draw a bicycle, its rear wheel at `x`."""
        self.ring(x, foot - 75, 75, ROOF)
        self.ring(x + 230, foot - 75, 75, ROOF)
        self.line((x, foot - 75), (x + 60, foot - 190), (x + 190, foot - 190), (x + 110, foot - 75),
                  (x, foot - 75), colour=colour, thick=14)  # fmt: skip
        self.line((x + 110, foot - 75), (x + 52, foot - 215), colour=colour, thick=14)
        self.line((x + 25, foot - 218), (x + 80, foot - 218), colour=ROOF, thick=18)
        self.line((x + 230, foot - 75), (x + 182, foot - 235), (x + 215, foot - 250), colour=colour,
                  thick=14)  # fmt: skip

    def as_file(self) -> bytes:
        """Return the drawing as somebody would upload it."""
        written = io.BytesIO()
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.save(written, "PNG")
        return written.getvalue()


def garden() -> Sheet:
    """Raised beds in front of the houses."""
    sheet = Sheet()
    sheet.tree(1330, 800, 120)
    sheet.person(700, 850, PLUM, 1)
    sheet.person(830, 860, BRICK, 2)
    for left, top in ((120, 800), (560, 830), (1000, 800)):
        for place in range(5):
            x = left + 40 + place * 65
            sheet.line((x, top), (x, top - 45), colour=IVY, thick=8)
            sheet.disc(x - 14, top - 55, 20, LEAF)
            sheet.disc(x + 14, top - 62, 22, IVY if place % 2 else LEAF)
        sheet.box(left, top, left + 340, top + 22, SOIL)
        sheet.box(left - 10, top + 20, left + 350, top + 110, OCHRE)
        sheet.line((left - 6, top + 65), (left + 346, top + 65), colour=ROOF, thick=5)
    return sheet


def workshop() -> Sheet:
    """Bicycles and two people who repair one."""
    sheet = Sheet()
    sheet.bicycle(220, 880, BRICK)
    sheet.person(640, 860, IVY, 0)
    sheet.bicycle(740, 900, PLUM)
    sheet.person(1090, 880, OCHRE, 1)
    sheet.box(1220, 740, 1440, 764, ROOF)
    for x in (1240, 1410):
        sheet.box(x, 764, x + 16, 900, ROOF)
    sheet.box(1260, 700, 1330, 740, BRICK)
    return sheet


def watering() -> Sheet:
    """People who water young trees."""
    sheet = Sheet()
    for x in (260, 1220):
        sheet.disc(x, 845, 60, SOIL)
        sheet.tree(x, 850, 150)
    for x, colour, skin in ((520, PLUM, 2), (720, OCHRE, 1), (930, IVY, 0)):
        sheet.person(x, 880, colour, skin)
        sheet.box(x + 58, 790, x + 128, 870, WATER)
        sheet.line((x + 126, 840), (x + 165, 800), colour=WATER, thick=12)
        sheet.ring(x + 92, 786, 28, WATER, 9)
    return sheet


def bench() -> Sheet:
    """A bench in the shade with two people on it."""
    sheet = Sheet()
    sheet.tree(380, 830, 190)
    sheet.person(650, 850, BRICK, 1)
    sheet.person(800, 850, PLUM, 0)
    for top in (740, 775, 820):
        sheet.box(520, top, 960, top + 20, OCHRE)
    for x in (560, 900):
        sheet.box(x, 740, x + 20, 910, ROOF)
    sheet.person(1180, 890, IVY, 2)
    sheet.box(1250, 820, 1330, 890, BRICK)
    return sheet


def party() -> Sheet:
    """A table in the street under bunting."""
    sheet = Sheet()
    cord = [(x, 500 - ((x - 750) / 750) ** 2 * 165) for x in range(0, 1501, 50)]
    sheet.line(*cord, colour=ROOF, thick=5)
    for place, (x, y) in enumerate(cord[1::2]):
        colour = (BRICK, PLUM, SUN, IVY)[place % 4]
        sheet.shape((x - 26, y), (x + 26, y), (x, y + 58), colour=colour)
    for place, x in enumerate((230, 420, 620, 830, 1030, 1240)):
        sheet.person(x, 850, (IVY, PLUM, OCHRE, BRICK)[place % 4], place % 3)
    sheet.box(130, 800, 1370, 830, WINDOW)
    for x in (180, 1300):
        sheet.box(x, 830, x + 22, 940, ROOF)
    for x in (300, 520, 740, 960, 1150):
        sheet.disc(x, 785, 26, SUN)
    return sheet


def cups() -> Sheet:
    """Three cups on a table, somebody behind each."""
    sheet = Sheet()
    for place, x in enumerate((380, 760, 1140)):
        sheet.person(x, 800, (PLUM, OCHRE, IVY)[place], place, 240)
    sheet.box(120, 780, 1380, 830, OCHRE)
    sheet.box(120, 830, 1380, 850, ROOF)
    for x in (510, 890, 1270):
        sheet.ring(x + 62, 728, 26, WINDOW, 11)
        sheet.box(x - 52, 690, x + 52, 780, WINDOW)
        for steam in (-22, 22):
            sheet.line((x + steam, 670), (x + steam + 10, 645), (x + steam, 620), colour=WINDOW,
                       thick=7)  # fmt: skip
    return sheet


# By the key of a team in teams.toml: what is drawn, and the words for who cannot see it.
DRAWINGS: dict[str, tuple[Callable[[], Sheet], str]] = {
    "wurzelwerk": (garden, "Drei Hochbeete vor bunten Häusern, dazwischen zwei Menschen"),
    "schrauberhof": (workshop, "Zwei Fahrräder und eine Werkbank, zwei Menschen reparieren"),
    "kannenkette": (watering, "Drei Menschen mit Gießkannen zwischen zwei jungen Bäumen"),
    "sitzpause": (bench, "Zwei Menschen auf einer Bank unter einem Baum, eine Frau kommt vorbei"),
    "zweimal-klingeln": (party, "Eine lange Tafel auf der Straße unter einer Wimpelkette"),
    "sprachcafe": (cups, "Drei Menschen an einem Tisch, vor jedem eine dampfende Tasse"),
}
