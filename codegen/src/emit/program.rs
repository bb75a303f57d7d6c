//! The program in the documentation of an operation, which makes the smallest call.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    Options,
    model::{Field, Operation, Presence, Product, Record, RustType, Scope},
};

use super::operation::until;

/// The program, where there is a value to show for each required parameter.
pub(super) fn emit(
    product: &Product<'_>,
    operation: &Operation<'_>,
    options: &Options,
) -> Option<String> {
    let krate = options.example_crate.as_deref()?;
    let request = &operation.request;
    let place = Place {
        product,
        scope: operation.scope(),
        module: &operation.module,
    };
    let mut imports = Imports::new();
    let value = |field: &Field<'_>| crate::example::value(field.wire, field.schema);
    let required: Vec<String> = request
        .fields
        .iter()
        .filter(|field| field.presence == Presence::Required)
        .map(|field| place.literal(&field.ty, &value(field)?, &mut imports))
        .collect::<Option<_>>()?;
    let chosen = crate::example::parameters(operation.spec, operation.descriptor.request.get())?;
    let setters: String = request
        .fields
        .iter()
        .filter(|field| field.presence == Presence::Optional && !field.table.region)
        .filter(|field| chosen.contains(&field.wire))
        .filter_map(|field| {
            let value = place.literal(&field.ty, &value(field)?, &mut imports)?;
            Some(format!(".{}({value})", field.setter))
        })
        .collect();
    let module = &product.module;
    let name = &operation.request.ident;
    let required = required.join(", ");
    let allow = if operation.spec.deprecated.is_some() {
        "# #[allow(deprecated)]\n"
    } else {
        ""
    };
    let waiters = (!operation.waiters.is_empty()).then(|| ", waiters".to_owned());
    let imports = imports.iter().map(|(module, types)| {
        let types: Vec<&str> = types.iter().map(String::as_str).collect();
        match types.as_slice() {
            [name] => format!(", {module}::{name}"),
            names => format!(", {module}::{{{}}}", names.join(", ")),
        }
    });
    let imports: String = imports.chain(waiters).collect();
    let import = laid_out(&format!(
        "use {krate}::{module}::{{Client, {name}{imports}}};"
    ))?;
    let request = laid_out(&format!("let request = {name}::new({required}){setters};"))?;
    let uses = uses(operation);
    Some(format!(
        "# Example\n\n```no_run\n{allow}# async fn example() -> Result<(), Box<dyn std::error::Error>> {{\n\
         {import}\n\n\
         let client = Client::from_env(\"cn-hangzhou\")?;\n\
         {request}\n\
         {uses}\n# Ok(())\n# }}\n```"
    ))
}

/// A statement in lines of readable length.
fn laid_out(statement: &str) -> Option<String> {
    let file = syn::parse_str(&format!("fn f() {{ {statement} }}")).ok()?;
    let file = prettyplease::unparse(&file);
    let lines: Vec<&str> = file
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .collect();
    Some(lines.join("\n"))
}

/// What the program does with the request.
fn uses(operation: &Operation<'_>) -> String {
    let mut uses = vec![
        "let response = client.send(REQUEST).await?;\nprintln!(\"{response:#?}\");".to_owned(),
    ];
    if operation.pages.is_some() {
        uses.push(
            "// The items of all pages:\nlet mut items = client.items(REQUEST);\n\
             while let Some(item) = items.next().await {\n    println!(\"{:?}\", item?);\n}"
                .to_owned(),
        );
    }
    if operation.descriptor.dry_run.is_some() {
        // The service is asked before anything is done.
        uses.insert(
            0,
            "// Let the service check the request without carrying it out:\n\
             client.request(REQUEST).dry_run().await?;"
                .to_owned(),
        );
    }
    if let Some(waiter) = operation.waiters.first() {
        uses.push(format!(
            "// Wait until {}:\nclient.wait(REQUEST, waiters::{}).await?;",
            until(waiter.spec),
            waiter.value
        ));
    }
    let last = uses.len() - 1;
    let uses: Vec<String> = uses
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let request = if index == last {
                "request"
            } else {
                "request.clone()"
            };
            text.replace("REQUEST", request)
        })
        .collect();
    uses.join("\n\n")
}

/// The types that a program names, by module.
type Imports<'m> = BTreeMap<&'m str, BTreeSet<String>>;

/// Where a type is named: the structs of an operation, or those that operations share.
#[derive(Clone, Copy)]
struct Place<'m, 'a> {
    product: &'m Product<'a>,
    scope: Scope<'m, 'a>,
    module: &'m str,
}

impl<'m> Place<'m, '_> {
    /// An example as a Rust expression that the setter takes, and what it needs to be imported.
    fn literal(self, ty: &RustType, example: &Value, imports: &mut Imports<'m>) -> Option<String> {
        match ty {
            RustType::String => Some(format!("{:?}", example.as_str()?)),
            RustType::I32 | RustType::I64 => Some(example.as_i64()?.to_string()),
            RustType::F64 => Some(format!("{:?}", example.as_f64()?)),
            RustType::Bool => Some(example.as_bool()?.to_string()),
            RustType::List(inner) => {
                let elements = example.as_array()?.iter();
                let elements: Vec<_> = elements
                    .map(|value| self.literal(inner, value, imports))
                    .collect::<Option<_>>()?;
                Some(format!("[{}]", elements.join(", ")))
            }
            RustType::Part(index) => self.object(&self.scope.parts[*index], example, imports),
            RustType::Shared(shared) => {
                let types = &self.product.types;
                let place = Place {
                    scope: types.scope(),
                    module: "types",
                    ..self
                };
                place.object(types.get(shared)?, example, imports)
            }
            RustType::Bytes | RustType::Any | RustType::Map(_) => None,
        }
    }

    fn object(
        self,
        record: &Record<'_>,
        example: &Value,
        imports: &mut Imports<'m>,
    ) -> Option<String> {
        let example = example.as_object()?;
        let mut required = Vec::new();
        let mut setters = Vec::new();
        for field in &record.fields {
            let value = match example.get(field.wire) {
                Some(value) => self.literal(&field.ty, value, imports)?,
                None if field.presence == Presence::Required => return None,
                None => continue,
            };
            match field.presence {
                Presence::Required => required.push(value),
                Presence::Optional | Presence::Empty => {
                    setters.push(format!(".{}({value})", field.setter));
                }
            }
        }
        let types = imports.entry(self.module).or_default();
        types.insert(record.ident.clone());
        let (required, setters) = (required.join(", "), setters.concat());
        Some(format!("{}::new({required}){setters}", record.ident))
    }
}
