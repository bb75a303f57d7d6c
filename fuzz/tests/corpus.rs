//! The fuzz targets over their corpora and over changes of them: the same functions, the same changes
//! in every run, as many as are counted here. It is a test of the package `alicloud-runtime-tests`.

#[allow(unreachable_pub)]
#[path = "../src/lib.rs"]
mod targets;

use std::{fs, path::Path};

/// How many changes of each seed are tried.
const CHANGES: usize = 150;

/// xorshift64: the same numbers everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or_default()
    }
}

/// What tells parsers something.
const PIECES: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"&",
    b"=",
    b"%",
    b",",
    b":",
    b"\n",
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\\u0000",
    b"-1",
    b"1e999",
    b"9223372036854775808",
    b"null",
    b"true",
    b".1",
    b".",
    b"|",
    b"\xe2\x80\xae",
];

fn changed(seed: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + numbers.below(12)).min(bytes.len());
        match numbers.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())];
                bytes.splice(at..end, piece.iter().copied());
            }
        }
    }
    bytes
}

fn run(name: &str, target: fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz/corpus");
    let mut seeds: Vec<_> = fs::read_dir(folder.join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 2, "{name} has too few seeds");
    let mut accepted = false;
    for path in seeds {
        let seed = fs::read(&path).unwrap();
        accepted |= target(&seed);
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        for change in 0..CHANGES {
            let bytes = changed(&seed, &mut numbers);
            let caught = std::panic::catch_unwind(|| target(&bytes));
            assert!(
                caught.is_ok(),
                "{}, change {change}: {:?}",
                path.display(),
                String::from_utf8_lossy(&bytes)
            );
        }
    }
    assert!(accepted, "{name} accepts none of its seeds");
}

macro_rules! targets {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            run(stringify!($name), targets::$name);
        })*

        #[test]
        fn every_target_has_a_binary_and_no_other_has_a_corpus() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fuzz");
            let names = |within: &str| -> Vec<String> {
                let entries = fs::read_dir(folder.join(within)).unwrap();
                let stem = |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
                let mut names: Vec<_> = entries.map(|entry| stem(entry.unwrap().path())).collect();
                names.sort();
                names
            };
            let mut known = vec![$(stringify!($name)),*];
            known.sort_unstable();
            assert_eq!(names("fuzz_targets"), known);
            assert_eq!(names("corpus"), known);
        }
    };
}

targets!(
    specs,
    pages,
    metadata,
    responses,
    errors,
    credential_files,
    wire_parameters
);
