//! The command line: one file per verb, human text on a terminal, JSON for machines.

pub mod train;
