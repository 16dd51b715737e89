//! The real-time part: timeline, sequencer, sounding-note ledger. Allocates nothing, locks nothing.
