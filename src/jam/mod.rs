//! What a player plays with: bank, tracks, transport settings, undo; one `Intent` enum and a pure update.
