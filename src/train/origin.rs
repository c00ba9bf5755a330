//! `Origin`: what a run is made of, by which a checkpoint is known to belong to it.

use super::data::Example;
use super::recipe::Recipe;
use super::teacher::Teacher;
use crate::error::{Context, Error, Result, Stage};
use crate::model::Checkpoint;
use crate::model::checkpoint::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// What a run is made of, so that its bytes follow from it. A checkpoint of another one is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The recipe as TOML
    pub recipe: String,
    /// sha256 of the labelled rows, their token ids and the teacher
    pub data: String,
    /// sha256 of the start's files
    pub start: BTreeMap<String, String>,
}

impl Origin {
    /// The origin of a run over these rows, with their token ids by split.
    pub fn of(
        recipe: &Recipe,
        rows: &[Example],
        ids: [&Vec<Vec<u32>>; 2],
        teacher: Option<&Teacher>,
        start: &Checkpoint,
    ) -> Result<Self> {
        let mut hash = Sha256::new();
        for row in rows {
            // Every field but the place: data may be moved between two runs.
            hash.update(format!("{:?}", Example { file: "".into(), line: 0, ..row.clone() }));
        }
        hash.update(format!("{ids:?}{teacher:?}"));
        Ok(Self {
            recipe: toml::to_string(recipe).stage(Stage::Train)?,
            data: hex(&hash.finalize()),
            start: start.sha256.clone(),
        })
    }

    /// Refuses to go on where the checkpoint in `folder` is of another run, whose origin `was`.
    pub fn check(&self, was: &Self, folder: &Path) -> Result<()> {
        let what = if was.recipe != self.recipe {
            format!("the recipe differs from that of the checkpoint: {}", first_difference(&was.recipe, &self.recipe))
        } else if was.data != self.data {
            "the labelled data, their token ids or the teacher differ from those of the checkpoint".into()
        } else if was.start != self.start {
            "the start differs from that of the checkpoint".into()
        } else {
            return Ok(());
        };
        Err(Error::new(Stage::Train, what)
            .file(folder)
            .hint("go on with what the run was started with, or start again with --force"))
    }
}

/// The first line of two texts that differs, as it was and as it is.
fn first_difference(was: &str, is: &str) -> String {
    let (mut old, mut new) = (was.lines(), is.lines());
    loop {
        let (a, b) = (old.next(), new.next());
        if a != b || a.is_none() {
            let line = |l: Option<&str>| l.map_or("nothing".to_string(), |l| format!("`{}`", l.trim()));
            return format!("{} was {}", line(b), line(a));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_recipe_other_data_and_another_start_are_refused_by_name() {
        let start = BTreeMap::from([("a".to_string(), "0".to_string())]);
        let was = Origin { recipe: "name = \"x\"\nseed = 1\n".into(), data: "0".into(), start };
        let folder = Path::new("out/checkpoint/step-4");
        was.check(&was, folder).unwrap();
        let message = |change: fn(&mut Origin)| {
            let mut is = was.clone();
            change(&mut is);
            is.check(&was, folder).unwrap_err().to_string()
        };
        assert!(message(|o| o.recipe = o.recipe.replace('1', "2")).contains("`seed = 2` was `seed = 1`"));
        assert!(message(|o| o.data.push('1')).contains("labelled data"));
        assert!(message(|o| o.start.clear()).contains("start differs"));
    }
}
