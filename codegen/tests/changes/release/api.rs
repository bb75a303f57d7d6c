//! What is called breaking, held to the public items of the generated code, over changes made at random.

use std::{
    cell::Cell,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use alicloud_codegen::{
    Options, check,
    drift::{Effect, between},
};
use proptest::{
    prelude::{Strategy as _, any},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use syn::{Fields, ImplItem, Item, Visibility};

use super::{Files, cases, specs};

/// The public items of generated files, each with its type: what code can hold on to.
fn items(name: &str, files: &Files) -> Result<BTreeSet<String>, String> {
    let files = files.iter().map(|(path, value)| {
        let path = Path::new("shop").join(path);
        (path, value.to_string())
    });
    let catalogue = check::load_from_memory(&files.collect())
        .map_err(|found| format!("{name}: {}", alicloud_codegen::Failure::Specs(found)))?;
    let options = Options::for_crate("alicloud");
    let generated = alicloud_codegen::render(&catalogue, Path::new("api-spec"), &options)?;
    let mut found = BTreeSet::new();
    for (path, text) in &generated.files {
        // What the files are called is seen where modules are told.
        let module = path.with_extension("");
        let module = module
            .components()
            .map(|it| it.as_os_str().to_string_lossy());
        let module = module.collect::<Vec<_>>().join("::");
        for item in syn::parse_file(text).unwrap().items {
            collect(&module, &item, &mut found);
        }
    }
    Ok(found)
}

fn collect(module: &str, item: &Item, found: &mut BTreeSet<String>) {
    let public = |it: &Visibility| matches!(it, Visibility::Public(_));
    let tokens = |it: &dyn quote::ToTokens| it.to_token_stream().to_string();
    match item {
        Item::Struct(it) if public(&it.vis) => {
            found.insert(format!("{module}::{}", it.ident));
            if let Fields::Named(fields) = &it.fields {
                for field in &fields.named {
                    let name = field.ident.as_ref().unwrap();
                    found.insert(format!(
                        "{module}::{}.{name}: {}",
                        it.ident,
                        tokens(&field.ty)
                    ));
                }
            }
        }
        Item::Enum(it) if public(&it.vis) => {
            for variant in &it.variants {
                found.insert(format!("{module}::{}::{}", it.ident, tokens(variant)));
            }
        }
        Item::Impl(it) => {
            let of = tokens(&it.self_ty);
            let of_trait = it.trait_.as_ref().map(|it| tokens(&it.1));
            if let Some(of_trait) = &of_trait {
                found.insert(format!("{module}: {of_trait} for {of}"));
            }
            for item in &it.items {
                match item {
                    ImplItem::Fn(it) if public(&it.vis) => {
                        let signature = &it.sig;
                        // What a setter calls its argument is nobody's concern; the order of `new` is.
                        let arguments = tokens(&signature.inputs);
                        let arguments = match (
                            arguments.starts_with("mut self"),
                            arguments.split_once(" : "),
                        ) {
                            (true, Some((_, ty))) => ty.to_owned(),
                            _ => arguments,
                        };
                        found.insert(format!("{module}::{of}::{}({arguments})", signature.ident));
                    }
                    ImplItem::Type(it) if it.ident == "Item" => {
                        found.insert(format!("{module}::{of}: Item = {}", tokens(&it.ty)));
                    }
                    _ => {}
                }
            }
        }
        Item::Type(it) if public(&it.vis) => {
            found.insert(format!("{module}::{} = {}", it.ident, tokens(&it.ty)));
        }
        Item::Const(it) if public(&it.vis) => {
            found.insert(format!("{module}::{}", it.ident));
        }
        Item::Macro(it) if it.mac.path.is_ident("error_codes") => {
            let mut tokens = it
                .mac
                .tokens
                .clone()
                .into_iter()
                .filter_map(|token| match token {
                    proc_macro2::TokenTree::Group(group)
                        if group.delimiter() == proc_macro2::Delimiter::Brace =>
                    {
                        Some(group.stream())
                    }
                    _ => None,
                });
            for token in tokens.next().into_iter().flatten() {
                if let proc_macro2::TokenTree::Ident(variant) = token {
                    found.insert(format!("{module}::ErrorCode::{variant}"));
                }
            }
        }
        Item::Mod(it) => {
            for item in it.content.iter().flat_map(|(_, items)| items) {
                collect(&format!("{module}::{}", it.ident), item, found);
            }
        }
        _ => {}
    }
}

/// What drift calls breaking.
fn breaking(old: &Files, new: &Files) -> Vec<String> {
    let drift = between(&specs(old), &specs(new), "shop");
    let breaking = drift.of(Effect::Breaking);
    let breaking = breaking.map(|entry| format!("{}: {}", entry.operation, entry.text));
    breaking.collect()
}

#[test]
fn each_class_breaks_what_it_says() {
    let old = cases::shop();
    let before = items("before", &old).unwrap();
    for case in cases::CASES {
        let new = super::after(case);
        let after = items(case.name, &new).unwrap();
        let gone: Vec<&String> = before.difference(&after).collect();
        let breaking = breaking(&old, &new);
        assert_eq!(
            breaking.is_empty(),
            gone.is_empty(),
            "{}: {breaking:?} {gone:#?}",
            case.name
        );
    }
}

/// The golden product, which uses all of the format.
fn golden() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/spec/shop");
    let mut files = Files::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            files.insert(
                name,
                serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap(),
            );
        }
    }
    files
}

