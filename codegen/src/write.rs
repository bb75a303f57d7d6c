//! Writing generated files to disk, and comparing the disk with them.
//!
//! The output folder belongs to the generator: what it holds and was not generated is stale, and
//! goes, as long as it carries the generator's mark. A file without the mark is somebody's work:
//! nothing is written then. What editors, file managers and version control leave anywhere
//! ([`layout::is_litter`](crate::layout::is_litter)) is not looked at.
//!
//! Several runs may write at once. Each writes beside its targets first, under names of its own, and
//! then moves over them; what another run removed meanwhile is written again. What a run that was
//! killed left behind, the next one removes.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use rayon::prelude::*;
use similar::TextDiff;

use crate::{Files, layout::is_litter};

/// The mark at the beginning of every generated file.
const MARK: &str = "// @generated";

/// The outcome of writing.
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
    /// The kind of difference.
    pub kind: DifferenceKind,
}

/// The ways in which a file can differ from what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Its contents differ: a unified diff from what is there to what should be.
    Stale(String),
    /// Its lines end with CRLF; but for that it is as it should be.
    LineEndings,
    /// It is not there.
    Missing,
    /// It should not be there.
    Unexpected,
    /// It was not generated: it is in the way, and nothing is written as long as it is.
    Foreign,
}

/// Makes the folder hold these files and no others. Contents are written beside their targets first
/// and moved over them when all are complete, so that a failure leaves the folder as it was.
///
/// # Errors
///
/// What the file system said, with the path; or that there is a file that is not the generator's.
pub fn write(out: &Path, files: &Files) -> io::Result<Written> {
    write_folders(&[(out, files)])
}

/// Makes each folder hold its files and no others, or leaves all of them as they were.
///
/// # Errors
///
/// As those of [`write`](fn@write).
pub fn write_folders(folders: &[(&Path, &Files)]) -> io::Result<Written> {
    let mut unexpected = Vec::new();
    for (out, files) in folders {
        unexpected.extend(unexpected_in(out, files)?);
    }
    let all = folders.iter().flat_map(|(out, files)| {
        let files = files.iter();
        files.map(|(path, text)| (out.join(path), text.as_str()))
    });
    let written = write_files(all, unexpected)?;
    for (out, _) in folders {
        remove_empty(out)?;
    }
    Ok(written)
}

/// The files that should not be there any more.
fn unexpected_in(out: &Path, files: &Files) -> io::Result<Vec<PathBuf>> {
    let present = list(out)?;
    let mut unexpected = Vec::new();
    for path in &present {
        let full = out.join(path);
        // What is gone by now was removed by another run.
        let Some(contents) = read(&full)? else {
            continue;
        };
        if !is_ours(&contents, files.contains_key(path)) {
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
    Ok(unexpected)
}

/// Writes files and removes others: all of the new contents, or none of them.
///
/// # Errors
///
/// What the file system said, with the path.
pub fn write_files<'t>(
    files: impl IntoIterator<Item = (PathBuf, &'t str)>,
    removed: impl IntoIterator<Item = PathBuf>,
) -> io::Result<Written> {
    let files: Vec<(PathBuf, &str)> = files.into_iter().collect();
    let removed: Vec<PathBuf> = removed.into_iter().collect();
    remove_leftovers(files.iter().map(|(path, _)| path).chain(&removed))?;
    let changed: Vec<_> = files
        .par_iter()
        .filter(|(path, text)| !is_current(path, text))
        .collect();
    let mut done = Written {
        written: changed.len(),
        unchanged: files.len() - changed.len(),
        removed: 0,
    };
    let mut staged = Staged::default();
    for (path, text) in changed {
        staged.add(path, text)?;
    }
    staged.commit()?;
    for path in removed {
        remove(&path)?;
        done.removed += 1;
    }
    Ok(done)
}

/// A file that is complete but not yet in its place.
struct Ready<'t> {
    temporary: PathBuf,
    target: PathBuf,
    text: &'t str,
}

/// Files that are complete but not yet in their place. Those that never get there are removed.
#[derive(Default)]
struct Staged<'t> {
    files: Vec<Ready<'t>>,
    folders: Vec<PathBuf>,
}

