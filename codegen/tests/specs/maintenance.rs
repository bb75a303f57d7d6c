//! An update of the vendor's documentation is an edit and a regeneration: each kind of edit, made to the specs of this
//! repository, passes all checks and changes the generated files that it is about, and no others.
//!
//! Where an edit is made is looked for, so that no edit of a spec can make this test fail. That an edited client
//! also compiles and passes its tests is tested in `xtask/tests/repository/maintenance.rs`, with a small product.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use alicloud_codegen::{Failure, Options, check, names::module_name};
use serde_json::{Value, json};

type Specs = BTreeMap<PathBuf, String>;

/// The specs of ECS.
fn specs() -> Specs {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-spec");
    let files = ["ecs/operations", "ecs/types"]
        .into_iter()
        .flat_map(|folder| {
            let files = fs::read_dir(root.join(folder)).unwrap();
            files.map(|entry| entry.unwrap().path())
        });
    let files = files.chain([root.join("ecs/product.json")]);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&root).unwrap().to_owned(), text)
    };
    files.map(read).collect()
}

/// The generated files, and how many warnings there are.
fn generate(specs: &Specs) -> (BTreeMap<PathBuf, String>, usize) {
    let catalogue =
        check::load_from_memory(specs).unwrap_or_else(|found| panic!("{}", Failure::Specs(found)));
    let options = Options::for_own_client();
    let generated = alicloud_codegen::render(&catalogue, Path::new("api-spec"), &options).unwrap();
    let files = [
        ("products", generated.files),
        ("clients", generated.clients),
    ];
    let files = files.into_iter().flat_map(|(folder, files)| {
        files
            .into_iter()
            .map(move |(path, text)| (Path::new(folder).join(path), text))
    });
    (files.collect(), generated.warnings.len())
}

/// One kind of edit: whether an operation is one that it can be made to, and then it is made.
struct Edit {
    name: &'static str,
    make: fn(&mut Value) -> bool,
    /// What the module of the operation says afterwards, and did not before.
    shows: &'static str,
}

const EDITS: &[Edit] = &[
    Edit {
        name: "limit",
        make: |spec| {
            first(spec, |it| {
                it["maximum"].as_i64().is_some_and(|most| most < 1_000_000)
            })
            .map(|it| it["maximum"] = json!(1_234_567))
            .is_some()
        },
        shows: "1234567",
    },
    Edit {
        name: "error row",
        make: |spec| {
            push(
                spec,
                "errors",
                json!({ "status": 418, "code": "Maintained.Row" }),
            )
        },
        shows: "MaintainedRow",
    },
    Edit {
        name: "parameter",
        make: |spec| {
            push(
                spec,
                "parameters",
                json!({ "name": "Maintained", "type": "string" }),
            )
        },
        shows: "pub maintained: Option<String>",
    },
    Edit {
        name: "rule",
        make: |spec| {
            for name in ["MaintainedA", "MaintainedB"] {
                push(
                    spec,
                    "parameters",
                    json!({ "name": name, "type": "string" }),
                );
            }
            let parameters = ["MaintainedA", "MaintainedB"];
            let rule = json!({ "rule": "at-most-one-of", "parameters": parameters, "reason": "A maintained reason." });
            push(spec, "constraints", rule)
        },
        shows: "A maintained reason.",
    },
    Edit {
        name: "rename",
        make: |spec| {
            let refers = ["pagination", "waiters", "responseExample", "departures"];
            if refers.iter().any(|key| spec.get(key).is_some()) {
                return false;
            }
            let fields = spec["response"]["properties"].as_object_mut();
            fields
                .and_then(|fields| {
                    let (name, schema) =
                        fields.iter().next().map(|(k, v)| (k.clone(), v.clone()))?;
                    fields.shift_remove(&name);
                    fields
                        .insert("MaintainedField".to_owned(), schema)
                        .is_none()
                        .then_some(())
                })
                .is_some()
        },
        shows: "pub maintained_field: ",
    },
    Edit {
        name: "deprecation of a parameter",
        make: |spec| {
            push(
                spec,
                "parameters",
                json!({ "name": "MaintainedNew", "type": "string" }),
            ) && first(spec, |it| {
                it["name"] != "MaintainedNew"
                    && it.get("name").is_some()
                    && it.get("deprecated").is_none()
            })
            .map(|it| it["deprecated"] = json!({ "use": "MaintainedNew" }))
            .is_some()
        },
        shows: "#[deprecated = \"use `maintained_new` instead\"]",
    },
    Edit {
        name: "enum value",
        make: |spec| {
            first(spec, |it| it["type"] == "string" && it["enum"].is_array())
                .map(|it| {
                    it["enum"]
                        .as_array_mut()
                        .unwrap()
                        .push(json!("MaintainedValue"))
                })
                .is_some()
        },
        shows: "MaintainedValue",
    },
    Edit {
        name: "pattern",
        make: |spec| {
            first(spec, |it| it.get("pattern").is_some())
                .map(|it| it["pattern"] = json!("^(?:.|\\s)*Z?$"))
                .is_some()
        },
        shows: "(?:.|",
    },
    Edit {
        name: "deprecation",
        make: |spec| {
            let fresh = spec.get("deprecated").is_none();
            if fresh {
                spec["deprecated"] = json!("Call the maintained operation.");
            }
            fresh
        },
        shows: "#[deprecated = \"Call the maintained operation\"]",
    },
];

