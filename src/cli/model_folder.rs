//! Where the model, the examples and the check list that the repository carries are found.

use std::path::{Path, PathBuf};

const DEFAULT: &str = "models/default";
const EXAMPLES: &str = "examples/articles";
const CHECK_LIST: &str = "training/check";

/// The folder of the default model.
pub fn default() -> anyhow::Result<PathBuf> {
    find(DEFAULT).ok_or_else(|| {
        anyhow::anyhow!(
            "model: {DEFAULT}: no such folder\nhint: run from the repository, or give the model with --model DIR"
        )
    })
}

/// The example articles.
pub fn examples() -> anyhow::Result<PathBuf> {
    find(EXAMPLES).ok_or_else(|| {
        anyhow::anyhow!("reading: {EXAMPLES}: no such folder\nhint: run from the repository, or give articles")
    })
}

/// The folder of the check list of meaning.
pub fn check_list() -> anyhow::Result<PathBuf> {
    find(CHECK_LIST).ok_or_else(|| {
        anyhow::anyhow!(
            "evaluation: {CHECK_LIST}: no such folder\nhint: run from the repository, or give lists with --list FILE"
        )
    })
}

/// A folder of the repository: below the working folder, else below a folder above the program (so that
/// `target/release/nuansa` finds its repository from anywhere), else below the sources it was built from.
fn find(folder: &str) -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let above = program.iter().flat_map(|p| p.ancestors().skip(1)).map(Path::to_path_buf);
    let folders = [PathBuf::new()].into_iter().chain(above).chain([PathBuf::from(env!("CARGO_MANIFEST_DIR"))]);
    folders.map(|f| f.join(folder)).find(|f| f.is_dir())
}
