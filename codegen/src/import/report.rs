//! The report of an import, for people ([`Report::to_text`]) and for tools (it serializes).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

/// Everything worth telling about one import.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The vendor's code of the product.
    pub product: String,
    /// The API version.
    pub version: String,
    /// The number of operations that the metadata describes.
    pub described: usize,
    /// Operations that had no spec before.
    pub added: Vec<String>,
    /// Operations whose spec changed.
    pub updated: Vec<String>,
    /// The number of specs that already agreed with the metadata.
    pub unchanged: usize,
    /// Operations that have a spec but are not in the metadata (any more).
    pub missing: Vec<String>,
    /// Those of [`missing`](Self::missing) whose spec was asked to be removed.
    pub removed: Vec<String>,
    /// Operations that could not be expressed, and why.
    pub declined: Vec<Declined>,
    /// The repairs of dirty metadata.
    pub repairs: Vec<Repair>,
    /// Facts in existing specs that changed.
    pub changes: Vec<Change>,
    /// Documented departures that need a person's attention.
    pub departures: Vec<DepartureNote>,
    /// The facts of existing specs that the metadata does not state.
    pub kept: Kept,
    /// The types that operations share and that were found, or that changed with every use of them.
    pub types: Vec<String>,
    /// Places that referred to such a type, and are schemas of their own because they differ now.
    pub written_out: Vec<WrittenOut>,
    /// Types that no operation refers to any more. Their files are removed.
    pub unused_types: Vec<String>,
}

/// A place that referred to a type that operations share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrittenOut {
    /// The operation.
    pub operation: String,
    /// The place, in the notation of [`crate::spec::Departure::at`].
    pub at: String,
    /// The type.
    pub name: String,
}

/// Facts of specs that metadata is silent about, by kind. They stay, and were not compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Kept {
    /// Parameters.
    pub parameters: usize,
    /// Responses.
    pub responses: usize,
    /// Rows of error tables.
    pub errors: usize,
    /// Least and greatest values, lengths and numbers of elements.
    pub limits: usize,
    /// Patterns.
    pub patterns: usize,
    /// Enumerations.
    pub enumerations: usize,
    /// Defaults.
    pub defaults: usize,
    /// Formats.
    pub formats: usize,
    /// Styles.
    pub styles: usize,
    /// Deprecations.
    pub deprecations: usize,
    /// Lists of permissions.
    pub permissions: usize,
}

impl Kept {
    pub(super) fn add(&mut self, fact: Fact, number: usize) {
        let kind = match fact {
            Fact::Item => &mut self.parameters,
            Fact::Error => &mut self.errors,
            Fact::Minimum
            | Fact::Maximum
            | Fact::MinLength
            | Fact::MaxLength
            | Fact::MinItems
            | Fact::MaxItems => &mut self.limits,
            Fact::Pattern => &mut self.patterns,
            Fact::Enum => &mut self.enumerations,
            Fact::Default => &mut self.defaults,
            Fact::Format => &mut self.formats,
            Fact::Style => &mut self.styles,
            Fact::Deprecated => &mut self.deprecations,
            Fact::Permissions => &mut self.permissions,
            _ => return,
        };
        *kind += number;
    }

    pub(crate) fn append(&mut self, other: Self) {
        for (mine, theirs) in [
            (&mut self.parameters, other.parameters),
            (&mut self.responses, other.responses),
            (&mut self.errors, other.errors),
            (&mut self.limits, other.limits),
            (&mut self.patterns, other.patterns),
            (&mut self.enumerations, other.enumerations),
            (&mut self.defaults, other.defaults),
            (&mut self.formats, other.formats),
            (&mut self.styles, other.styles),
            (&mut self.deprecations, other.deprecations),
            (&mut self.permissions, other.permissions),
        ] {
            *mine += theirs;
        }
    }

    /// `6,091 error rows, 135 defaults`; none where nothing was kept.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        let kinds = [
            (self.parameters, "parameter"),
            (self.responses, "response"),
            (self.errors, "error row"),
            (self.limits, "limit"),
            (self.patterns, "pattern"),
            (self.enumerations, "enumeration"),
            (self.defaults, "default"),
            (self.formats, "format"),
            (self.styles, "style"),
            (self.deprecations, "deprecation"),
            (self.permissions, "list of permissions"),
        ];
        let words: Vec<String> = kinds
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| match what {
                "list of permissions" if number > 1 => format!("{number} lists of permissions"),
                _ => count(number, what),
            })
            .collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// An operation that the format cannot express.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Declined {
    /// Its name in the metadata.
    pub operation: String,
    /// The reason.
    pub why: String,
}

