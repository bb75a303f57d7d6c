//! The checks that need several files: conflicts between operations, and between products.

use std::collections::{HashMap, HashSet};

use super::catalogue::OperationSpec;
use super::near::nearest;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::names;
use crate::spec::{ErrorRow, Product, Type};

/// Finds names that give the same module, or files that not every system can hold beside each other.
pub(super) fn modules<'n>(named: impl IntoIterator<Item = (&'n str, Place)>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut modules: HashMap<String, (&str, Place)> = HashMap::new();
    let mut files: HashMap<String, (&str, Place)> = HashMap::new();
    for (name, place) in named {
        let module = names::module_name(name);
        let of_module = (
            format!("are both in the module `{module}` in Rust"),
            "the same module again",
        );
        let of_file = (
            "differ only in the case of their letters".to_owned(),
            "not every system can hold both",
        );
        let (module, file) = (
            modules.entry(module).or_insert((name, place.clone())),
            files
                .entry(name.to_lowercase())
                .or_insert((name, place.clone())),
        );
        // The same name twice is a wrong file name, which is reported as such.
        let taken = [(module, of_module), (file, of_file)];
        let Some(((other, first), (why, label))) = taken.into_iter().find(|(it, _)| it.0 != name)
        else {
            continue;
        };
        findings.push(
            Diagnostic::new(
                Code::NameCollision,
                place,
                format!("`{other}` and `{name}` {why}"),
            )
            .label(label)
            .also(first.clone(), "first here")
            .help("leave one of them out, or give it another name: an operation with `rust`, a product by its folder"),
        );
    }
    findings
}

/// Whether the topics of operations are among those that the product lists.
pub(super) fn topics(product: &Product, named: &[(String, Place)]) -> Vec<Diagnostic> {
    let unknown = named
        .iter()
        .filter(|(topic, _)| !product.topics.contains(topic));
    unknown
        .map(|(topic, place)| {
            let finding = Diagnostic::new(
                Code::UnknownTopic,
                place.clone(),
                format!("`{topic}` is not a topic of the product"),
            );
            let known = product.topics.iter().map(String::as_str);
            match nearest(topic, known) {
                Some(near) => finding.label(format!("did you mean `{near}`?")),
                None => finding.label("no such topic"),
            }
            .help("a new topic is listed in `topics` of `product.json`, where it stands in the documentation")
        })
        .collect()
}

/// Whether the operations that are to be used in the place of deprecated ones are there.
pub(super) fn replacements(
    operations: &[(String, Place)],
    replacements: &[(String, Place)],
) -> Vec<Diagnostic> {
    let names = || operations.iter().map(|(name, _)| name.as_str());
    let unknown = replacements
        .iter()
        .filter(|(name, _)| !names().any(|known| known == name));
    unknown
        .map(|(name, place)| {
            let finding = Diagnostic::new(
                Code::UnknownReplacement,
                place.clone(),
                format!("`{name}` is not an operation of the product"),
            );
            match nearest(name, names()) {
                Some(near) => finding.label(format!("did you mean `{near}`?")),
                None => finding.label("there is none of this name"),
            }
        })
        .collect()
}

/// Gives error rows without a description the meaning of their code, and finds meanings of codes that
/// no row has.
pub(super) fn meanings(
    codes: &[(String, String, Place)],
    product: Option<&mut Product>,
    operations: &mut [OperationSpec],
) -> Vec<Diagnostic> {
    let meanings: HashMap<&str, &str> = codes
        .iter()
        .map(|(code, meaning, _)| (code.as_str(), meaning.as_str()))
        .collect();
    let mut listed: HashSet<String> = HashSet::new();
    let mut explain = |rows: &mut [ErrorRow]| {
        for row in rows {
            if let Some(meaning) = meanings.get(row.code.as_str()) {
                row.description.get_or_insert_with(|| (*meaning).to_owned());
                listed.insert(row.code.clone());
            }
        }
    };
    if let Some(product) = product {
        explain(&mut product.errors);
    }
    for spec in operations {
        explain(&mut spec.operation.errors);
    }
    let unlisted = codes.iter().filter(|(code, ..)| !listed.contains(code));
    unlisted
        .map(|(code, _, place)| {
            Diagnostic::new(
                Code::UnlistedCode,
                place.clone(),
                format!("no operation lists the error code `{code}`"),
            )
            .label("no operation answers this code")
            .help("remove it, or correct the spelling of the code")
        })
        .collect()
}

/// Whether there is a parameter that takes the region, and whether it can.
pub(super) fn region_parameter(
    product: &Product,
    place: &Place,
    operations: &[OperationSpec],
) -> Vec<Diagnostic> {
    let Some(name) = &product.region_parameter else {
        return Vec::new();
    };
    let all = || {
        operations.iter().flat_map(|spec| {
            let parameters = spec.operation.parameters.iter();
            parameters.map(move |parameter| (spec, parameter))
        })
    };
    if !operations.is_empty() && !all().any(|(_, parameter)| parameter.name == *name) {
        let finding = Diagnostic::new(
            Code::UnknownParameter,
            place.clone(),
            format!("`{name}` is not a parameter of any operation"),
        );
        let names = all().map(|(_, parameter)| parameter.name.as_str());
        return vec![match nearest(name, names) {
            Some(near) => finding.label(format!("did you mean `{near}`?")),
            None => finding.label("no such parameter"),
        }];
    }
    all()
        .filter(|(_, parameter)| parameter.name == *name && parameter.schema.kind != Type::String)
        .map(|(spec, _)| {
            let operation = &spec.operation.operation;
            Diagnostic::new(
                Code::WrongParameterType,
                place.clone(),
                format!("`{name}` of `{operation}` cannot take the region"),
            )
            .label("expected text")
        })
        .collect()
}
