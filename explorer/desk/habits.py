"""What is remembered from one day to the next: theme, device, layout, recent models, smooth or crisp pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QApplication

from explorer.desk.open_model import OpenModel, remembered
from explorer.desk.recents import Recents
from explorer.models.base import Card
from explorer.models.foreign.copies import source_of
from explorer.session import preferences
from explorer.session.preferences import GridChoice, MapChoice, Preferences, SearchChoice
from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui import theme
from explorer.ui.about import About
from explorer.ui.keys import Keys
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import DeviceChanged, Opened


class Habits(QObject):
    """Applies the preferences, and keeps them. `draft_wanted` carries a file of weights whose model is not right."""

    draft_wanted = Signal(object)

    def __init__(
        self,
        kept: Preferences,
        store: Store,
        engine: Engine,
        model: OpenModel,
        window: MainWindow,
        recents: Recents,
    ) -> None:
        super().__init__()
        self.recents = recents
        self._wanted_device = ""
        self._kept, self._engine, self._model, self._window = kept, engine, model, window
        self.table: Mapping[str, Callable[[], None]] = {
            "about_model": self._about,
            "reset_layout": window.reset_layout,
            "full_screen": window.toggle_full_screen,
            "welcome": window.welcome.open,
            "keys": self._show_keys,
            "quit": self._quit,
        }
        recents.forgotten.connect(lambda paths: self._remember(self._kept.without(paths)))
        self._themes()
        self._show_models()
        model.choice_of = self._choice_of
        store.listen(self._remember_map)
        store.listen(self._end_welcome)
        self._store = store
        window.restore_layout(kept.layout)
        window.stage.smooth = kept.smooth_pictures
        window.map.show_grid_setting(replace(window.map.grid_setting, **vars(kept.grid)))
        window.map.show_look(kept.points)
        window.map.look_changed.connect(lambda look: self._keep(points=look))
        window.welcome.closed.connect(lambda: self._keep(welcome_seen=True))
        window.tool_bar.device_wanted.connect(self._change_device)
        window.closing.connect(self._save)
        model.changed.connect(self._show_model)
        engine.device_changed.connect(self._show_device)
        if not kept.welcome_seen:
            window.welcome.open()

    def _choice_of(self, path: str) -> MapChoice | None:
        return self._kept.model_choices.get(path)

    def _remember_map(self, old: State, new: State) -> None:
        shown, before = ((state.projection, state.second, state.colour) for state in (new, old))
        if new.model == old.model and shown != before:
            beside = None if new.second is None else remembered(new.second)
            self._kept = self._kept.with_choice(new.model, remembered(new.projection, new.colour, beside))

    def _end_welcome(self, _old: State, _new: State) -> None:
        """The first thing done makes the welcome go."""
        if self._window.welcome.isVisible() and self._store.undo_title is not None:
            self._window.welcome.dismiss()

    def keep_search(self, choice: SearchChoice) -> None:
        """How latents of pictures were last searched for."""
        self._keep(search=choice)

    def _keep(self, **fields: object) -> None:
        self._kept = replace(self._kept, **fields)  # type: ignore[arg-type]
        preferences.save(self._kept)

    def _themes(self) -> None:
        group = QActionGroup(self)
        for name in theme.NAMES:
            action = self._window.themes.addAction(name.capitalize())
            action.setCheckable(True)
            action.setChecked(name == self._kept.theme)
            action.triggered.connect(lambda _=False, name=name: self._dress(name))
            group.addAction(action)

    def _dress(self, name: str) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, name)
            self._window.show_icons()
            self._keep(theme=name)

    def _show_models(self) -> None:
        self.recents.show_paths(self._kept.recent, self._kept.kinds)

    def _show_model(self, opened: Opened | None) -> None:
        self._window.tool_bar.show_model(opened.card if opened else None)
        self._window.actions_by_name["about_model"].setEnabled(opened is not None)
        for panel in self._window.panels:
            panel.show_model(opened)  # type: ignore[attr-defined]
        if opened is None:
            return
        self._window.setWindowTitle(f"{opened.card.name} - Latent Explorer")
        self._window.tool_bar.show_device(opened.device, opened.devices)
        self._window.status.show_device(opened.device, opened.precision)
        source = Path(source_of(opened.path))
        whole = str(source.resolve() if source.exists() else source)  # told from another folder, next time
        self._remember(self._kept.with_opened(opened.path, whole, kind_of(opened.card)))
        if opened.note:
            self._window.messages.show_note(opened.note)

    def remember_demo(self, path: str) -> None:
        """A demo file was opened."""
        self._remember(self._kept.with_recent(path, "demo"))

    def _remember(self, kept: Preferences) -> None:
        self._kept = kept
        preferences.save(kept)
        self._show_models()

    def _change_device(self, name: str) -> None:
        self._wanted_device = name
        self._engine.set_device(name)

    def _show_device(self, changed: DeviceChanged) -> None:
        if changed.device == self._wanted_device:  # chosen by hand, and it works
            self._model.device, self._wanted_device = changed.device, ""
            self._keep(device=changed.device)
        opened = self._model.opened
        self._window.tool_bar.show_device(changed.device, opened.devices if opened else (changed.device,))
        self._window.status.show_device(changed.device, changed.precision)
        if changed.note:
            self._window.messages.show_note(changed.note)

    def _about(self) -> None:
        opened = self._model.opened
        if opened is None:
            return
        source = source_of(opened.path)
        about = About(opened.card, self._window, can_draft=source != opened.path and opened.card.family == "layers")
        about.draft_wanted.connect(lambda: self.draft_wanted.emit(Path(source)))
        about.prior_wanted.connect(lambda: self._window.done.emit("choose_prior"))
        about.open()

    def _quit(self) -> None:
        self._window.close()

    def _show_keys(self) -> None:
        Keys(self._window).open()

    def _grid_choice(self) -> GridChoice:
        """Whether it is on is no habit: it is on when it is wanted."""
        setting = self._window.map.grid_setting
        return GridChoice(setting.side, setting.opacity, setting.tint, setting.equal)

    def _save(self) -> None:
        self._keep(
            layout=self._window.layout_text(), smooth_pictures=self._window.stage.smooth, grid=self._grid_choice()
        )


def kind_of(card: Card) -> str:
    """What a model came in, for the list of recent ones: 'torch zip file', 'diffusers folder', 'model folder'."""
    return card.container.partition(" (")[0] or ("table of words" if card.family == "words" else "model folder")
