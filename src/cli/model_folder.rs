//! Where the model that the repository carries is found.

use std::path::{Path, PathBuf};

const DEFAULT: &str = "models/default";

/// The folder of the default model: below the working folder, else below a folder above the program (so that
/// `target/release/nuansa` finds its repository from anywhere), else below the sources it was built from.
pub fn default() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().ok();
    let above = program.iter().flat_map(|p| p.ancestors().skip(1)).map(Path::to_path_buf);
    let folders = [PathBuf::new()].into_iter().chain(above).chain([PathBuf::from(env!("CARGO_MANIFEST_DIR"))]);
    folders.map(|f| f.join(DEFAULT)).find(|f| f.is_dir()).ok_or_else(|| {
        anyhow::anyhow!(
            "model: {DEFAULT}: no such folder\nhint: run from the repository, or give the model with --model DIR"
        )
    })
}