/// One place where the metadata was not taken as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// The operation; empty for the product.
    pub operation: String,
    /// The place, in the notation of [`crate::spec::Departure::at`].
    pub at: String,
    /// The kind of repair.
    pub kind: RepairKind,
    /// The value in the metadata.
    pub found: String,
    /// The value after the repair.
    pub made: String,
}

/// The kinds of dirt that the import knows. [The module's page](super) says what becomes of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RepairKind {
    /// The same parameter, property or key twice, saying the same.
    DuplicateIdentical,
    /// The same parameter, property or key twice, saying different things.
    DuplicateDifferent,
    /// A parameter, property, code or operation without a usable name.
    Nameless,
    /// A name with spaces around it.
    NameTrimmed,
    /// Names that would be the same in Rust.
    NameCollision,
    /// A number or truth value given as text.
    TextForValue,
    /// A reference that was replaced by what it refers to.
    ReferenceInlined,
    /// A reference to nothing, or around in a circle.
    ReferenceBroken,
    /// Deeper or larger than the format goes.
    TooDeep,
    /// No type.
    TypeMissing,
    /// A type that is none, or another word for one.
    TypeUnknown,
    /// The type contradicts other keywords.
    TypeContradicted,
    /// An array without a word on its elements.
    ItemsMissing,
    /// A format that does not go with the type.
    FormatMisplaced,
    /// A format that is not known.
    FormatUnknown,
    /// A limit that does not go with the type.
    LimitMisplaced,
    /// A limit that is no number, or none that the type can hold.
    LimitInvalid,
    /// A least value above the greatest.
    LimitsContradict,
    /// An exclusive limit.
    LimitExclusive,
    /// A pattern that is no regular expression, or one of a kind that is not supported.
    PatternInvalid,
    /// A pattern that had to be spelled differently.
    PatternTranslated,
    /// Values of an enumeration that have the wrong type, or repeat.
    EnumInvalid,
    /// A default that its own schema forbids, or that is prose.
    DefaultInvalid,
    /// A style that does not go with the type, or is not known.
    StyleInvalid,
    /// A place of a parameter that is not known, or not said.
    LocationInvalid,
    /// A parameter that cannot be sent in the RPC style.
    ParameterDropped,
    /// A method that is not known, or not said.
    MethodInvalid,
    /// A security scheme that is not known.
    SecurityUnknown,
    /// A status that is none.
    StatusInvalid,
    /// An action, a resource or a condition key that RAM could not know.
    PermissionInvalid,
    /// An error code without text.
    CodeEmpty,
    /// The same code and status more than once.
    RowDuplicate,
    /// A keyword of JSON Schema that the format has no place for.
    KeywordUnsupported,
    /// A part of the document that has the wrong shape.
    Malformed,
    /// The style of the product is not said.
    ProductStyle,
    /// A response that is described for several statuses.
    ResponseChosen,
    /// A response that is not an object.
    ResponseNotObject,
    /// A parameter that takes a file through a URL.
    FileTransfer,
}

