//! The content of a page, independent of its form, language and template.

use std::collections::HashMap;
use std::sync::Arc;

use super::form::Form;
use super::text::Text;
use super::words::{Kind, Language};
use crate::diagnostic::{Place, Source};
use crate::tree::Span;

/// A page about one operation, or about the permissions of a whole product.
#[derive(Clone, Debug)]
pub struct Page {
    /// The file.
    pub source: Arc<Source>,
    /// The form of the file.
    pub form: Form,
    /// The language of its headings.
    pub language: Language,
    /// The vendor's code of the product and the API version, where a link names them.
    pub product: Option<(String, String)>,
    /// The name of the operation, as the page has it: unchecked text.
    pub operation: Option<Text>,
    /// The day on which it was last changed, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// The paragraphs before the tables.
    pub description: Vec<Line>,
    /// The table of the parameters.
    pub request: Option<Fields>,
    /// The table of the response.
    pub response: Option<Fields>,
    /// A successful response.
    pub example: Option<Text>,
    /// The error table.
    pub errors: Option<Errors>,
    /// The permission table.
    pub permissions: Option<Permissions>,
    /// The parts that could not be read: the place of each, and a description.
    pub unreadable: Vec<(Span, String)>,
}

impl Page {
    /// The operations that a page about a whole product asks permissions for, each as a page of its own.
    #[must_use]
    pub fn by_operation(&self) -> Vec<(String, Page)> {
        let mut pages: Vec<(String, Page)> = Vec::new();
        let mut index: HashMap<String, usize> = HashMap::new();
        let Some(table) = &self.permissions else {
            return pages;
        };
        for row in &table.rows {
            let action = row.action.as_str();
            let api = row.api.as_ref().map(|api| api.as_str().trim().to_owned());
            let name =
                api.unwrap_or_else(|| action.rsplit(':').next().unwrap_or(action).to_owned());
            let at = *index.entry(name.clone()).or_insert_with(|| {
                let page = Page {
                    description: Vec::new(),
                    request: None,
                    response: None,
                    example: None,
                    errors: None,
                    permissions: Some(Permissions {
                        title: row.action.span(),
                        rows: Vec::new(),
                    }),
                    unreadable: Vec::new(),
                    operation: Some(row.api.clone().unwrap_or_else(|| row.action.clone())),
                    // It is about permissions only: nothing else has been compared with it.
                    date: None,
                    source: Arc::clone(&self.source),
                    product: self.product.clone(),
                    ..*self
                };
                pages.push((name, page));
                pages.len() - 1
            });
            if let Some(permissions) = &mut pages[at].1.permissions {
                permissions.rows.push(row.clone());
            }
        }
        pages
    }

    /// A place on it.
    pub(super) fn place(&self, span: Span) -> Place {
        Place {
            source: Arc::clone(&self.source),
            span,
        }
    }
}

/// One paragraph, line or item of a description.
#[derive(Clone, Debug)]
pub struct Line {
    /// The text.
    pub text: Text,
    /// It is an item of a list.
    pub item: bool,
}

/// A table of parameters or fields.
#[derive(Clone, Debug)]
pub struct Fields {
    /// The title of the section.
    pub title: Span,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row of such a table.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The name; elements of lists have none.
    pub name: Option<Text>,
    /// The name may as well be the example of the row before.
    pub doubtful: bool,
    /// The type, as written and as understood.
    pub kind: Option<(Kind, Text)>,
    /// Whether it is required.
    pub required: Option<(bool, Text)>,
    /// The description.
    pub description: Vec<Line>,
    /// The example.
    pub example: Option<Text>,
}

impl Row {
    /// The place of the row: its name, or else its type.
    pub(super) fn span(&self) -> Span {
        let kind = self.kind.as_ref().map(|(_, text)| text.span());
        let name = self.name.as_ref().map(Text::span);
        name.or(kind).unwrap_or_default()
    }
}

/// The error table.
#[derive(Clone, Debug)]
pub struct Errors {
    /// The title of the section.
    pub title: Span,
    /// The rows.
    pub rows: Vec<ErrorLine>,
}

/// A row of the error table.
#[derive(Clone, Debug)]
pub struct ErrorLine {
    /// The status; none where it is not a number.
    pub status: Option<u32>,
    /// The status, as it is written.
    pub status_text: Text,
    /// The code.
    pub code: Text,
    /// The message, where it can be told from the description.
    pub message: Option<Text>,
    /// The description, where it can be told from the message.
    pub description: Option<Text>,
    /// Message and description, where they run together.
    pub joined: Option<Text>,
}

/// The permission table.
#[derive(Clone, Debug)]
pub struct Permissions {
    /// The title of the section.
    pub title: Span,
    /// The rows.
    pub rows: Vec<Permission>,
}

/// A row of the permission table.
#[derive(Clone, Debug)]
pub struct Permission {
    /// The action, `product:Operation`.
    pub action: Text,
    /// The operation that needs it, on pages about a whole product.
    pub api: Option<Text>,
    /// The access level, as understood and as written.
    pub access: Option<(&'static str, Text)>,
    /// The resource types.
    pub resources: Vec<Resource>,
    /// The condition keys.
    pub conditions: Vec<Text>,
    /// The actions that are needed beside this one.
    pub dependent: Vec<Text>,
}

/// A resource type of a permission.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The type, such as `Instance`; none where the page gives an ARN alone.
    pub kind: Option<Text>,
    /// It is marked as required.
    pub required: bool,
    /// The ARNs.
    pub arns: Vec<Text>,
}
