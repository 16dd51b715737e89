//! Vectors as the bytes of a `.safetensors` file: one f32 tensor an attribute, the table in the header.

use std::collections::{BTreeMap, HashMap};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::{Attribute, AttributeError, Attributes, Table};
use crate::model::{self, Settings, weights};

/// Version of the layout that this program writes and the newest it reads.
pub(super) const FORMAT: u32 = 1;
/// Key of the table's JSON in the header's `__metadata__`.
const TABLE_KEY: &str = "attributes";

impl Attributes {
    /// The vectors that lie beside the model called `name_or_path`, which is `model`.
    ///
    /// # Errors
    /// [`AttributeError::Absent`] where there are none; unreadable ones, or those of other weights.
    pub fn beside(name_or_path: &str, model: &Settings) -> Result<Self, AttributeError> {
        let Some((file, bytes)) = model::attributes_beside(name_or_path)? else {
            return Err(AttributeError::Absent { model: name_or_path.to_owned() });
        };
        let attributes = Self::parse(&bytes, &file)?;
        attributes.table().check(model, &file)?;
        Ok(attributes)
    }

    /// Reads vectors from the bytes of their file; `file` stands in messages.
    ///
    /// # Errors
    /// [`AttributeError::Format`].
    pub fn parse(bytes: &[u8], file: &str) -> Result<Self, AttributeError> {
        let fault = |cause: String| AttributeError::Format { file: file.to_owned(), cause };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| fault(e.to_string()))?;
        let json = header.metadata().as_ref().and_then(|m| m.get(TABLE_KEY));
        let json = json.ok_or_else(|| fault("its header holds no table of attributes".to_owned()))?;
        let table: Table = serde_json::from_str(json).map_err(|e| fault(e.to_string()))?;
        if table.format > FORMAT {
            return Err(fault(format!("its format {} is newer than {FORMAT}", table.format)));
        }
        let tensors = weights::parse_tensors(bytes, file).map_err(|e| fault(e.to_string()))?;
        let mut vectors = BTreeMap::new();
        for record in &table.vectors {
            let name = record.attribute.name();
            match tensors.get(name) {
                Some((_, vector)) if vector.len() != table.z_size => {
                    return Err(fault(format!("{name} has {} numbers, not {}", vector.len(), table.z_size)));
                }
                Some((_, vector)) if vector.iter().any(|x| !x.is_finite()) => {
                    return Err(fault(format!("{name} holds values that are not finite")));
                }
                Some((_, vector)) => vectors.insert(record.attribute, vector.to_vec()),
                None => return Err(fault(format!("{name} is missing"))),
            };
        }
        Ok(Self::new(table, vectors))
    }

    /// The bytes of their file; the same vectors give the same bytes.
    ///
    /// # Errors
    /// [`AttributeError::Format`]: nothing that a table of finite numbers can cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, AttributeError> {
        let file = || format!("{}.attributes.safetensors", self.table().model);
        let fault = |cause: String| AttributeError::Format { file: file(), cause };
        let stored: Vec<(Attribute, Vec<u8>)> = self
            .names()
            .filter_map(|a| {
                let vector = self.vector(a.name())?;
                Some((a, vector.iter().flat_map(|x| x.to_le_bytes()).collect()))
            })
            .collect();
        let mut views = Vec::with_capacity(stored.len());
        for (attribute, bytes) in &stored {
            let view = TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes);
            views.push((attribute.name(), view.map_err(|e| fault(e.to_string()))?));
        }
        let json = serde_json::to_string(self.table()).map_err(|e| fault(e.to_string()))?;
        let header = HashMap::from([(TABLE_KEY.to_owned(), json)]);
        safetensors::serialize(views, Some(header)).map_err(|e| fault(e.to_string()))
    }
}
