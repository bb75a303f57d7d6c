//! `cargo xtask page` as a command: a page comes in, the client knows.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::run;

const PRODUCT: &str = "api-spec/library/product.json";
const SPEC: &str = "api-spec/library/operations/ReserveSeats.json";

/// Files of the generator's tests: pages about an operation that there is not, and its spec.
fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../codegen/tests")
}

fn workplace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("api-spec/library/operations")).unwrap();
    let copy = |from: &str, to: &str| {
        fs::copy(fixtures().join(from), dir.path().join(to)).unwrap();
    };
    copy("build-script-crate/api-spec/library/product.json", PRODUCT);
    copy("fixtures/page/ReserveSeats.json", SPEC);
    copy("fixtures/page/text.en.txt", "old.txt");
    dir
}

/// The page with a new limit, error, parameter and exclusion.
fn newer(dir: &Path) -> String {
    let page = fs::read_to_string(dir.join("old.txt")).unwrap();
    let changes = [
        ("May 4, 2026", "Jun 25, 2026"),
        (
            "random. Valid values: 1 to 10",
            "random. Valid values: 1 to 6",
        ),
        (
            "To name the seats, set SeatNumber.N instead.",
            "You must set either SeatNumber.N or SeatCount, but not both.",
        ),
        (
            "Place\n\nstring",
            "QuietZone\n\nboolean\n\nNo\n\nWhether the seats are in the quiet zone.\n\ntrue\n\nPlace\n\nstring",
        ),
        (
            "403 TooManySeats",
            "409 SeatTaken The seat is taken.\n403 TooManySeats",
        ),
    ];
    changes.iter().fold(page, |page, (from, to)| {
        assert!(page.contains(from), "{from}");
        page.replacen(from, to, 1)
    })
}

/// The maintainer's story. Its end is told by the program of `codegen/tests/build-script-crate`, which is built from
/// the spec that is written here: a request that kept the old limit is refused.
#[test]
fn a_page_changes_and_the_client_follows() {
    let dir = workplace();
    let dir = dir.path();
    let (status, printed) = run(dir, &["page", "old.txt"]);
    assert_eq!(
        printed,
        format!("ReserveSeats: page old.txt, 2026-05-04; spec {SPEC}\n  no differences\n")
    );
    assert_eq!(status, Some(0));

    fs::write(dir.join("new.txt"), newer(dir)).unwrap();
    let before = fs::read_to_string(dir.join(SPEC)).unwrap();
    let (status, printed) = run(dir, &["page", "new.txt"]);
    let titles: Vec<&str> = printed
        .lines()
        .filter(|line| line.starts_with("difference"))
        .collect();
    assert_eq!(
        titles,
        [
            "difference[E0505]: `maximum` of `SeatCount` is `6` on the page, `10` in the spec",
            "difference[E0509]: the page says that one of `SeatNumber.N` and `SeatCount` must be set; the spec has no such rule",
            "difference[E0502]: the spec has no parameter `QuietZone` (boolean, optional)",
            "difference[E0512]: the spec has no error row `409 SeatTaken`",
        ]
    );
    assert!(printed.ends_with("\n  4 differences\n"), "{printed}");
    assert_eq!(status, Some(1));
    assert_eq!(fs::read_to_string(dir.join(SPEC)).unwrap(), before);
    // The specs are found from a folder within, too.
    fs::create_dir(dir.join("pages")).unwrap();
    let (status, within) = run(&dir.join("pages"), &["page", "../new.txt"]);
    assert!(within.ends_with("\n  4 differences\n"), "{within}");
    assert_eq!(status, Some(1));

    let (status, printed) = run(dir, &["page", "new.txt", "--write"]);
    assert_eq!(
        printed,
        format!(
            "ReserveSeats: page new.txt, 2026-06-25; spec {SPEC}, reviewed 2026-05-04
  took over: `maximum` of `SeatCount` is `6` on the page, `10` in the spec (new.txt:93:54)
  took over: the page says that one of `SeatNumber.N` and `SeatCount` must be set; the spec has no such rule (new.txt:97:1)
  took over: the spec has no parameter `QuietZone` (boolean, optional) (new.txt:117:1)
  took over: the spec has no error row `409 SeatTaken` (new.txt:276:5)
  4 differences taken over, 0 left
  without a description, for a person to write:
    /parameters/QuietZone
    /errors/409 SeatTaken
"
        )
    );
    assert_eq!(status, Some(0));
    let kept = fixtures().join("build-script-crate").join(SPEC);
    assert_eq!(
        fs::read_to_string(dir.join(SPEC)).unwrap(),
        fs::read_to_string(kept).unwrap()
    );
    let (status, _) = run(dir, &["page", "new.txt"]);
    assert_eq!(status, Some(0));
    let (status, printed) = run(
        dir,
        &["codegen", "--spec", "api-spec", "--out", "generated"],
    );
    assert_eq!(status, Some(0), "{printed}");
    // What the page said before is now what differs.
    assert_eq!(run(dir, &["page", "old.txt"]).0, Some(1));
}

