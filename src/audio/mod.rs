//! Sound: the output stream, SoundFont voices, the built-in SoundFont, offline rendering.