impl<'t> Staged<'t> {
    fn add(&mut self, path: &Path, text: &'t str) -> io::Result<()> {
        let target = behind_links(path);
        let missing = target.ancestors().skip(1);
        let missing =
            missing.take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        self.folders.extend(missing.into_iter().rev());
        let ready = Ready {
            temporary: target.with_file_name(temporary_name()),
            target,
            text,
        };
        let written = ready.write();
        self.files.push(ready);
        written
    }

    fn commit(mut self) -> io::Result<()> {
        while let Some(ready) = self.files.last() {
            ready.take_place()?;
            self.files.pop();
        }
        self.folders.clear();
        Ok(())
    }
}

impl Ready<'_> {
    fn write(&self) -> io::Result<()> {
        self.again(|| fs::write(&self.temporary, self.text))
            .map_err(|error| at(&self.target, &error))
    }

    fn take_place(&self) -> io::Result<()> {
        let mut lost = false;
        self.again(|| {
            if std::mem::replace(&mut lost, true) {
                fs::write(&self.temporary, self.text)?;
            }
            fs::rename(&self.temporary, &self.target)
        })
        .map_err(|error| at(&self.target, &error))
    }

    /// Tries again where the folder or the temporary file is not there: another run takes what it finds
    /// for the leftovers of one that was killed, and removes folders that are empty.
    fn again(&self, mut step: impl FnMut() -> io::Result<()>) -> io::Result<()> {
        const ATTEMPTS: usize = 100;
        for _ in 1..ATTEMPTS {
            match step() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    if let Some(folder) = self.target.parent() {
                        fs::create_dir_all(folder)?;
                    }
                }
                done => return done,
            }
        }
        step()
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        // Nothing more can be done about a file that will not go. A folder that is in use stays.
        for ready in &self.files {
            let _ = fs::remove_file(&ready.temporary);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Where a path leads: links stay, and what they lead to is written, be it not there yet.
fn behind_links(path: &Path) -> PathBuf {
    /// As many as Linux follows.
    const LINKS: usize = 40;
    let mut target = path.to_owned();
    for _ in 0..LINKS {
        let link = target
            .ancestors()
            .find_map(|link| Some((link, fs::read_link(link).ok()?)));
        let Some((link, to)) = link else { break };
        let beside = link.parent().unwrap_or(Path::new(""));
        let within = target.strip_prefix(link).ok();
        let within = within.filter(|within| !within.as_os_str().is_empty());
        target = [Some(beside), Some(&to), within]
            .into_iter()
            .flatten()
            .collect();
    }
    target
}

/// A name that no other run gives, and that is short: the name of the target may be as long as the file
/// system allows.
fn temporary_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(".codegen-{count}.{}.tmp", process::id())
}

