//! The palette in a session's text: its dot, and the patterns in its corners.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::file::{PatternRow, pattern_row, place, slot, within};
use crate::jam::palette::{CORNERS, Field};
use crate::jam::slot::{Slot, SlotId};

/// The palette of a session.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PaletteRow {
    /// The dot, 0 left to 1 right.
    x: f64,
    /// 0 top to 1 bottom.
    y: f64,
    /// Where the pattern under the dot stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(default, rename = "corner")]
    corners: Vec<CornerRow>,
}

/// A corner that holds a pattern: one of the bank, or one that stands there no more.
#[derive(Debug, Serialize, Deserialize)]
struct CornerRow {
    /// One of [`CORNERS`].
    at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<PatternRow>,
}

/// The row of `field`; `None` where no corner holds a pattern. `slots` are those of the bank.
pub(super) fn write(field: &Field, slots: &[(SlotId, Arc<Slot>)]) -> Option<PaletteRow> {
    let corner = |(at, corner): (&str, &Option<Arc<Slot>>)| {
        let corner = corner.as_ref()?;
        let place = slots.iter().find(|(_, slot)| slot == corner).map(|(place, _)| *place);
        Some(CornerRow {
            at: at.to_owned(),
            place: place.map(|place| place.to_string()),
            // It came from the bank, and stood in its first place as far as anybody knows.
            pattern: place.is_none().then(|| pattern_row(SlotId::FIRST, corner)),
        })
    };
    let corners: Vec<CornerRow> = CORNERS.into_iter().zip(&field.corners).filter_map(corner).collect();
    let place = field.place.map(|place| place.to_string());
    (!corners.is_empty()).then_some(PaletteRow { x: field.x, y: field.y, place, corners })
}

/// The palette of a row. `slots` are those of the bank; a dot beyond the field is brought to its edge and `told`.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn read(
    row: PaletteRow,
    slots: &[(SlotId, Arc<Slot>)],
    told: &mut Vec<String>,
) -> Result<Field, String> {
    let mut held = |axis: &str, to: f64| within(told, &format!("palette: {axis}"), to, [0.0, 1.0], 0.5);
    let stands = row.place.as_deref().map(place).transpose()?;
    let mut field = Field { x: held("x", row.x), y: held("y", row.y), place: stands, ..Field::default() };
    for corner in row.corners {
        let name = corner.at;
        let at = CORNERS
            .iter()
            .position(|known| *known == name)
            .ok_or_else(|| format!("the palette has no corner {name:?}: they are {}", CORNERS.join(", ")))?;
        let slot = match (corner.place, corner.pattern) {
            (Some(from), _) => {
                let from = place(&from)?;
                let found = slots.iter().find(|(place, _)| *place == from).map(|(_, slot)| slot.clone());
                found.ok_or_else(|| format!("the palette's corner {name:?} is {from}, which is empty"))?
            }
            (None, Some(pattern)) => Arc::new(slot(pattern, false, told)?),
            (None, None) => return Err(format!("the palette's corner {name:?} names no pattern")),
        };
        if field.corners[at].is_some() {
            return Err(format!("two patterns stand in the palette's corner {name:?}"));
        }
        if !field.takes(&slot) {
            return Err(format!(
                "the palette's corner {name:?} comes from {}, the others do not: only patterns of one model lie between each other",
                slot.recipe().model
            ));
        }
        field.corners[at] = Some(slot);
    }
    Ok(field)
}

#[cfg(test)]
mod tests {
    use super::super::Session;
    use crate::jam::fixtures::{at, begun, give};
    use crate::jam::{Intent, State};

    /// A jam with a palette whose dot was moved, and one of whose corners has left the bank.
    fn jam() -> State {
        let mut state = begun();
        give(&mut state, Intent::PaletteFill);
        give(&mut state, Intent::PaletteTo { x: 0.25, y: 0.75 });
        give(&mut state, Intent::Clear(Some(at("A2"))));
        state
    }

    #[test]
    fn corners_and_dot_come_back_those_that_left_the_bank_too() {
        let state = jam();
        let text = Session::of(&state).to_toml();
        assert!(text.contains("at = \"left above\"\nplace = \"A1\""), "{text}");
        let (session, warnings) = Session::from_toml(&text, "x").unwrap();
        assert_eq!(warnings, [] as [String; 0]);
        let again = session.state(state.models.clone()).edit.palette;
        let palette = &state.edit.palette;
        assert_eq!(
            (again.corners.clone(), again.x, again.y, again.place),
            (palette.corners.clone(), 0.25, 0.75, palette.place)
        );
    }

    #[test]
    fn a_dot_beyond_the_field_is_brought_to_its_edge_with_a_word() {
        let text = Session::of(&jam()).to_toml().replacen("x = 0.25", "x = 3.5", 1);
        let (session, told) = Session::from_toml(&text, "x").unwrap();
        assert_eq!((session.palette.x, session.palette.y), (1.0, 0.75));
        assert_eq!(told, ["palette: x = 3.5: 0 to 1 are possible, 1 is taken"]);
    }

    #[test]
    fn a_corner_that_is_none_or_holds_nothing_is_told() {
        let text = Session::of(&jam()).to_toml();
        let fault = |from: &str, to: &str| {
            let broken = text.replacen(from, to, 1);
            assert_ne!(broken, text);
            Session::from_toml(&broken, "x").unwrap_err().to_string()
        };
        let told = fault("\"right below\"", "\"right bellow\"");
        assert!(told.contains("no corner \"right bellow\"") && told.contains("right below"), "{told}");
        let told = fault("at = \"left above\"\nplace = \"A1\"", "at = \"left above\"\nplace = \"G7\"");
        assert!(told.contains("is G7, which is empty"), "{told}");
        let told = fault("at = \"left above\"\nplace = \"A1\"", "at = \"left above\"");
        assert!(told.contains("names no pattern"), "{told}");
    }
}