/// Adds to a list, which is made where there is none.
fn push(spec: &mut Value, list: &str, item: Value) -> bool {
    let list = spec
        .as_object_mut()
        .unwrap()
        .entry(list)
        .or_insert_with(|| json!([]));
    list.as_array_mut().unwrap().push(item);
    true
}

/// The first parameter, or schema in one, of which something is true.
fn first(spec: &mut Value, is: impl Fn(&Value) -> bool + Copy) -> Option<&mut Value> {
    fn within(schema: &mut Value, is: impl Fn(&Value) -> bool + Copy) -> Option<&mut Value> {
        if is(schema) {
            return Some(schema);
        }
        let schema = schema.as_object_mut()?;
        let mut inner: Vec<&mut Value> = Vec::new();
        for (key, value) in schema {
            match key.as_str() {
                "items" => inner.push(value),
                "properties" => inner.extend(value.as_object_mut()?.values_mut()),
                _ => {}
            }
        }
        inner.into_iter().find_map(|schema| within(schema, is))
    }
    let parameters = spec["parameters"].as_array_mut()?;
    parameters.iter_mut().find_map(|it| within(it, is))
}

#[test]
fn every_kind_of_edit_passes_and_changes_what_it_is_about() {
    let before = specs();
    let (old, warnings) = generate(&before);
    let mut after = before.clone();
    let mut edited: BTreeMap<PathBuf, &Edit> = BTreeMap::new();
    let module = |name: &str| PathBuf::from(format!("products/ecs/{}.rs", module_name(name)));
    let product = PathBuf::from("products/ecs/mod.rs");
    // It lists the operations.
    let client = PathBuf::from("clients/ecs.rs");
    let mut expected = BTreeSet::from([product.clone(), client.clone()]);
    // A replacement must stay, and departures are about facts of their specs.
    let named: BTreeSet<String> = before
        .values()
        .filter_map(|text| {
            let spec: Value = serde_json::from_str(text).unwrap();
            Some(spec["deprecated"]["use"].as_str()?.to_owned())
        })
        .collect();
    let free = |path: &Path, taken: &BTreeMap<PathBuf, &Edit>| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        name != "product" && !named.contains(name) && !taken.contains_key(path)
    };
    for edit in EDITS {
        let (path, text) = before
            .iter()
            .filter(|(path, _)| free(path, &edited))
            .find_map(|(path, text)| {
                let mut spec: Value = serde_json::from_str(text).unwrap();
                let made = spec.get("departures").is_none() && (edit.make)(&mut spec);
                made.then(|| (path.clone(), format!("{spec:#}\n")))
            })
            .unwrap_or_else(|| panic!("no spec to try the edit \"{}\" on", edit.name));
        after.insert(path.clone(), text);
        expected.insert(module(path.file_stem().unwrap().to_str().unwrap()));
        edited.insert(path, edit);
    }
    // An operation goes, another comes.
    let gone = before.keys().find(|path| free(path, &edited)).unwrap();
    after.remove(gone);
    let gone_name = gone.file_stem().unwrap().to_str().unwrap();
    expected.insert(module(gone_name));
    // What named it with a link names it without one.
    let link = format!("](super::{gone_name})");
    let linked = old.iter().filter(|(_, text)| text.contains(&link));
    expected.extend(linked.map(|(path, _)| path.clone()));
    after.insert(
        "ecs/operations/MaintainOperation.json".into(),
        r#"{ "operation": "MaintainOperation", "access": "read", "response": { "type": "object" } }"#.to_owned(),
    );
    expected.insert(module("MaintainOperation"));

    let (new, new_warnings) = generate(&after);
    let paths = old.keys().chain(new.keys());
    let changed: BTreeSet<PathBuf> = paths
        .filter(|path| old.get(*path) != new.get(*path))
        .cloned()
        .collect();
    assert_eq!(changed, expected);
    // The changed limit alone may disagree with its description.
    assert!(new_warnings <= warnings + 1, "{new_warnings} {warnings}");
    for (path, edit) in edited {
        let module = module(path.file_stem().unwrap().to_str().unwrap());
        assert!(
            !old[&module].contains(edit.shows),
            "{}: {path:?}",
            edit.name
        );
        assert!(new[&module].contains(edit.shows), "{}: {path:?}", edit.name);
    }
    let gone = module(gone_name);
    assert!(!new.contains_key(&gone));
    assert!(new[&product].contains("maintain_operation::OPERATION"));
    assert!(new[&client].contains("[`MaintainOperation`]"));
}
