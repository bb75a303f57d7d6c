//! The output folder: what is touched, what goes, and when nothing is.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use alicloud_codegen::write::{self, Difference, DifferenceKind, Written};

fn files(of: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
    of.iter()
        .map(|(path, text)| (PathBuf::from(path), format!("// @generated\n{text}\n")))
        .collect()
}

/// Everything below a folder, with its contents.
fn found(folder: &Path) -> BTreeMap<String, String> {
    fn walk(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            if path.is_dir() {
                into.insert(format!("{name}/"), String::new());
                walk(root, &path, into);
            } else {
                into.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(folder, folder, &mut all);
    all
}

fn names(folder: &Path) -> Vec<String> {
    found(folder).into_keys().collect()
}

#[test]
fn what_has_not_changed_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("generated");
    let first = files(&[("mod.rs", "a"), ("shop/mod.rs", "b"), ("shop/buy.rs", "c")]);
    let written = write::write(&out, &first).unwrap();
    assert_eq!(
        written,
        Written {
            written: 3,
            unchanged: 0,
            removed: 0
        }
    );
    // An old time stays where nothing is written.
    let old = SystemTime::now() - Duration::from_secs(3600);
    for path in first.keys() {
        let file = fs::File::options()
            .write(true)
            .open(out.join(path))
            .unwrap();
        file.set_modified(old).unwrap();
    }
    let second = files(&[
        ("mod.rs", "a"),
        ("shop/mod.rs", "b"),
        ("shop/buy.rs", "changed"),
    ]);
    let written = write::write(&out, &second).unwrap();
    assert_eq!(
        written,
        Written {
            written: 1,
            unchanged: 2,
            removed: 0
        }
    );
    let modified = |path: &str| fs::metadata(out.join(path)).unwrap().modified().unwrap();
    assert_eq!(modified("mod.rs"), old);
    assert_eq!(modified("shop/mod.rs"), old);
    assert!(modified("shop/buy.rs") > old);
    assert_eq!(found(&out)["shop/buy.rs"], "// @generated\nchanged\n");
}

#[test]
fn what_is_no_more_goes_with_its_folder() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    write::write(
        out,
        &files(&[
            ("mod.rs", "a"),
            ("old/mod.rs", "b"),
            ("shop/old.rs", "c"),
            ("shop/mod.rs", "d"),
        ]),
    )
    .unwrap();
    let written = write::write(out, &files(&[("mod.rs", "a"), ("shop/mod.rs", "d")])).unwrap();
    assert_eq!(
        written,
        Written {
            written: 0,
            unchanged: 2,
            removed: 2
        }
    );
    assert_eq!(names(out), ["mod.rs", "shop/", "shop/mod.rs"]);
}

#[test]
fn the_work_of_others_stops_everything() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    write::write(out, &files(&[("mod.rs", "a"), ("shop/old.rs", "b")])).unwrap();
    fs::write(out.join("shop/mine.rs"), "fn mine() {}\n").unwrap();
    let before = found(out);
    let error =
        write::write(out, &files(&[("mod.rs", "changed"), ("shop/new.rs", "c")])).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} was not generated, but the folder is the generator's own; move it elsewhere",
            out.join("shop/mine.rs").display()
        )
    );
    assert_eq!(found(out), before);
}

#[test]
fn a_file_of_others_is_not_overwritten_either() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    fs::write(out.join("mod.rs"), "mod mine;\n").unwrap();
    let error = write::write(out, &files(&[("mod.rs", "a"), ("shop/mod.rs", "b")])).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} was not generated, but the folder is the generator's own; move it elsewhere",
            out.join("mod.rs").display()
        )
    );
    assert_eq!(names(out), ["mod.rs"]);
}

#[test]
fn a_failure_half_way_leaves_all_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    write::write(out, &files(&[("a.rs", "a"), ("z/mod.rs", "z")])).unwrap();
    let before = found(out);
    // There is a file where a folder has to be: seen when other files are ready.
    let impossible = files(&[
        ("a.rs", "changed"),
        ("new/mod.rs", "b"),
        ("z/mod.rs", "changed"),
        ("z/mod.rs/x.rs", "c"),
    ]);
    let error = write::write(out, &impossible).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&out.join("z/mod.rs").display().to_string()),
        "{error}"
    );
    assert_eq!(found(out), before);

    // There is a folder where a file has to be.
    fs::create_dir(out.join("m.rs")).unwrap();
    let before = found(out);
    let error = write::write(
        out,
        &files(&[("a.rs", "changed"), ("m.rs", "b"), ("z/mod.rs", "changed")]),
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} was not generated, but the folder is the generator's own; move it elsewhere",
            out.join("m.rs").display()
        )
    );
    assert_eq!(found(out), before);
}

#[test]
fn differences_are_told_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    write::write(
        out,
        &files(&[("a.rs", "same"), ("b.rs", "old"), ("z.rs", "gone")]),
    )
    .unwrap();
    let differences = write::compare(
        out,
        &files(&[("a.rs", "same"), ("b.rs", "new"), ("c.rs", "more")]),
    )
    .unwrap();
    let difference = |path: &str, kind| Difference {
        path: PathBuf::from(path),
        kind,
    };
    let diff = "@@ -1,2 +1,2 @@\n // @generated\n-old\n+new";
    assert_eq!(
        differences,
        [
            difference("b.rs", DifferenceKind::Stale(diff.to_owned())),
            difference("c.rs", DifferenceKind::Missing),
            difference("z.rs", DifferenceKind::Unexpected),
        ]
    );
    assert_eq!(
        write::compare(&out.join("nowhere"), &BTreeMap::new()).unwrap(),
        []
    );
}

#[test]
fn long_diffs_are_cut() {
    let old: String = (0..100).map(|n| format!("{n}\n")).collect();
    let new: String = (0..100).map(|n| format!("{}\n", n * 2 + 1000)).collect();
    let diff = write::diff(&old, &new);
    assert_eq!(diff.lines().count(), 25);
    assert_eq!(diff.lines().last(), Some("… 177 more lines"));
}
