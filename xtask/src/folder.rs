//! A product's folder of specs: reading it, and writing to it whole or not at all.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use alicloud_codegen::import::{PRODUCT_FILE, Specs};
use alicloud_codegen::spec::{Operation, Product};
use serde::de::DeserializeOwned;

/// The specs in a folder; none where there is no folder. All files that cannot be read are named.
pub(crate) fn read(folder: &Path) -> Result<Specs, String> {
    let mut specs = Specs::default();
    let mut errors = Vec::new();
    match parse::<Product>(&folder.join(PRODUCT_FILE)) {
        Ok(product) => specs.product = product,
        Err(error) => errors.push(error),
    }
    let operations = folder.join("operations");
    let entries = match std::fs::read_dir(&operations) {
        Ok(entries) => entries.collect::<Result<Vec<_>, _>>(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    };
    let mut paths: Vec<PathBuf> = entries
        .map_err(|error| format!("{}: {error}", operations.display()))?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    for path in paths {
        match parse::<Operation>(&path) {
            Ok(Some(operation)) => {
                specs
                    .operations
                    .insert(operation.operation.clone(), operation);
            }
            Ok(None) => {}
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        return Ok(specs);
    }
    errors.push("`cargo xtask codegen` shows these places".to_owned());
    Err(errors.join("\n"))
}

fn parse<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        format!(
            "{}:{}:{}: {error}",
            path.display(),
            error.line(),
            error.column()
        )
    })
}

/// Writes the files and removes others. All new contents are on the disk before the first file changes.
pub(crate) fn write(
    folder: &Path,
    files: &BTreeMap<String, String>,
    removed: &[String],
) -> Result<(), String> {
    let told = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| format!("{path}: {error}")
    };
    let mut ready = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder).to_owned();
        std::fs::create_dir_all(&parent).map_err(told(&parent))?;
        let mut file = tempfile::Builder::new()
            .prefix(".import-")
            .tempfile_in(&parent)
            .map_err(told(&parent))?;
        file.write_all(text.as_bytes()).map_err(told(&path))?;
        readable(file.as_file()).map_err(told(&path))?;
        ready.push((path, file));
    }
    for (path, file) in ready {
        file.persist(&path)
            .map_err(|error| format!("{}: {}", path.display(), error.error))?;
    }
    for name in removed {
        let path = folder.join(name);
        std::fs::remove_file(&path).map_err(told(&path))?;
    }
    Ok(())
}

/// Temporary files are for their owner alone; specs are not.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
