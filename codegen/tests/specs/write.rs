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

/// A run that is killed while it writes leaves files behind; the next one removes them.
#[test]
fn what_a_killed_run_left_goes() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    let all = files(&[("mod.rs", "a"), ("shop/get_thing.rs", "b")]);
    write::write(out, &all).unwrap();
    for left in [
        "shop/.get_thing.rs.4242.tmp",
        "shop/.codegen-7.4242.tmp",
        ".mod.rs.1.tmp",
    ] {
        fs::write(out.join(left), "half of").unwrap();
    }
    assert_eq!(write::compare(out, &all).unwrap(), []);
    let written = write::write(out, &all).unwrap();
    assert_eq!(
        (written.written, written.unchanged, written.removed),
        (0, 2, 0)
    );
    assert_eq!(names(out), ["mod.rs", "shop/", "shop/get_thing.rs"]);
}

/// Two runs at once take nothing away from each other.
#[test]
fn runs_at_once_all_succeed() {
    for round in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("generated");
        write::write(&out, &files(&[("mod.rs", "old"), ("gone/old.rs", "x")])).unwrap();
        let contents: Vec<(String, String)> = (0..40)
            .map(|n| (format!("shop_{}/f{n}.rs", n % 4), format!("{round} {n}")))
            .collect();
        let contents: Vec<(&str, &str)> = contents
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let all = files(&contents);
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| write::write(&out, &all)))
                .collect();
            for run in runs {
                run.join().unwrap().unwrap();
            }
        });
        assert_eq!(write::compare(&out, &all).unwrap(), []);
        assert_eq!(found(&out).len(), 44);
    }
}

/// A merge leaves its marks in a generated file; that it was generated shows all the same.
#[test]
fn conflicts_of_a_merge_are_generated_anew() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    let all = files(&[
        ("a.rs", "a"),
        ("b.rs", "b"),
        ("c.rs", "c"),
        ("d.rs", "d"),
        ("e.rs", "e"),
        ("f.rs", "f"),
    ]);
    for (path, text) in [
        (
            "a.rs",
            "<<<<<<< HEAD\n// @generated\nours\n=======\n// @generated\ntheirs\n>>>>>>> branch\n",
        ),
        (
            "b.rs",
            "<<<<<<< HEAD\n=======\n// @generated\ntheirs\n>>>>>>> branch\n",
        ),
        (
            "c.rs",
            "<<<<<<< HEAD\r\n||||||| base\r\n// @generated\r\nold\r\n=======\r\n>>>>>>> branch\r\n",
        ),
        (
            "d.rs",
            "<<<<<<< Conflict 1 of 1\n%%%%%%% Changes from base\n-// @generated\n+// @generated by\n>>>>>>> end\n",
        ),
        ("e.rs", "\u{feff}// @generated\nwith a byte order mark\n"),
        // What a full disk leaves.
        ("f.rs", ""),
    ] {
        fs::write(out.join(path), text).unwrap();
    }
    let stale = write::compare(out, &all).unwrap();
    assert!(
        stale
            .iter()
            .all(|it| matches!(it.kind, DifferenceKind::Stale(_))),
        "{stale:?}"
    );
    assert_eq!(write::write(out, &all).unwrap().written, 6);
    assert_eq!(write::compare(out, &all).unwrap(), []);

    // What never was generated is somebody's, in a conflict too.
    let mine =
        "<<<<<<< HEAD\nfn mine() {}\n=======\nfn yours() {}\n>>>>>>> branch\n// @generated\n";
    fs::write(out.join("a.rs"), mine).unwrap();
    let error = write::write(out, &all).unwrap_err().to_string();
    assert!(error.contains("a.rs was not generated"), "{error}");
    assert_eq!(fs::read_to_string(out.join("a.rs")).unwrap(), mine);
    let kinds: Vec<_> = write::compare(out, &all)
        .unwrap()
        .into_iter()
        .map(|it| it.kind)
        .collect();
    assert_eq!(kinds, [DifferenceKind::Foreign]);
}

