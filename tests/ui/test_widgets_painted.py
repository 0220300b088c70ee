"""The widgets that know no domain: slider, number, row, picture, strip."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from panel_scene import drag, mouse, pictures, wheel
from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.widgets import ink
from explorer.ui.widgets.bars import BarPlot
from explorer.ui.widgets.glyphs import GlyphButton
from explorer.ui.widgets.notes import Dim, Empty, Quiet, Title
from explorer.ui.widgets.number import Number, read_number, signed
from explorer.ui.widgets.picture import Picture, image_of, square_in
from explorer.ui.widgets.row import SliderRow
from explorer.ui.widgets.slider import Slider
from explorer.ui.widgets.strip import FilmStrip


@pytest.fixture
def slider(qtbot: QtBot) -> Slider:
    widget = Slider(-4, 4)
    qtbot.addWidget(widget)
    widget.resize(300, 24)
    widget.show()
    return widget


@pytest.fixture
def row(qtbot: QtBot) -> SliderRow:
    widget = SliderRow("smile", -4, 4)
    qtbot.addWidget(widget)
    widget.resize(420, 24)
    widget.show()
    return widget


def heard(slider: Slider | Number | SliderRow) -> list[object]:
    """What a widget says, in order."""
    said: list[object] = []
    begins, ends = (slider.began, slider.ended) if isinstance(slider, SliderRow) else (slider.pressed, slider.released)
    begins.connect(lambda: said.append("begin"))
    slider.moved.connect(lambda value: said.append(round(value, 3)))
    ends.connect(lambda: said.append("end"))
    slider.reset_wanted.connect(lambda: said.append("reset"))
    return said


def test_a_slider_set_by_code_is_silent(slider: Slider) -> None:
    said = heard(slider)
    slider.show_value(2.0)
    slider.show_range(-1, 5)
    slider.show_tick(1.0)
    assert said == []
    assert slider.value == 2.0


def test_a_drag_of_the_hand_is_framed_by_begin_and_end(slider: Slider) -> None:
    said = heard(slider)
    drag(slider, (slider.x_of(0), 12), (slider.x_of(1), 12), (slider.x_of(2.5), 12))
    assert said == ["begin", 1.0, 2.5, "end"]


def test_a_hand_taken_beside_its_middle_does_not_jump(slider: Slider) -> None:
    slider.show_value(1.0)
    said = heard(slider)
    drag(slider, (slider.x_of(1) + 4, 12), (slider.x_of(1) + 4, 12))
    assert said == ["begin", "end"]


def test_a_click_on_the_track_brings_the_hand_there(slider: Slider) -> None:
    said = heard(slider)
    drag(slider, (slider.x_of(-3), 12))
    assert said == ["begin", -3.0, "end"]


def test_shift_makes_the_hand_ten_times_finer(slider: Slider) -> None:
    drag(slider, (slider.x_of(0), 12), (slider.x_of(2), 12), modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert slider.value == pytest.approx(0.2)


def test_the_hand_stops_at_the_ends_of_the_track(slider: Slider) -> None:
    drag(slider, (slider.x_of(0), 12), (5000, 12))
    assert slider.value == 4.0


def test_the_right_button_asks_for_a_reset_and_moves_nothing(slider: Slider) -> None:
    said = heard(slider)
    mouse(slider, QEvent.Type.MouseButtonPress, QPointF(20, 12), Qt.MouseButton.RightButton)
    assert said == ["reset"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_Right, 0.1),
        (Qt.Key.Key_Down, -0.1),
        (Qt.Key.Key_PageUp, 1.0),
        (Qt.Key.Key_PageDown, -1.0),
    ],
)
def test_keys_move_the_slider_by_one_gesture_each(qtbot: QtBot, slider: Slider, key: Qt.Key, value: float) -> None:
    said = heard(slider)
    qtbot.keyClick(slider, key)
    assert said == ["begin", value, "end"]


def test_the_slider_leaves_keys_it_does_not_use_to_the_window(qtbot: QtBot) -> None:
    window = Picture()
    qtbot.addWidget(window)
    got: list[int] = []
    window.keyPressEvent = lambda event: got.append(event.key())  # type: ignore[method-assign]
    slider = Slider(parent=window)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Space, Qt.Key.Key_R):
        qtbot.keyClick(slider, key)
    assert got == [Qt.Key.Key_Home, Qt.Key.Key_Space, Qt.Key.Key_R]


def test_the_wheel_turns_only_a_slider_that_has_the_focus(qtbot: QtBot, slider: Slider) -> None:
    slider.clearFocus()
    said = heard(slider)
    wheel(slider, 1)
    assert said == []
    slider.activateWindow()
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus)
    wheel(slider, 1)
    wheel(slider, 1)
    slider.clearFocus()
    assert said == ["begin", 0.1, 0.2, "end"]


def test_a_slider_has_a_hand_drawn_in_every_palette(slider: Slider) -> None:
    for ground in ("#f2f2f4", "#1e1e21"):
        palette = QPalette(QColor(ground))
        slider.setPalette(palette)
        slider.show_value(3.0)
        image = slider.grab().toImage()
        hand = image.pixelColor(int(slider.x_of(3.0)), 12)
        assert abs(hand.lightness() - QColor(ground).lightness()) > 60


@pytest.mark.parametrize(("text", "value"), [("1.5", 1.5), ("+1,5", 1.5), ("−2", -2.0), (" .5 ", 0.5)])
def test_a_number_is_read_as_people_write_it(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1e9"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert read_number(text) is None


def test_numbers_are_written_with_a_sign_and_zero_without() -> None:
    assert [signed(value) for value in (1.44, -0.6, 0.01, -0.01)] == ["+1.4", "−0.6", "0.0", "0.0"]


def test_a_typed_number_is_one_gesture(qtbot: QtBot, row: SliderRow) -> None:
    said = heard(row)
    row.number.setFocus()
    row.number.selectAll()
    qtbot.keyClicks(row.number, "1.25")
    assert said == []
    qtbot.keyClick(row.number, Qt.Key.Key_Return)
    assert said == ["begin", 1.25, "end"]
    assert row.slider.value == 1.25


def test_a_typed_number_beyond_the_range_widens_it(qtbot: QtBot, row: SliderRow) -> None:
    row.number.selectAll()
    qtbot.keyClicks(row.number, "7.5")
    qtbot.keyClick(row.number, Qt.Key.Key_Return)
    assert row.value == 7.5
    assert row.slider.range == (-4, 8)


def test_escape_brings_back_what_stood_there(qtbot: QtBot, row: SliderRow) -> None:
    said = heard(row)
    row.number.selectAll()
    qtbot.keyClicks(row.number, "99")
    qtbot.keyClick(row.number, Qt.Key.Key_Escape)
    assert row.number.text() == "0.00"
    assert said == []


def test_a_number_is_dragged_sideways(row: SliderRow) -> None:
    said = heard(row)
    drag(row.number, (10, 10), (90, 10))
    assert said == ["begin", 2.0, "end"]


def test_a_click_on_a_number_selects_it_and_moves_nothing(row: SliderRow) -> None:
    said = heard(row)
    drag(row.number, (10, 10), (11, 10))
    assert said == []
    assert row.number.selectedText() == row.number.text()


def test_a_number_never_writes_over_what_is_being_typed(qtbot: QtBot, row: SliderRow) -> None:
    row.activateWindow()
    row.number.setFocus()
    qtbot.waitUntil(row.number.hasFocus)
    qtbot.keyClicks(row.number, "3")
    row.show_place(1.0, 0.0, changed=True)
    assert row.number.text() == "3"


def test_a_row_set_by_code_is_silent(row: SliderRow) -> None:
    said = heard(row)
    row.show_place(1.5, 0.5, changed=True)
    assert said == []
    assert (row.value, row.slider.tick, row.number.text()) == (1.5, 0.5, "+1.50")


def test_a_row_asks_for_a_reset_only_when_something_changed(row: SliderRow) -> None:
    said = heard(row)
    row.show_place(0.5, 0.5, changed=False)
    mouse(row.slider, QEvent.Type.MouseButtonPress, QPointF(20, 12), Qt.MouseButton.RightButton)
    assert said == []
    row.show_place(1.5, 0.5, changed=True)
    mouse(row.slider, QEvent.Type.MouseButtonPress, QPointF(20, 12), Qt.MouseButton.RightButton)
    mouse(row.number, QEvent.Type.MouseButtonPress, QPointF(5, 5), Qt.MouseButton.RightButton)
    row.reset.click()
    assert said == ["reset", "reset", "reset"]


def test_every_part_of_a_row_has_an_accessible_name(row: SliderRow) -> None:
    names = [part.accessibleName() for part in (row.slider, row.number, row.reset)]
    assert names == ["smile", "smile, number", "Reset smile"]


def test_a_row_is_walked_through_by_tab_from_left_to_right(row: SliderRow) -> None:
    row.show_place(1.0, 0.0, changed=True)
    assert row.slider.nextInFocusChain() is row.number
    assert row.number.nextInFocusChain() is row.reset


def test_the_image_of_an_array_owns_its_pixels() -> None:
    pixels = np.zeros((5, 7, 3), dtype=np.uint8)
    pixels[2, 3] = (10, 20, 30)
    image = image_of(pixels)
    pixels[:] = 255
    del pixels
    gc.collect()
    assert (image.width(), image.height()) == (7, 5)
    assert image.pixelColor(3, 2).getRgb()[:3] == (10, 20, 30)
    assert image.pixelColor(0, 0) == QColor("black")


def test_one_channel_becomes_grey() -> None:
    image = image_of(np.full((3, 3, 1), 77, dtype=np.uint8))
    assert image.pixelColor(1, 1).getRgb()[:3] == (77, 77, 77)


def test_a_picture_stands_square_in_the_middle() -> None:
    assert square_in(QRect(0, 0, 300, 100)) == QRect(100, 0, 100, 100)
    assert square_in(QRect(0, 0, 100, 300), 2.0) == QRect(0, 125, 100, 50)
    assert square_in(QRect(0, 0, 0, 0)).isEmpty()


def test_sharp_pixels_have_hard_edges_and_soft_ones_do_not(qtbot: QtBot) -> None:
    picture = Picture()
    qtbot.addWidget(picture)
    picture.resize(200, 200)
    picture.show_image(image_of(np.array([[[0], [255]], [[0], [255]]], dtype=np.uint8)))
    for smooth in (False, True):
        picture.show_smooth(smooth)
        row = [picture.grab().toImage().pixelColor(x, 100).red() for x in range(0, 200, 5)]
        assert (set(row) == {0, 255}) is not smooth


def test_an_empty_picture_paints_nothing_worse_than_ground(qtbot: QtBot) -> None:
    picture = Picture()
    qtbot.addWidget(picture)
    picture.show_image(QImage())
    for size in ((0, 0), (1, 1), (300, 40)):
        picture.resize(*size)
        picture.grab()


@pytest.fixture
def strip(qtbot: QtBot) -> FilmStrip:
    widget = FilmStrip()
    qtbot.addWidget(widget)
    widget.resize(600, 80)
    widget.show_count(48)
    widget.show_images(dict(enumerate(image_of(picture) for picture in pictures(48))))
    widget.show()
    return widget


def test_the_strip_shows_both_ends_and_as_many_frames_as_fit(strip: FilmStrip) -> None:
    cells = strip.cells()
    frames = [frame for frame, _ in cells]
    assert frames[0] == 0
    assert frames[-1] == 47
    width = cells[0][1].width()
    assert len(cells) * width <= strip.width() < (len(cells) + 1) * (width + 8)  # one more has no room
    assert frames == sorted(set(frames))
    assert all(strip.rect().contains(cell) for _, cell in cells)


def test_a_short_film_stands_at_the_left_of_the_strip(strip: FilmStrip) -> None:
    strip.show_count(3)
    assert [frame for frame, _ in strip.cells()] == [0, 1, 2]


def test_dragging_in_the_strip_scrubs_from_end_to_end(strip: FilmStrip) -> None:
    scrubbed: list[int] = []
    strip.scrubbed.connect(scrubbed.append)
    drag(strip, (-50, 20), (strip.x_of(20), 20), (5000, 20))
    assert scrubbed == [0, 20, 47]


def test_a_strip_without_a_film_cannot_be_scrubbed(strip: FilmStrip) -> None:
    scrubbed: list[int] = []
    strip.scrubbed.connect(scrubbed.append)
    strip.show_count(0)
    drag(strip, (10, 20), (200, 20))
    assert scrubbed == []


def test_the_current_frame_is_outlined_in_the_accent(strip: FilmStrip) -> None:
    accent = ink.accent(strip.palette())
    strip.show_current(47)
    cell = strip.cells()[-1][1]
    assert strip.grab().toImage().pixelColor(cell.right() - 1, cell.center().y()) == accent


def test_a_strip_paints_with_missing_frames_and_at_any_size(strip: FilmStrip) -> None:
    strip.forget_images()
    strip.show_note("Do this.")
    for size in ((1, 1), (40, 200), (2000, 12)):
        strip.resize(*size)
        strip.show_note("")
        strip.grab()
        strip.show_note("Do that.")
        strip.grab()


def test_a_bar_says_what_it_is(qtbot: QtBot) -> None:
    plot = BarPlot()
    qtbot.addWidget(plot)
    plot.resize(100, 60)
    assert plot.bar_at(50) is None
    plot.show_values([1.0, 0.0, 2.0, 0.5], ["a", "b", "c", "d"], "Effect")
    assert [plot.bar_at(x) for x in (0, 30, 60, 99, 100)] == [0, 1, 2, 3, None]
    plot.grab()


def test_a_glyph_button_takes_no_focus_from_a_click(qtbot: QtBot) -> None:
    button = GlyphButton("play", "Play", key="Space")
    qtbot.addWidget(button)
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert button.toolTip() == "Play (Space)"
    assert button.accessibleName() == "Play"
    button.show_glyph("pause")
    button.grab()


def test_rows_grow_with_the_type(row: SliderRow) -> None:
    before = row.slider.sizeHint().height()
    font = row.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    row.setFont(font)
    QApplication.processEvents()
    assert row.slider.sizeHint().height() > before
    assert row.slider.sizeHint().height() % ink.GRID == 0


@pytest.mark.parametrize("kind", [Dim, Quiet, Title, Empty])
def test_quiet_texts_follow_the_type_of_the_program(qtbot: QtBot, kind: type[Dim] | type[Title]) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = kind("words", window)
    window.show()
    before, size = QApplication.font(), label.font().pointSizeF()
    larger = QApplication.font()
    larger.setPointSizeF(before.pointSizeF() * 2)
    QApplication.setFont(larger)
    label.setFont(larger)  # as a style sheet does when it is applied anew
    assert label.font().pointSizeF() == pytest.approx(size * 2, abs=0.02)
    QApplication.setFont(before)
