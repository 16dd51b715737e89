//! Sequences of mostly empty rows: one-hot tokens, drum rolls, grooves, controls.

/// A row: the places that are not zero and their values.
pub type Row = Vec<(u32, f32)>;

/// One row a step.
pub type Rows = Vec<Row>;

/// Appends `controls` to the rows of a sequence, `depth` places further on; steps without a control get none.
pub fn append(rows: &mut [Row], controls: &[Row], depth: usize) {
    for (row, control) in rows.iter_mut().zip(controls) {
        row.extend(control.iter().map(|(place, value)| (place + depth as u32, *value)));
    }
}
