//! The layout of generated items: that of prettyplease, with corrections where it sets items too
//! close or too wide.

use std::fmt::Write as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The text of a file, with an empty line between its items.
pub(super) fn file(file: syn::File) -> String {
    let syn::File { attrs, items, .. } = file;
    let mut out = String::new();
    if !attrs.is_empty() {
        out.push_str(&prettyplease::unparse(&of(attrs, Vec::new())));
    }
    let mut last_was_line = false;
    for item in items {
        let line = is_line(&item);
        if !(out.is_empty() || line && last_was_line) {
            out.push('\n');
        }
        last_was_line = line;
        out.push_str(&self::item(item));
    }
    out
}

/// Imports, modules and patterns stand line under line.
fn is_line(item: &syn::Item) -> bool {
    matches!(item, syn::Item::Use(_) | syn::Item::Mod(_))
}

fn of(attrs: Vec<syn::Attribute>, items: Vec<syn::Item>) -> syn::File {
    syn::File {
        shebang: None,
        frontmatter: None,
        attrs,
        items,
    }
}

fn plain(item: syn::Item) -> String {
    prettyplease::unparse(&of(Vec::new(), vec![item]))
}

fn item(item: syn::Item) -> String {
    match item {
        syn::Item::Impl(item) => methods(item),
        syn::Item::Macro(item) => entries(&item).unwrap_or_else(|| plain(syn::Item::Macro(item))),
        syn::Item::Static(item) => {
            let text = plain(syn::Item::Static(item));
            chain(&text).unwrap_or(text)
        }
        item => plain(item),
    }
}

/// A static whose first call has a text of several lines, where other calls follow: prettyplease sets all of
/// them one step too deep.
fn chain(text: &str) -> Option<String> {
    let (head, rest) = text.split_once("\n        r")?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let end = format!("\"{},\n", "#".repeat(hashes));
    let (literal, calls) = rest.split_once(&end)?;
    if head.contains('\n') {
        return None;
    }
    let calls = calls
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line));
    let calls: String = calls.flat_map(|line| [line, "\n"]).collect();
    Some(format!("{head}\n    r{literal}{end}{calls}"))
}

/// An `impl` with an empty line between its functions.
fn methods(mut item: syn::ItemImpl) -> String {
    let inner = std::mem::take(&mut item.items);
    let mut file = of(Vec::new(), vec![syn::Item::Impl(item)]);
    let mut with = |items| {
        if let [syn::Item::Impl(item)] = file.items.as_mut_slice() {
            item.items = items;
        }
        prettyplease::unparse(&file)
    };
    let empty = with(Vec::new());
    let Some(head) = empty.strip_suffix("}\n") else {
        return with(inner);
    };
    let mut out = format!("{head}\n");
    for (index, inner) in inner.into_iter().enumerate() {
        if index > 0 && matches!(inner, syn::ImplItem::Fn(_)) {
            out.push('\n');
        }
        let one = with(vec![inner]);
        let one = one
            .strip_prefix(head)
            .unwrap_or(&one)
            .trim_start_matches('\n');
        out.push_str(one.strip_suffix("}\n").unwrap_or(one));
    }
    out.push_str("}\n");
    out
}

/// `name! { head { … } }` with each entry on a line of its own, doc comments above it.
fn entries(item: &syn::ItemMacro) -> Option<String> {
    let name = item.mac.path.get_ident()?;
    let mut tokens: Vec<_> = item.mac.tokens.clone().into_iter().collect();
    let Some(TokenTree::Group(body)) = tokens.pop() else {
        return None;
    };
    let body = (body.delimiter() == Delimiter::Brace).then(|| body.stream())?;
    let mut out = format!("{name}! {{\n");
    entry(&mut out, "    ", tokens)?;
    out.push_str(" {\n");
    let mut one = Vec::new();
    for token in body {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                entry(&mut out, "        ", std::mem::take(&mut one))?;
                out.push_str(",\n");
            }
            token => one.push(token),
        }
    }
    out.push_str("    }\n}\n");
    one.is_empty().then_some(out)
}

/// The doc comments of an entry, then the rest of it.
fn entry(out: &mut String, indent: &str, tokens: Vec<TokenTree>) -> Option<()> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(TokenTree::Punct(_)) = tokens.next_if(is_hash) {
        let Some(TokenTree::Group(attribute)) = tokens.next() else {
            return None;
        };
        let doc = attribute.stream().into_iter().last()?;
        let doc: syn::LitStr = syn::parse2(doc.into()).ok()?;
        let _ = writeln!(out, "{indent}///{}", doc.value());
    }
    let rest: TokenStream = tokens.collect();
    let _ = write!(out, "{indent}{rest}");
    Some(())
}

fn is_hash(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#')
}
