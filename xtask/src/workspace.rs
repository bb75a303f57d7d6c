//! Where the folders of the workspace are, wherever the command is called.

use std::path::{Component, Path, PathBuf};

/// The path as it is meant: relative ones from the nearest folder, from this one upwards, that has what
/// they begin with. Where none has, they are meant from this one.
pub(crate) fn rooted(path: &Path) -> PathBuf {
    let Some(Component::Normal(first)) = path.components().next() else {
        return path.to_owned();
    };
    let Ok(here) = std::env::current_dir() else {
        return path.to_owned();
    };
    let above = here
        .ancestors()
        .position(|folder| folder.join(first).exists());
    let up = std::iter::repeat_n(Path::new(".."), above.unwrap_or(0));
    up.chain([path]).collect()
}