impl RepairKind {
    /// A heading for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::DuplicateIdentical => "listed twice, identical",
            Self::DuplicateDifferent => "listed twice, different",
            Self::Nameless => "without a usable name",
            Self::NameTrimmed => "name with spaces around it",
            Self::NameCollision => "names that would be the same in Rust",
            Self::TextForValue => "number or truth value given as text",
            Self::ReferenceInlined => "reference",
            Self::ReferenceBroken => "broken reference",
            Self::TooDeep => "too deep or too large",
            Self::TypeMissing => "no type",
            Self::TypeUnknown => "unknown type",
            Self::TypeContradicted => "type contradicted by other keywords",
            Self::ItemsMissing => "array without element type",
            Self::FormatMisplaced => "format on the wrong type",
            Self::FormatUnknown => "unknown format",
            Self::LimitMisplaced => "limit on the wrong type",
            Self::LimitInvalid => "limit that is not a usable number",
            Self::LimitsContradict => "least above greatest",
            Self::LimitExclusive => "exclusive limit",
            Self::PatternInvalid => "pattern that cannot be used",
            Self::PatternTranslated => "pattern spelled differently",
            Self::EnumInvalid => "enumeration with unusable values",
            Self::DefaultInvalid => "default that cannot be used",
            Self::StyleInvalid => "style that cannot be used",
            Self::LocationInvalid => "unknown place of a parameter",
            Self::ParameterDropped => "parameter that cannot be sent",
            Self::MethodInvalid => "unknown HTTP method",
            Self::SecurityUnknown => "unknown security scheme",
            Self::StatusInvalid => "status that is none",
            Self::PermissionInvalid => "part of a permission that is none",
            Self::CodeEmpty => "error without a code",
            Self::RowDuplicate => "error listed twice",
            Self::KeywordUnsupported => "unsupported keyword",
            Self::Malformed => "malformed part",
            Self::ProductStyle => "style of the product",
            Self::ResponseChosen => "several responses",
            Self::ResponseNotObject => "response that is not an object",
            Self::FileTransfer => "file behind a URL",
        }
    }
}

/// A fact that a spec stated differently before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The operation; empty for the product.
    pub operation: String,
    /// The place, in the notation of [`crate::spec::Departure::at`].
    pub at: String,
    /// The part of the generated API that it belongs to.
    pub side: Side,
    /// The fact.
    pub fact: Fact,
    /// The value before; `null` if there was none.
    pub old: Value,
    /// The value now; `null` if there is none.
    pub new: Value,
}

/// The part of the generated API that a fact belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The product as a whole.
    Product,
    /// The operation as a whole.
    Operation,
    /// The request.
    Request,
    /// The response.
    Response,
    /// The errors.
    Errors,
}

/// The facts of a spec that have a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Fact {
    /// A whole operation.
    Operation,
    /// A parameter, a property, or the response as a whole.
    Item,
    /// `type`.
    Type,
    /// `format`.
    Format,
    /// `required`.
    Required,
    /// `deprecated`.
    Deprecated,
    /// `default`.
    Default,
    /// `minimum`.
    Minimum,
    /// `maximum`.
    Maximum,
    /// `minLength`.
    MinLength,
    /// `maxLength`.
    MaxLength,
    /// `minItems`.
    MinItems,
    /// `maxItems`.
    MaxItems,
    /// `pattern`.
    Pattern,
    /// `enum`.
    Enum,
    /// `in`.
    In,
    /// `style`.
    Style,
    /// `method`.
    Method,
    /// `access`.
    Access,
    /// `anonymous`.
    Anonymous,
    /// `permissions`.
    Permissions,
    /// A row of the error table.
    Error,
    /// The message of such a row.
    Message,
    /// A host name of the product.
    Endpoint,
    /// The signatures of the product.
    Signatures,
    /// `idempotency`, `dryRun` or `pagination`, which follow from the parameters.
    Derived,
    /// A rule between parameters.
    Rule,
    /// A documented value of an open list.
    KnownValue,
    /// A state to wait for.
    Waiter,
    /// Whether a value is a secret, or an error may be gone later.
    Mark,
    /// Words: summaries, descriptions, examples.
    Words,
    /// A name or type of the generated code that follows from several facts.
    Rust,
}

impl Fact {
    /// The facts of operations that a merge compares.
    pub(crate) const MERGED: [Self; 20] = [
        Self::Item,
        Self::Type,
        Self::Format,
        Self::Required,
        Self::Deprecated,
        Self::Default,
        Self::Minimum,
        Self::Maximum,
        Self::MinLength,
        Self::MaxLength,
        Self::MinItems,
        Self::MaxItems,
        Self::Pattern,
        Self::Enum,
        Self::In,
        Self::Style,
        Self::Method,
        Self::Access,
        Self::Anonymous,
        Self::Permissions,
    ];
}

/// A departure that needs attention.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DepartureNote {
    /// The operation.
    pub operation: String,
    /// The place of the departure.
    pub at: String,
    /// The reason for the decision.
    pub state: DepartureState,
    /// The value in the metadata now.
    pub now: Value,
}

