//! Brings generated files to disk, or tells how the disk differs from them.
//!
//! The output folder belongs to the generator: what it holds and was not generated is stale, and
//! goes, as long as it carries the generator's mark. A file without the mark is somebody's work:
//! nothing is written then.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use similar::TextDiff;

/// The mark at the beginning of every generated file.
const MARK: &str = "// @generated";

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files whose contents changed, and new ones.
    pub written: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files that should not be there any more.
    pub removed: usize,
}

/// A file that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Below the output folder.
    pub path: PathBuf,
    /// What is the matter with it.
    pub kind: DifferenceKind,
}

/// What is the matter with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Its contents differ: a unified diff from what is there to what should be.
    Stale(String),
    /// It is not there.
    Missing,
    /// It should not be there.
    Unexpected,
}

/// Makes the folder hold these files and no others. Contents are written beside their targets first
/// and moved over them when all are complete, so that a failure leaves the folder as it was.
///
/// # Errors
///
/// What the file system said, with the path; or that there is a file that is not the generator's.
pub fn write(out: &Path, files: &BTreeMap<PathBuf, String>) -> io::Result<Written> {
    let present = list(out)?;
    let mut done = Written::default();
    let mut unexpected = Vec::new();
    for path in &present {
        let full = out.join(path);
        if !is_generated(&full)? {
            return Err(foreign(&full));
        }
        if !files.contains_key(path) {
            unexpected.push(full);
        }
    }
    // A folder cannot be moved over, which would be found out when half of the rest had been.
    if let Some(folder) = files
        .keys()
        .map(|path| out.join(path))
        .find(|path| path.is_dir())
    {
        return Err(foreign(&folder));
    }
    let changed: Vec<_> = files
        .par_iter()
        .map(|(path, text)| (out.join(path), path, text))
        .filter(|(full, path, text)| !(present.contains(*path) && is_current(full, text)))
        .collect();
    done.written = changed.len();
    done.unchanged = files.len() - changed.len();
    let mut staged = Staged::default();
    for (full, _, text) in changed {
        staged.add(full, text)?;
    }
    staged.commit()?;
    for path in unexpected {
        fs::remove_file(&path).map_err(|error| at(&path, &error))?;
        done.removed += 1;
    }
    remove_empty(out)?;
    Ok(done)
}

/// Writes one file, whole or not at all.
///
/// # Errors
///
/// What the file system said, with the path.
pub fn write_file(path: &Path, text: &str) -> io::Result<()> {
    let mut staged = Staged::default();
    staged.add(path.to_owned(), text)?;
    staged.commit()
}

/// Files that are complete but not yet in their place. Those that never get there are removed.
#[derive(Default)]
struct Staged {
    files: Vec<(PathBuf, PathBuf)>,
    folders: Vec<PathBuf>,
}

impl Staged {
    fn add(&mut self, target: PathBuf, text: &str) -> io::Result<()> {
        if let Some(folder) = target.parent() {
            if !folder.exists() {
                self.folders.push(folder.to_owned());
            }
            fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
        }
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        self.files.push((temporary.clone(), target));
        fs::write(&temporary, text).map_err(|error| at(&temporary, &error))
    }

    fn commit(mut self) -> io::Result<()> {
        while let Some((temporary, target)) = self.files.last() {
            fs::rename(temporary, target).map_err(|error| at(target, &error))?;
            self.files.pop();
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Nothing more can be done about a file that will not go. A folder that is in use stays.
        for (temporary, _) in &self.files {
            let _ = fs::remove_file(temporary);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// How the folder differs from these files, in the order of the paths.
///
/// # Errors
///
/// What the file system said, with the path.
pub fn compare(out: &Path, files: &BTreeMap<PathBuf, String>) -> io::Result<Vec<Difference>> {
    let present = list(out)?;
    let paths: BTreeSet<&PathBuf> = present.iter().chain(files.keys()).collect();
    let differences = paths.into_par_iter().map(|path| {
        let kind = match files.get(path) {
            None => DifferenceKind::Unexpected,
            Some(_) if !present.contains(path) => DifferenceKind::Missing,
            Some(text) => {
                let full = out.join(path);
                let old = fs::read(&full).map_err(|error| at(&full, &error))?;
                if old == text.as_bytes() {
                    return Ok(None);
                }
                DifferenceKind::Stale(diff(&String::from_utf8_lossy(&old), text))
            }
        };
        Ok(Some(Difference {
            path: path.clone(),
            kind,
        }))
    });
    differences.filter_map(Result::transpose).collect()
}

/// A unified diff, cut off where it gets long.
#[must_use]
pub fn diff(old: &str, new: &str) -> String {
    const LINES: usize = 24;
    let diff = TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(1)
        .to_string();
    let mut lines: Vec<&str> = diff.lines().collect();
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    let mut text = lines.join("\n");
    if more > 0 {
        text += &format!("\n… {more} more lines");
    }
    text
}

/// All files below a folder; none where there is no folder.
fn list(out: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let full = out.join(&folder);
        let entries = match fs::read_dir(&full) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(at(&full, &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| at(&full, &error))?;
            let path = folder.join(entry.file_name());
            if entry
                .file_type()
                .map_err(|error| at(&full, &error))?
                .is_dir()
            {
                folders.push(path);
            } else {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

fn is_current(path: &Path, text: &str) -> bool {
    fs::read(path).is_ok_and(|old| old == text.as_bytes())
}

fn foreign(path: &Path) -> io::Error {
    io::Error::new(
        io::ErrorKind::AlreadyExists,
        format!(
            "{} was not generated, but the folder is the generator's own; move it elsewhere",
            path.display()
        ),
    )
}

fn is_generated(path: &Path) -> io::Result<bool> {
    let contents = fs::read(path).map_err(|error| at(path, &error))?;
    Ok(contents.starts_with(MARK.as_bytes()))
}

/// Folders of products that are no more.
fn remove_empty(out: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(out) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry.map_err(|error| at(out, &error))?.path();
        if path.is_dir() && fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_none()) {
            fs::remove_dir(&path).map_err(|error| at(&path, &error))?;
        }
    }
    Ok(())
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
