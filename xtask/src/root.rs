//! Where the defaults of `--spec` and `--out` are: the commands work from any folder of the workspace.

use std::path::{Path, PathBuf};

use alicloud_codegen::check;

/// The default of `--spec`.
pub(crate) const SPEC: &str = "api-spec";
/// The default of `--out`.
pub(crate) const OUT: &str = "generated-client/src/generated";

/// A path as it was given; a default in the nearest folder, from this one upwards, that holds the specs.
pub(crate) fn rooted(path: &Path) -> PathBuf {
    if path != Path::new(SPEC) && path != Path::new(OUT) {
        return path.to_owned();
    }
    root(std::env::current_dir().unwrap_or_default().as_path()).join(path)
}

/// The way up to the folder that holds the specs; none where no folder does.
fn root(from: &Path) -> PathBuf {
    let level = from
        .ancestors()
        .position(|folder| folder.join(SPEC).is_dir());
    std::iter::repeat_n("..", level.unwrap_or(0)).collect()
}

/// The folder of a product within the folder of all specs, which must not be that of a product itself.
pub(crate) fn product(spec: &Path, name: &str) -> Result<PathBuf, String> {
    let spec = rooted(spec);
    if !spec.join("product.json").exists() {
        return Ok(spec.join(name));
    }
    Err(format!(
        "`{}` is one product, not the folder of all specs; did you mean `--spec {}`?",
        spec.display(),
        check::above(&spec).display()
    ))
}
