//! Schemas as text: those of a request, its response and their parts below each other, each a name and
//! its fields.
//!
//! ```
//! use alicloud_schema::{record::Kind, schemas::Schemas};
//!
//! static COMMON: Schemas = Schemas::text(
//!     r#"
//!     Tag
//!         Key string required
//!         Value string
//!     "#,
//! );
//! static SCHEMAS: Schemas = Schemas::text(
//!     r#"
//!     BuyGoods
//!         Amount int32 required min=1 max=10
//!         Parcel [Parcel] items=..5
//!         Tag [Tag] items=..20
//!     Parcel
//!         Size string values="large","small"
//!     "#,
//! )
//! .with(&[&COMMON]);
//!
//! assert_eq!(SCHEMAS.get(0).name, "BuyGoods");
//! assert_eq!(SCHEMAS.get(0).fields.len(), 3);
//! assert!(matches!(SCHEMAS.get(1).fields[0].kind, Kind::String));
//! ```
//!
//! A line of a single word begins a schema. The lines of fields are those of [`fields`](crate::fields).

use std::{fmt, ops::Deref, sync::OnceLock};

use crate::{
    pattern::Pattern,
    record::{Fields, Rule, Schema},
};

/// The schemas of a text, by position. The text is taken apart when one of them is first needed, and
/// the fields of each are read when they are.
pub struct Schemas {
    text: &'static str,
    others: &'static [&'static Schemas],
    rules: &'static [Rule],
    pattern: Option<fn(&'static str) -> Pattern>,
    read: OnceLock<&'static [Schema]>,
}

impl Schemas {
    /// The schemas of a text.
    pub const fn text(text: &'static str) -> Self {
        Self {
            text,
            others: &[],
            rules: &[],
            pattern: None,
            read: OnceLock::new(),
        }
    }

    /// The same, where fields may hold records of other schemas too.
    pub const fn with(mut self, others: &'static [&'static Schemas]) -> Self {
        self.others = others;
        self
    }

    /// The same, with the rules of the first: the request.
    pub const fn rules(mut self, rules: &'static [Rule]) -> Self {
        self.rules = rules;
        self
    }

    /// The same, where fields may have patterns. The program then has regular expressions in it.
    pub const fn patterns(mut self) -> Self {
        self.pattern = Some(Pattern::new);
        self
    }

    /// The schema at a position.
    ///
    /// # Panics
    ///
    /// There is none: the generator refers to none such.
    #[inline]
    pub fn get(&'static self, position: usize) -> &'static Schema {
        &self.as_slice()[position]
    }

    /// A reference to the schema at a position, for a constant.
    pub const fn at(&'static self, position: usize) -> SchemaRef {
        SchemaRef(Place::Text(self, position))
    }

    /// Makes a pattern, where there may be some.
    pub(crate) fn pattern(&self) -> Option<fn(&'static str) -> Pattern> {
        self.pattern
    }

    /// The schema of this name, here or in what is referred to.
    pub(crate) fn find(&'static self, name: &str) -> Option<&'static Schema> {
        let all = [self].into_iter().chain(self.others.iter().copied());
        let mut all = all.flat_map(Schemas::as_slice);
        all.find(|schema| schema.name == name)
    }

    #[inline]
    fn as_slice(&'static self) -> &'static [Schema] {
        self.read.get_or_init(|| self.sections())
    }

    /// The parts of the text, none of which is read yet.
    #[cold]
    fn sections(&'static self) -> &'static [Schema] {
        let mut names: Vec<(&str, usize, usize)> = Vec::new();
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let end = at + line.len();
            let line = line.trim();
            if !line.is_empty() && !line.contains(' ') {
                names.push((line, end, end));
            } else if let Some((_, _, last)) = names.last_mut() {
                *last = end;
            }
            at = end;
        }
        let rules = [self.rules].into_iter().chain(std::iter::repeat(&[][..]));
        let schemas = names.into_iter().zip(rules);
        let schemas = schemas.map(|((name, from, to), rules)| Schema {
            name,
            fields: Fields::of_text(&self.text[from..to], self),
            rules,
        });
        schemas.collect::<Vec<_>>().leak()
    }
}

/// A reference to a [`Schema`] that is a static of its own, or one of a text.
#[derive(Clone, Copy)]
pub struct SchemaRef(Place);

#[derive(Clone, Copy)]
enum Place {
    Static(&'static Schema),
    Text(&'static Schemas, usize),
}

impl SchemaRef {
    /// A reference to a static.
    pub const fn of(schema: &'static Schema) -> Self {
        Self(Place::Static(schema))
    }

    /// The schema.
    #[inline]
    pub fn get(self) -> &'static Schema {
        match self.0 {
            Place::Static(schema) => schema,
            Place::Text(schemas, position) => schemas.get(position),
        }
    }
}

impl Deref for SchemaRef {
    type Target = Schema;

    #[inline]
    fn deref(&self) -> &Schema {
        self.get()
    }
}

impl fmt::Debug for SchemaRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