/// What editors, file managers and network file systems leave is nobody's concern.
#[test]
fn litter_is_not_looked_at() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    let all = files(&[("mod.rs", "a"), ("shop/mod.rs", "b")]);
    write::write(out, &all).unwrap();
    let litter = [
        ".DS_Store",
        ".gitkeep",
        ".mod.rs.swp",
        "mod.rs~",
        "#mod.rs#",
        ".#mod.rs",
        ".nfs0000000001",
        "Thumbs.db",
        "desktop.ini",
        "4913",
        "mod.rs___jb_tmp___",
    ];
    for name in litter {
        fs::write(out.join(name), "?").unwrap();
        fs::write(out.join("shop").join(name), "?").unwrap();
    }
    fs::create_dir(out.join("__MACOSX")).unwrap();
    fs::write(out.join("__MACOSX/._mod.rs"), "?").unwrap();
    fs::create_dir(out.join(".idea")).unwrap();
    fs::write(out.join(".idea/workspace.xml"), "?").unwrap();
    assert_eq!(write::compare(out, &all).unwrap(), []);
    let newer = files(&[("mod.rs", "changed"), ("shop/mod.rs", "b")]);
    assert_eq!(write::write(out, &newer).unwrap().written, 1);
    for name in litter {
        assert!(out.join("shop").join(name).exists(), "{name}");
    }
    assert!(out.join(".idea/workspace.xml").exists());
}

#[test]
fn line_ends_are_told_apart_from_contents() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path();
    let all = files(&[("a.rs", "a"), ("b.rs", "b\nc")]);
    fs::write(out.join("a.rs"), "// @generated\r\na\r\n").unwrap();
    fs::write(out.join("b.rs"), "// @generated\r\nb\r\nold\r\n").unwrap();
    let kinds: Vec<_> = write::compare(out, &all)
        .unwrap()
        .into_iter()
        .map(|it| it.kind)
        .collect();
    let diff = "@@ -2,2 +2,2 @@\n b\n-old\n+c";
    assert_eq!(
        kinds,
        [
            DifferenceKind::LineEndings,
            DifferenceKind::Stale(diff.to_owned())
        ]
    );
    assert_eq!(write::write(out, &all).unwrap().written, 2);
}

#[cfg(unix)]
#[test]
fn links_are_written_through() {
    use std::os::unix::fs::symlink;

    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("generated");
    let elsewhere = dir.path().join("elsewhere");
    fs::create_dir_all(&out).unwrap();
    fs::create_dir_all(&elsewhere).unwrap();
    symlink(&elsewhere, out.join("shop")).unwrap();
    symlink("../elsewhere/root.rs", out.join("mod.rs")).unwrap();
    // To what is not there yet.
    symlink("../elsewhere/later", out.join("later")).unwrap();
    symlink("../elsewhere/later.rs", out.join("later.rs")).unwrap();
    fs::write(elsewhere.join("root.rs"), "// @generated\nold\n").unwrap();
    fs::write(elsewhere.join("gone.rs"), "// @generated\n").unwrap();
    // Back to where it is.
    symlink(&out, elsewhere.join("round")).unwrap();
    let all = files(&[
        ("later.rs", "c"),
        ("later/mod.rs", "d"),
        ("mod.rs", "a"),
        ("shop/buy.rs", "b"),
        ("shop/later.rs", "c"),
        ("shop/later/mod.rs", "d"),
        ("shop/root.rs", "a"),
    ]);
    let written = write::write(&out, &all).unwrap();
    assert_eq!(written.removed, 1);
    assert_eq!(write::compare(&out, &all).unwrap(), []);
    assert_eq!(
        fs::read_to_string(elsewhere.join("buy.rs")).unwrap(),
        "// @generated\nb\n"
    );
    assert_eq!(
        fs::read_to_string(elsewhere.join("root.rs")).unwrap(),
        "// @generated\na\n"
    );
    for link in ["shop", "mod.rs", "later", "later.rs"].map(|link| out.join(link)) {
        assert!(
            fs::symlink_metadata(&link).unwrap().is_symlink(),
            "{link:?}"
        );
    }
    // The product goes; its folder, which is somebody's, stays.
    write::write(&out, &files(&[("mod.rs", "a")])).unwrap();
    assert!(!elsewhere.join("buy.rs").exists() && elsewhere.exists());
}