/// The reasons why a departure needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DepartureState {
    /// The metadata says what the spec says: the departure can go.
    NoLongerNeeded,
    /// The metadata says a third thing: the spec was kept, somebody should look.
    SourceMoved,
    /// Nothing in the spec or in the metadata is at that place.
    NamesNothing,
}

impl Report {
    /// Nothing in the specs had to change.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.added.is_empty()
            && self.updated.is_empty()
            && self.removed.is_empty()
            && self.changes.is_empty()
    }

    /// The report for people. Of each kind of finding at most `most` are shown one by one.
    #[must_use]
    pub fn to_text(&self, most: usize) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{} {}: {} in the metadata; {} new, {} changed, {} unchanged",
            self.product,
            self.version,
            count(self.described, "operation"),
            self.added.len(),
            self.updated.len(),
            self.unchanged
        );
        section(
            &mut out,
            "not expressible, skipped",
            &self.declined,
            most,
            |d| format!("{}: {}", d.operation, d.why),
        );
        section(
            &mut out,
            "removed, because the metadata has them no more",
            &self.removed,
            most,
            Clone::clone,
        );
        let kept: Vec<_> = self
            .missing
            .iter()
            .filter(|name| !self.removed.contains(name))
            .cloned()
            .collect();
        section(
            &mut out,
            "not in the metadata, spec kept",
            &kept,
            most,
            Clone::clone,
        );
        section(&mut out, "facts that changed", &self.changes, most, |c| {
            format!(
                "{}{}: {} -> {}",
                place(&c.operation),
                c.at,
                shown(&c.old),
                shown(&c.new)
            )
        });
        section(
            &mut out,
            "departures to look at",
            &self.departures,
            most,
            |d| {
                let what = match d.state {
                    DepartureState::NoLongerNeeded => {
                        "no longer needed, the metadata says the same now".to_owned()
                    }
                    DepartureState::SourceMoved => {
                        format!(
                            "the metadata moved, it says {} now; the spec was kept",
                            shown(&d.now)
                        )
                    }
                    DepartureState::NamesNothing => "names nothing".to_owned(),
                };
                format!("{}{}: {what}", place(&d.operation), d.at)
            },
        );
        self.types_to_text(&mut out, most);
        if let Some(kept) = self.kept.to_text() {
            let _ = writeln!(out, "\nkept, the metadata is silent about them:\n  {kept}");
        }
        let mut kinds: BTreeMap<RepairKind, Vec<&Repair>> = BTreeMap::new();
        for repair in &self.repairs {
            kinds.entry(repair.kind).or_default().push(repair);
        }
        for (kind, repairs) in kinds {
            section(&mut out, kind.title(), &repairs, most, |r| {
                format!("{}{}: {}; {}", place(&r.operation), r.at, r.found, r.made)
            });
        }
        out
    }

    fn types_to_text(&self, out: &mut String, most: usize) {
        section(
            out,
            "types that operations share, found or changed with every use",
            &self.types,
            most,
            Clone::clone,
        );
        section(
            out,
            "not of the shared type any more, written out",
            &self.written_out,
            most,
            |it| format!("{} {}: was `{}`", it.operation, it.at, it.name),
        );
        section(
            out,
            "types that no operation has any more, removed",
            &self.unused_types,
            most,
            Clone::clone,
        );
    }
}

fn section<T>(
    out: &mut String,
    title: &str,
    items: &[T],
    most: usize,
    line: impl Fn(&T) -> String,
) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title} ({}):", items.len());
    for item in items.iter().take(most) {
        let _ = writeln!(out, "  {}", line(item));
    }
    if items.len() > most {
        let _ = writeln!(out, "  … and {} more", items.len() - most);
    }
}

fn place(operation: &str) -> String {
    if operation.is_empty() {
        String::new()
    } else {
        format!("{operation} ")
    }
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// A value on one line, cut where it is long.
pub(crate) fn shown(value: &Value) -> String {
    const LONGEST: usize = 100;
    let text = match value {
        Value::Null => return "nothing".to_owned(),
        value => crate::format::value_to_line(value),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    let mut cut: String = text.chars().take(LONGEST - 1).collect();
    cut.push('…');
    cut
}
