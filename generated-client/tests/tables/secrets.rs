//! What holds a secret, by its name, is marked so wherever it is.

use std::collections::BTreeSet;

use alicloud::{
    operation::SchemaRef,
    record::{Field, Kind, Schema},
};

/// Ends of the names of texts that are secrets, or may hold some as what a program prints does.
const SECRETS: [&str; 24] = [
    "accesskeysecret",
    "activationcode",
    "assertion",
    "authkey",
    "buildcontent",
    "cak",
    "clientkey",
    "commandcontent",
    "commandline",
    "consoleoutput",
    "oidctoken",
    "passwd",
    "password",
    "privatekey",
    "privatekeybody",
    "psk",
    "screenshot",
    "scriptcontent",
    "securitytoken",
    "seed",
    "testcontent",
    "userdata",
    "vncurl",
    "websocketurl",
];

fn unmarked(
    schema: &'static Schema,
    at: &str,
    seen: &mut Vec<*const Schema>,
    found: &mut BTreeSet<String>,
) {
    if seen.contains(&std::ptr::from_ref(schema)) {
        return;
    }
    seen.push(schema);
    for field in &schema.fields {
        of_field(
            field,
            field.name,
            &format!("{at}/{}", field.name),
            seen,
            found,
        );
    }
    seen.pop();
}

fn of_field(
    field: &'static Field,
    name: &str,
    at: &str,
    seen: &mut Vec<*const Schema>,
    found: &mut BTreeSet<String>,
) {
    if field.sensitive {
        return;
    }
    match field.kind {
        Kind::Object(schema) => unmarked(schema, at, seen, found),
        Kind::List(element) | Kind::Map(element) => of_field(element, name, at, seen, found),
        Kind::String | Kind::Any => {
            let plain = name.to_ascii_lowercase();
            if SECRETS.iter().any(|secret| plain.ends_with(secret)) {
                found.insert(at.to_owned());
            }
        }
        _ => {}
    }
}

#[test]
fn secrets_are_marked_in_every_operation() {
    let mut found = BTreeSet::new();
    for product in alicloud::PRODUCTS {
        for operation in product.operations {
            for schema in [operation.request, operation.response].map(SchemaRef::get) {
                let at = format!("{}/{}", product.code, operation.name);
                unmarked(schema, &at, &mut Vec::new(), &mut found);
            }
        }
    }
    assert_eq!(found, BTreeSet::new());
}
