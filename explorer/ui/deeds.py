"""What the window can be told to do: one table for menus, tool bar, keys and help.

A deed with a plain `key` (a letter, Space, Home, arrows, which widgets use too) is no shortcut of Qt: the window
acts on it only when no focused widget wanted it, so a typed number or a focused button keeps its keys.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt


@dataclass(frozen=True)
class Deed:
    """`name` is what the desk answers to; `keys` a Qt shortcut, `key` a plain key; `bar`: it stands in the tool bar."""

    name: str
    text: str
    menu: str
    keys: str = ""
    key: Qt.Key | None = None
    key_text: str = ""
    icon: str = ""
    tip: str = ""
    bar: bool = False
    word: str = ""  # beside the icon, where the bar has room


K = Qt.Key
DEEDS: tuple[Deed, ...] = (
    Deed(
        "open",
        "Open model…",
        "File",
        "Ctrl+O",
        icon="folder-open",
        tip="Open a checkpoint, or a file of a model folder",
    ),
    Deed("open_folder", "Open folder…", "File", "Ctrl+Alt+O", icon="folder-open", tip="Open a model folder"),
    Deed("encode", "Bring a picture…", "File", "Ctrl+I", icon="image", tip="Find the latent of a picture of yours"),
    Deed(
        "search", "Search for a picture…", "File", tip="By optimisation, with the loss on show; encodings are refined"
    ),
    Deed("bring_files", "Bring samples…", "File", "Ctrl+Shift+O", tip="Latents and labels from files"),
    Deed(
        "bring_folder",
        "Bring a folder of pictures…",
        "File",
        tip="See your pictures on the map: encoded, or found by search",
    ),
    Deed("beside_samples", "Show yours beside the model's", "File"),
    Deed("own_samples", "Back to the model's samples", "File"),
    Deed(
        "drop_copies",
        "Remove kept copies",
        "File",
        tip="Those that are kept in the cache of checkpoints of others, so that they open at once; your files stay",
    ),
    Deed("save_picture", "Save picture…", "File", "Ctrl+S", icon="download"),
    Deed("save_grid", "Save grid…", "File", icon="grid-2x2", tip="The decoded grid of the map, for print"),
    Deed(
        "export_film",
        "Export film…",
        "File",
        "Ctrl+E",
        icon="film",
        tip="The path as a film, as pictures or as numbers",
    ),
    Deed("save_samples", "Save samples…", "File", tip="The selection, or all, with labels, places and latents"),
    Deed("save_map", "Save map…", "File", tip="The map as it is seen, for print: PNG or SVG"),
    Deed("open_demo", "Open demo…", "File", tip="A demo file, or a picture that was saved here"),
    Deed("save_demo", "Save demo…", "File", "Ctrl+Shift+S", tip="One file that opens elsewhere to exactly this"),
    Deed("about_model", "About this model", "File", "Ctrl+M", icon="info", bar=True),
    Deed("quit", "Quit", "File", "Ctrl+Q"),
    Deed("undo", "Undo", "Edit", "Ctrl+Z", icon="undo-2", bar=True),
    Deed("redo", "Redo", "Edit", "Ctrl+Shift+Z", icon="redo-2", bar=True),
    Deed(
        "copy", "Copy state as text", "Edit", "Ctrl+C", icon="copy", tip="All that is needed to come back here exactly"
    ),
    Deed("paste", "Paste state", "Edit", "Ctrl+V", icon="clipboard-paste"),
    Deed("copy_python", "Copy as Python", "Edit", "Ctrl+Shift+C"),
    Deed("random", "Random latent", "Edit", key=K.Key_R, key_text="R", icon="dice-5", bar=True, word="Random"),
    Deed(
        "zero",
        "Zero",
        "Edit",
        key=K.Key_Home,
        key_text="Home",
        icon="house",
        tip="The centre of the prior",
        bar=True,
        word="Zero",
    ),
    Deed(
        "class_on", "Next class", "Edit", key=K.Key_Period, key_text=".", tip="Of a model with classes: the same latent"
    ),
    Deed("class_back", "Previous class", "Edit", key=K.Key_Comma, key_text=","),
    Deed(
        "class_hold",
        "Keep the class, or let it change",
        "Edit",
        key=K.Key_K,
        key_text="K",
        icon="lock",
        tip="Random latents, the map and samples leave it alone",
    ),
    Deed("reset", "Reset all sliders", "Edit", "Ctrl+R", icon="rotate-ccw"),
    Deed("choose_prior", "Prior…", "Edit", "Ctrl+Shift+P", tip="What random latents are drawn from"),
    Deed("fit_prior", "Fit the prior to the samples", "Edit", "Ctrl+Shift+F", tip="Random latents like those on show"),
    Deed(
        "snapshot", "Snapshot to the shelf", "Edit", key=K.Key_S, key_text="S", icon="camera", bar=True, word="Snapshot"
    ),
    Deed("tool_pan", "Move the map", "Select", key=K.Key_H, key_text="H", icon="hand"),
    Deed("tool_lasso", "Lasso", "Select", key=K.Key_L, key_text="L", icon="lasso"),
    Deed("tool_box", "Box", "Select", key=K.Key_M, key_text="M", icon="square-dashed"),
    Deed("tool_brush", "Brush", "Select", key=K.Key_B, key_text="B", icon="brush"),
    Deed("select_all", "All samples", "Select", "Ctrl+A"),
    Deed("select_none", "Nothing", "Select", "Ctrl+Shift+A"),
    Deed("select_others", "The others", "Select", "Ctrl+Shift+I"),
    Deed("show_only", "Show only the selection, or all", "Select", key=K.Key_F, key_text="F", tip="Hide the others"),
    Deed("side_by_side", "Samples side by side…", "View", "Ctrl+B", tip="Before above, after below, under the sliders"),
    Deed("analogy", "Analogy…", "Edit", "Ctrl+J", tip="a is to b as c is to what?"),
    Deed("original", "Without the sliders, while held", "View", key=K.Key_O, key_text="O"),
    Deed("put_with", "Add to the examples with", "Edit", key=K.Key_Y, key_text="Y"),
    Deed("put_without", "Add to the examples without", "Edit", key=K.Key_N, key_text="N"),
    Deed("pin", "Pin to the path", "Path", key=K.Key_P, key_text="P", icon="map-pin", bar=True, word="Pin"),
    Deed("play", "Play or pause", "Path", key=K.Key_Space, key_text="Space", icon="play"),
    Deed("step_back", "Previous frame", "Path", key=K.Key_Left, key_text="Left", icon="step-back"),
    Deed("step_on", "Next frame", "Path", key=K.Key_Right, key_text="Right", icon="step-forward"),
    Deed("record", "Record what is done…", "Path", icon="circle-dot", tip="The picture as it changes, into a film"),
    Deed("copy_path", "Copy path as Python", "Path"),
    Deed("leave", "Back to the current latent", "Path", key=K.Key_Escape, key_text="Esc"),
    Deed("reset_view", "Show the whole map", "View", key=K.Key_0, key_text="0", icon="zoom-out"),
    Deed("grid", "Grid of pictures on the map", "View", key=K.Key_G, key_text="G", icon="grid-2x2"),
    Deed("second_map", "Second map", "View", key=K.Key_2, key_text="2", icon="panel-right", tip="Two maps or one"),
    Deed("full_screen", "Picture alone on the screen", "View", "F11", icon="maximize"),
    Deed("reset_layout", "Put the panels back", "View"),
    Deed("welcome", "Welcome", "Help", "F1", icon="circle-help"),
    Deed("keys", "Keys and gestures", "Help", "Shift+F1"),
)
