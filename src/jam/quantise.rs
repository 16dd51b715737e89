//! Where launches take effect.

/// The boundary at which a launch takes over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Quantise {
    /// At once.
    Now,
    /// At the next quarter.
    Beat,
    /// At the next bar.
    #[default]
    Bar,
    /// At the next even bar.
    TwoBars,
    /// At this quarter of the transport, for what goes on by itself; nobody chooses it.
    At(u32),
}

impl Quantise {
    /// The next one in the circle.
    pub fn next(self) -> Self {
        match self {
            Self::Now => Self::Beat,
            Self::Beat => Self::Bar,
            Self::Bar => Self::TwoBars,
            Self::TwoBars | Self::At(_) => Self::Now,
        }
    }

    /// For the header: `bar`.
    pub fn short(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Beat => "beat",
            Self::Bar => "bar",
            Self::TwoBars => "2 bars",
            Self::At(_) => "then",
        }
    }

    /// For sentences: `at the next bar`.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Now => "at once",
            Self::Beat => "at the next beat",
            Self::Bar => "at the next bar",
            Self::TwoBars => "at the next two bars",
            Self::At(_) => "in its turn",
        }
    }
}