/// Operations of many products have the same name.
#[test]
fn a_page_of_another_product_is_compared_with_no_other() {
    let dir = workplace();
    let dir = dir.path();
    let page = fs::read_to_string(fixtures().join("fixtures/page/template-2019.en.md")).unwrap();
    let other = page.replace("product=Library", "product=Archive");
    assert_ne!(page, other);
    fs::write(dir.join("page.md"), other).unwrap();
    let before = fs::read_to_string(dir.join(SPEC)).unwrap();
    for more in [&[][..], &["--write"]] {
        let (status, printed) = run(dir, &[&["page", "page.md"], more].concat());
        assert_eq!(
            printed,
            "error: page.md: api-spec has no specs of `Archive`, the product of this page; \
             `cargo xtask import` makes them, `--folder` names them\n"
        );
        assert_eq!(status, Some(2));
        assert_eq!(fs::read_to_string(dir.join(SPEC)).unwrap(), before);
    }
    let (status, printed) = run(dir, &["page", "page.md", "--folder", "library"]);
    assert_eq!(status, Some(0), "{printed}");
}

#[test]
fn differences_for_pull_requests_and_for_tools() {
    let dir = workplace();
    let dir = dir.path();
    fs::write(dir.join("new.txt"), newer(dir)).unwrap();
    let (_, printed) = run(dir, &["page", "new.txt", "--format", "markdown"]);
    assert_eq!(
        printed,
        "## ReserveSeats\n\n4 differences.\n\n\
         Of 2026-06-25: the page is newer than the review of 2026-05-04; `--write` records its date.\n\n\
         Different:\n\n\
         - `maximum` of `SeatCount` is `6` on the page, `10` in the spec (E0505, new.txt:93:54)\n\
         - the page says that one of `SeatNumber.N` and `SeatCount` must be set; the spec has no such rule (E0509, new.txt:97:1)\n\
         - the spec has no parameter `QuietZone` (boolean, optional) (E0502, new.txt:117:1)\n\
         - the spec has no error row `409 SeatTaken` (E0512, new.txt:276:5)\n\n"
    );
    let (status, printed) = run(dir, &["page", "old.txt", "new.txt", "--format", "json"]);
    let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let pages = printed["pages"].as_array().unwrap();
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0]["differences"], serde_json::json!([]));
    let first = &pages[1]["differences"][0];
    assert_eq!(first["code"], "E0505");
    assert_eq!(first["at"], "/parameters/SeatCount/maximum");
    assert_eq!(first["says"], 6);
    assert_eq!(first["place"]["line"], 93);
    assert_eq!(first["others"][0]["file"], SPEC);
    assert_eq!(status, Some(1));
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let dir = workplace();
    let dir = dir.path();
    fs::write(dir.join("none.md"), "# A page\n\nAbout something else.\n").unwrap();
    let (status, printed) = run(dir, &["page", "none.md"]);
    assert_eq!(
        printed,
        "error: none.md: this is not one of the vendor's pages: none of the tables of the vendor's pages is there: request, response, errors, authorization\n"
    );
    assert_eq!(status, Some(2));
    fs::write(dir.join("wide.txt"), b"\xff\xfeA\0").unwrap();
    assert_eq!(
        run(dir, &["page", "wide.txt"]).1,
        "error: wide.txt: this is UTF-16; save it as UTF-8 first (`iconv -f UTF-16 -t UTF-8`)\n"
    );
    assert_eq!(run(dir, &["page", "nowhere.md"]).0, Some(2));
    // One page that could not be compared is enough.
    assert_eq!(run(dir, &["page", "old.txt", "none.md"]).0, Some(2));
    fs::remove_file(dir.join(SPEC)).unwrap();
    let (status, printed) = run(dir, &["page", "old.txt"]);
    assert_eq!(
        printed,
        "error: old.txt: api-spec/library has no spec of `ReserveSeats`; `--write` makes one\n"
    );
    assert_eq!(status, Some(2));
    let (_, printed) = run(dir, &["page", "old.txt", "--write"]);
    assert!(
        printed.starts_with("ReserveSeats: page old.txt, 2026-05-04; new spec"),
        "{printed}"
    );
    let (status, printed) = run(
        dir,
        &["codegen", "--spec", "api-spec", "--out", "generated"],
    );
    assert_eq!(status, Some(0), "{printed}");
}

/// The name of an operation is text that no one checked; it becomes the name of a file.
#[test]
fn nothing_is_written_outside_the_folder_of_specs() {
    let dir = workplace();
    let dir = dir.path();
    let page = fs::read_to_string(dir.join("old.txt")).unwrap();
    fs::remove_file(dir.join(SPEC)).unwrap();
    let listing = || {
        let mut files = Vec::new();
        let mut open = vec![dir.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path.clone());
                }
                files.push(path);
            }
        }
        files.sort();
        files
    };
    fs::write(dir.join("page.txt"), &page).unwrap();
    for name in [
        "../../../Evil",
        "/tmp/Evil",
        "a\\b",
        "..",
        "Reserve Seats",
        "",
    ] {
        let before = listing();
        let (status, printed) = run(dir, &["page", "page.txt", "--write", "--operation", name]);
        assert_eq!(status, Some(2), "{name}: {printed}");
        assert!(
            printed.contains("cannot be the name of an operation"),
            "{printed}"
        );
        assert_eq!(listing(), before, "{name}");
        let (status, printed) = run(dir, &["page", "page.txt", "--write", "--folder", name]);
        assert_eq!(status, Some(2), "{name}: {printed}");
        assert_eq!(listing(), before, "{name}");
    }
    let evil = page
        .replace("Library:ReserveSeats", "Library:../../Evil")
        .replace("library:ReserveSeats", "library:../../Evil");
    fs::write(dir.join("page.txt"), evil).unwrap();
    let before = listing();
    let (status, printed) = run(dir, &["page", "page.txt", "--write"]);
    assert_eq!(status, Some(2), "{printed}");
    assert_eq!(listing(), before);
}