/// Whether a file is one that a run writes before it moves it to its place: `.….4242.tmp`.
fn is_temporary(name: &str) -> bool {
    let middle = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(".tmp"))
        .and_then(|name| name.rsplit_once('.'));
    middle.is_some_and(|(_, id)| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The differences between the folder and these files, in the order of the paths.
///
/// # Errors
///
/// What the file system said, with the path.
pub fn compare(out: &Path, files: &Files) -> io::Result<Vec<Difference>> {
    let present = list(out)?;
    let paths: BTreeSet<&PathBuf> = present.iter().chain(files.keys()).collect();
    let differences = paths.into_par_iter().map(|path| {
        let kind = difference(&out.join(path), files.get(path).map(String::as_str))?;
        Ok(kind.map(|kind| Difference {
            path: path.clone(),
            kind,
        }))
    });
    differences.filter_map(Result::transpose).collect()
}

/// How a file that the generator owns differs from what it should be, if anything.
fn difference(path: &Path, text: Option<&str>) -> io::Result<Option<DifferenceKind>> {
    if path.is_dir() {
        return Ok(Some(DifferenceKind::Foreign));
    }
    let Some(old) = read(path)? else {
        return Ok(text.map(|_| DifferenceKind::Missing));
    };
    if !is_ours(&old, text.is_some()) {
        return Ok(Some(DifferenceKind::Foreign));
    }
    Ok(match text {
        None => Some(DifferenceKind::Unexpected),
        Some(text) => stale(&old, text),
    })
}

/// The difference between a file and what it should be, if there is one.
///
/// # Errors
///
/// What the file system said, with the path.
pub fn compare_file(path: &Path, text: &str) -> io::Result<Option<DifferenceKind>> {
    Ok(match read(path)? {
        None => Some(DifferenceKind::Missing),
        Some(old) => stale(&old, text),
    })
}

fn stale(old: &[u8], text: &str) -> Option<DifferenceKind> {
    if old == text.as_bytes() {
        return None;
    }
    let old = String::from_utf8_lossy(old).replace("\r\n", "\n");
    Some(if old == text {
        DifferenceKind::LineEndings
    } else {
        DifferenceKind::Stale(diff(&old, text))
    })
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

/// Removes what runs that were killed left beside these files.
fn remove_leftovers<'p>(paths: impl Iterator<Item = &'p PathBuf>) -> io::Result<()> {
    let folders: BTreeSet<&Path> = paths.filter_map(|path| path.parent()).collect();
    for folder in folders {
        // There may be no such folder yet; what else is wrong with it, writing will tell.
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(is_temporary) {
                remove(&entry.path())?;
            }
        }
    }
    Ok(())
}

/// All files below a folder, links followed; nothing where there is no folder.
fn list(out: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![PathBuf::new()];
    // A link may lead back to where it is.
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        let full = out.join(&folder);
        if fs::canonicalize(&full).is_ok_and(|full| !seen.insert(full)) {
            continue;
        }
        let entries = match fs::read_dir(&full) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(at(&full, &error)),
        };
        for entry in entries {
            let name = entry.map_err(|error| at(&full, &error))?.file_name();
            let path = folder.join(&name);
            match name.to_str() {
                Some(name) if is_litter(name) => {}
                _ if out.join(&path).is_dir() => folders.push(path),
                _ => {
                    found.insert(path);
                }
            }
        }
    }
    Ok(found)
}

/// The contents of a file, where it is there.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(contents) => Ok(Some(contents)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path, &error)),
    }
}

/// Removes a file; another run may have done so.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path, &error)),
        _ => Ok(()),
    }
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

/// Whether a file may be written over or removed. One with nothing in it, where one is to be, is what a
/// full disk or a loss of power left, and nobody's work.
fn is_ours(contents: &[u8], expected: bool) -> bool {
    is_generated(contents) || (expected && contents.is_empty())
}

/// Whether a file carries the mark: at its beginning, or where a merge left one of its sides there.
fn is_generated(contents: &[u8]) -> bool {
    let contents = contents.strip_prefix(b"\xef\xbb\xbf").unwrap_or(contents);
    let marked = |line: &[u8]| line.starts_with(MARK.as_bytes());
    if !contents.starts_with(b"<<<<<<<") {
        return marked(contents);
    }
    // The first lines of each side of the conflict at the beginning; some tools write them as a diff.
    let lines = contents.split(|byte| *byte == b'\n');
    let conflict = lines.take_while(|line| !line.starts_with(b">>>>>>>"));
    let mut begins = false;
    for line in conflict {
        let divides = [
            &b"<<<<<<<"[..],
            b"|||||||",
            b"=======",
            b"%%%%%%%",
            b"+++++++",
        ]
        .iter()
        .any(|divider| line.starts_with(divider));
        if begins && (marked(line) || line.get(1..).is_some_and(marked)) {
            return true;
        }
        begins = divides;
    }
    false
}

/// Folders of products that are no more.
fn remove_empty(out: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(out) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry.map_err(|error| at(out, &error))?.path();
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|it| it.is_dir());
        if is_folder && fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_none()) {
            match fs::remove_dir(&path) {
                // Another run removed it, or writes into it.
                Err(error)
                    if !matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty
                    ) =>
                {
                    return Err(at(&path, &error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