/// The places of schemas in a file, as JSON pointers.
fn schemas(at: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if object.contains_key("type") || object.contains_key("$ref") {
                found.push(at.to_owned());
            }
            for (key, value) in object {
                schemas(&format!("{at}/{key}"), value, found);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                schemas(&format!("{at}/{index}"), value, found);
            }
        }
        _ => {}
    }
}

/// Takes something out of what holds it.
fn take(file: &mut Value, at: &str) -> Option<()> {
    let (holder, key) = at.rsplit_once('/')?;
    match file.pointer_mut(holder)? {
        Value::Object(object) => drop(object.remove(key)),
        Value::Array(values) => drop(values.remove(key.parse().ok()?)),
        _ => {}
    }
    Some(())
}

/// One change of the kind, at a place that the numbers decide.
fn change(files: &mut Files, (kind, file, place): (u8, usize, usize)) -> Option<()> {
    let name = files.keys().nth(file % files.len())?.clone();
    let file = files.get_mut(&name)?;
    let mut places = Vec::new();
    schemas("", file, &mut places);
    let at = places
        .get(place % places.len().max(1))
        .cloned()
        .unwrap_or_default();
    let schema = file.pointer_mut(&at);
    match kind % 16 {
        0 => take(file, &at)?,
        1 => {
            let schema = schema?.as_object_mut()?;
            schema.retain(|key, _| key == "name" || key == "description" || key == "required");
            let types = ["string", "integer", "boolean", "number", "any"];
            schema.insert("type".to_owned(), types[place % types.len()].into());
        }
        2 => {
            let schema = schema?;
            schema["required"] = json!(schema["required"] != true);
        }
        3 => {
            let schema = schema?;
            let name = format!("{}X", schema["name"].as_str()?);
            schema["name"] = name.into();
        }
        4 => schema?["format"] = json!("int32"),
        5 => schema?["rust"] = json!(format!("name_{place}")),
        6 => schema?["properties"]["Added"] = json!({ "type": "string" }),
        7 => schema?["deprecated"] = json!(true),
        8 => {
            schema?["enum"].as_array_mut()?.pop();
        }
        9 => {
            schema?["knownValues"].as_array_mut()?.pop();
        }
        10 => {
            let errors = file["errors"].as_array_mut().filter(|it| !it.is_empty())?;
            errors.remove(place % errors.len());
        }
        11 => {
            let rules = file["constraints"]
                .as_array_mut()
                .filter(|it| !it.is_empty())?;
            rules.remove(place % rules.len());
        }
        12 => {
            let keys = [
                "pagination",
                "waiters",
                "idempotency",
                "dryRun",
                "access",
                "response",
            ];
            file.as_object_mut()?.remove(keys[place % keys.len()]);
        }
        13 => {
            let parameters = file["parameters"]
                .as_array_mut()
                .filter(|it| !it.is_empty())?;
            let length = parameters.len();
            parameters.swap(place % length, (place / 7) % length);
        }
        14 => {
            let schema = schema?;
            let inner = std::mem::take(schema);
            let mut outer = json!({ "type": "array" });
            for key in ["name", "required", "style", "in"] {
                if let Some(value) = inner.get(key) {
                    outer[key] = value.clone();
                }
            }
            let mut inner = inner;
            inner.as_object_mut()?.retain(|key, _| {
                !["name", "required", "style", "in", "default"].contains(&key.as_str())
            });
            outer["items"] = inner;
            *schema = outer;
        }
        _ => {
            let fields = file.pointer_mut("/response/properties")?;
            fields["Added"] = json!({ "type": "integer" });
        }
    }
    Some(())
}

#[test]
fn what_breaks_is_what_is_gone_from_the_generated_code() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config {
        cases: 100,
        max_global_rejects: 20_000,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let changes = proptest::collection::vec((any::<u8>(), any::<usize>(), any::<usize>()), 1..4);
    let old = golden();
    let before = items("before", &old).unwrap();
    let (broken, sound) = (Cell::new(0), Cell::new(0));
    let states = changes.prop_filter_map("not a spec", |changes| {
        let mut new = old.clone();
        for number in changes {
            change(&mut new, number)?;
        }
        let after = items("after", &new).ok()?;
        (new != old).then_some((new, after))
    });
    runner
        .run(&states, |(new, after)| {
            let gone: Vec<&String> = before.difference(&after).collect();
            let breaking = breaking(&old, &new);
            let count = if gone.is_empty() { &sound } else { &broken };
            count.set(count.get() + 1);
            proptest::prop_assert_eq!(
                breaking.is_empty(),
                gone.is_empty(),
                "{:#?} {:#?}",
                breaking,
                gone
            );
            Ok(())
        })
        .unwrap();
    let counts = (broken.get(), sound.get());
    assert!(counts.0 > 20 && counts.1 > 20, "{counts:?}");
}
