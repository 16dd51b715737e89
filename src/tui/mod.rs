//! The screen: terminal, layout, widgets, keymap, themes.
