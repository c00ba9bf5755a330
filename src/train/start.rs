//! `Start`: where the weights of a run come from, as a recipe writes it.

use crate::model::hub::ModelRef;
use std::path::{Path, PathBuf};

/// The name of the shipped bundle.
pub const SHIPPED: &str = "default";

/// A start, before it is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// The bundle that comes with the program
    Shipped,
    /// A model folder
    Folder(PathBuf),
    /// A model of a hub
    Hub(ModelRef),
}

impl Start {
    /// Reads `text` of the recipe in `folder`: `default`, else a folder that is there, else a hub's name where it is one,
    /// else the folder that is not there, so that the error names it.
    pub fn of(text: &str, folder: &Path) -> Self {
        let path = folder.join(text);
        if text == SHIPPED {
            Self::Shipped
        } else if path.is_dir() {
            Self::Folder(path)
        } else {
            text.parse().map_or(Self::Folder(path), Self::Hub)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_there_goes_before_a_hub_name() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("models/base")).unwrap();
        let of = |text: &str| Start::of(text, dir.path());
        assert_eq!(of("default"), Start::Shipped);
        assert_eq!(of("models/base"), Start::Folder(dir.path().join("models/base")));
        assert_eq!(of("arunika/small@v2"), Start::Hub("arunika/small@v2".parse().unwrap()));
        for lost in ["../lost", "./default", "no-such-model", "/lost/model"] {
            assert_eq!(of(lost), Start::Folder(dir.path().join(lost)));
        }
    }
}
