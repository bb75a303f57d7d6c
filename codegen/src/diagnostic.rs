//! Findings about specs, and their presentation.
//!
//! A [`Diagnostic`] says what is wrong, where, and how to mend it. It looks as the Rust compiler's do.
//! Its [`Code`] never changes its meaning; `explain/` has a page for each. What is wrong is decided in
//! [`crate::check`].

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::tree::{Span, floor_char_boundary};

macro_rules! codes {
    ($($variant:ident = $id:literal, $title:literal;)*) => {
        /// The kind of a mistake.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The number, such as `E0107`. It never changes.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The mistake, in a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// The meaning of the mistake and its remedy, with an example; Markdown.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("explain/", $id, ".md")),)* }
            }
        }
    };
}

codes! {
    Unreadable = "E0001", "a file or folder cannot be read";
    NotUtf8 = "E0002", "a file is not UTF-8";
    Malformed = "E0003", "a file is not JSON";
    UnexpectedFile = "E0004", "unexpected file or folder";
    NoProduct = "E0005", "a product file is missing";
    UnknownKey = "E0010", "unknown key";
    DuplicateKey = "E0011", "duplicate key";
    MissingKey = "E0012", "missing key";
    WrongType = "E0013", "a value of the wrong type";
    UnknownType = "E0014", "unknown type";
    UnknownFormat = "E0015", "unknown format";
    UnknownStyle = "E0016", "unknown style";
    UnknownRule = "E0017", "unknown rule";
    UnknownValue = "E0018", "unknown value";
    DuplicateParameter = "E0101", "duplicate parameter";
    EmptyText = "E0102", "an empty text";
    TooFewMembers = "E0103", "a rule with too few members";
    RepeatedMember = "E0104", "a rule with a repeated member";
    WrongRuleKeys = "E0105", "a rule with keys of another rule";
    ImpossibleMember = "E0106", "a rule member that never holds";
    UnknownParameter = "E0107", "a reference to an unknown parameter";
    WrongParameterType = "E0108", "a reference to a parameter of the wrong type";
    NamedRuleWithoutChoice = "E0109", "`name` on a rule that offers no choice";
    ForbiddenParameter = "E0110", "a parameter that no valid request can carry";
    ImpliedParameter = "E0111", "an optional parameter that every valid request must carry";
    Unsatisfiable = "E0112", "rules that no request can satisfy";
    ExamplesBreakRules = "E0113", "examples that break the rules";
    UnknownResponseField = "E0114", "a reference to an unknown response field";
    IncompletePagination = "E0115", "incomplete pagination";
    UnknownDeparture = "E0116", "a departure whose path does not exist";
    EndlessWaiter = "E0117", "a waiter that cannot work";
    ParameterTravel = "E0118", "a parameter that cannot be sent as declared";
    ImpossibleName = "E0119", "a reserved or unusable parameter name";
    PagesOfAWrite = "E0120", "pagination of an operation that may write";
    UnknownReplacement = "E0121", "a replacement that does not exist";
    UnknownSharedType = "E0122", "a reference to a type that does not exist";
    EndlessType = "E0123", "a type that contains itself";
    UnusedType = "E0124", "a type that no operation uses";
    TypeOfBoth = "E0125", "a type of both requests and responses";
    SharedNotObject = "E0126", "a shared type that is not an object with fields";
    MinimumAboveMaximum = "E0201", "a minimum above its maximum";
    LimitOnWrongType = "E0202", "a limit on the wrong type";
    ValueOfWrongType = "E0203", "a value of another type than its schema";
    ValueBreaksLimits = "E0204", "a value that breaks its own limits";
    ResponseExample = "E0205", "a response example that does not fit the response";
    InvalidPattern = "E0206", "an invalid pattern";
    FormatOnWrongType = "E0207", "a format on the wrong type";
    StyleOnWrongType = "E0208", "a style on the wrong type";
    MisplacedKey = "E0209", "a key that has no meaning for this type";
    InvalidEnum = "E0210", "an empty `enum`, or a repeated value in it";
    ResponseNotObject = "E0211", "a response that is not an object";
    TooDeep = "E0212", "schemas nested too deeply";
    KnownValuesBesideEnum = "E0213", "documented values beside a closed list";
    StatusOutOfRange = "E0301", "a status outside 100 to 599";
    DuplicateError = "E0302", "a duplicate row in the error table";
    InvalidVersion = "E0303", "an invalid version";
    InvalidSignatures = "E0304", "no signature method, or a duplicate one";
    EndpointRule = "E0305", "an endpoint rule without `{region}`";
    DuplicateRegion = "E0306", "a duplicate region";
    InvalidHost = "E0307", "an invalid host";
    InvalidDate = "E0308", "an invalid date";
    UnknownTopic = "E0309", "an unknown or repeated topic";
    InvalidAddress = "E0310", "an invalid web address";
    SchemaPath = "E0311", "`$schema` does not lead to the schema";
    DuplicateFacts = "E0312", "facts from two sources";
    InvalidAction = "E0313", "an invalid action or condition key";
    InvalidResource = "E0314", "an invalid resource of a permission";
    DuplicatePermission = "E0315", "a part of a permission that is listed twice";
    NameCollision = "E0401", "two names that become the same in Rust";
    InvalidRustName = "E0402", "an invalid Rust name";
    FileName = "E0403", "a file name that differs from its operation";
    UnportableName = "E0404", "a file or folder that not every system can hold";
    PageUnreadable = "E0501", "a part of a page that cannot be read";
    PageParameter = "E0502", "a parameter that only the page or only the spec has";
    PageType = "E0503", "another type on the page";
    PageRequired = "E0504", "another mark of what is required on the page";
    PageLimit = "E0505", "another limit on the page";
    PageValues = "E0506", "other values on the page";
    PageDefault = "E0507", "another default on the page";
    PageExample = "E0508", "another example on the page";
    PageRule = "E0509", "a rule that only the page or only the spec states";
    PageField = "E0510", "a response field that only the page or only the spec has";
    PageResponseExample = "E0511", "another success example on the page";
    PageError = "E0512", "an error row that only the page or only the spec has";
    PageMessage = "E0513", "another error message on the page";
    PagePermission = "E0514", "another permission on the page";
    PageDeparture = "E0515", "a departure that the page no longer needs";
    PageUncertain = "E0516", "a row or a list of values of a page whose place is not certain";
    PageRowTwice = "E0521", "a row twice on the page";
    PageShifted = "E0522", "descriptions of a page that are shifted by a row";
    PageExampleLimit = "E0523", "an example of a page that breaks the stated limit";
    PageUnknownName = "E0524", "a name on the page that is not a parameter";
    StaleRange = "W0501", "a description that states other limits";
    FutureDate = "W0502", "a date in the future";
    UnlistedCode = "W0503", "a meaning for an error code that no operation lists";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The explanation of a code such as `E0107` and its remedy, as Markdown; `None` for an unknown
/// code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static str> {
    Code::ALL
        .iter()
        .find(|known| known.id().eq_ignore_ascii_case(code))
        .map(|known| known.explanation())
}

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is generated until it is corrected.
    Error,
    /// Probably a mistake; code is generated all the same.
    Warning,
}

impl Code {
    /// The severity, which the first letter of the code says: `E0107` is an error, `W0501` a warning.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.id().starts_with('W') {
            Severity::Warning
        } else {
            Severity::Error
        }
    }
}

/// A file that findings are about.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The path, as it was given.
    pub path: PathBuf,
    /// The text; none where it could not be read.
    pub text: Option<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// The bytes.
    pub span: Span,
}

impl Place {
    /// The line and the column (in characters), both from 1.
    #[must_use]
    pub fn line_and_column(&self) -> (usize, usize) {
        let text = self.source.text.as_deref().unwrap_or_default();
        let before = &text[..floor_char_boundary(text, self.span.start)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = display(&self.source);
        if self.source.text.is_none() {
            return f.write_str(&path);
        }
        let (line, column) = self.line_and_column();
        write!(f, "{path}:{line}:{column}")
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of the mistake.
    pub code: Code,
    /// The mistake, as a sentence without a full stop.
    pub message: String,
    /// The place.
    pub place: Place,
    /// The label at the place itself.
    pub label: Option<String>,
    /// The remedy.
    pub help: Option<String>,
    /// Other places that have to do with it, and what they have to do with it.
    pub secondary: Vec<(Place, String)>,
    /// What the text at the place was looked for among, where it is a name of nothing.
    pub(crate) wanted: Option<Wanted>,
}

/// A name that was looked for, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) among: Among,
}

/// The names among which one is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Among {
    /// The paths of parameters.
    Parameters,
    /// The paths of parameters from an element of this list.
    ElementsOf(String),
    /// The paths of fields of the response.
    Fields,
    /// The names of parameters and fields, without what leads to them.
    Names,
}

impl Diagnostic {
    /// A finding that says nothing more than its message.
    #[must_use]
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place,
            label: None,
            help: None,
            secondary: Vec::new(),
            wanted: None,
        }
    }

    /// Says something at the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Tells among which names one was looked for.
    #[must_use]
    pub(crate) fn wanted(mut self, name: &str, among: Among) -> Self {
        let name = name.to_owned();
        self.wanted = Some(Wanted { name, among });
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn also(mut self, place: Place, label: impl Into<String>) -> Self {
        self.secondary.push((place, label.into()));
        self
    }
}

/// Brings findings into their order: by file, then by place.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| key(a).cmp(&key(b)));
}

fn key(diagnostic: &Diagnostic) -> (&PathBuf, Span, Code, &str) {
    let place = &diagnostic.place;
    (
        &place.source.path,
        place.span,
        diagnostic.code,
        &diagnostic.message,
    )
}

/// The colours of a text: whether it is for a terminal that shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Text only.
    Never,
    /// With the escape sequences of terminals.
    Always,
}

/// Shows findings, one after the other, an empty line between two.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], colour: Colour) -> String {
    let renderer = match colour {
        Colour::Never => Renderer::plain(),
        Colour::Always => Renderer::styled(),
    };
    let shown = diagnostics.par_iter();
    let shown = shown.map(|diagnostic| render_one(diagnostic, &renderer) + "\n");
    shown.collect::<Vec<_>>().join("\n")
}

/// Findings as workflow commands of GitHub, a line each: it shows them at their places in a pull request.
#[must_use]
pub fn render_github(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(github).collect()
}

fn github(diagnostic: &Diagnostic) -> String {
    let place = &diagnostic.place;
    let kind = match diagnostic.code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut at = format!("file={}", github_value(&display(&place.source)));
    if let Some(text) = &place.source.text {
        let end = Place {
            source: Arc::clone(&place.source),
            span: Span {
                start: place.span.end,
                ..place.span
            },
        };
        let ((line, column), (end_line, end_column)) =
            (place.line_and_column(), end.line_and_column());
        at += &format!(",line={line},endLine={end_line}");
        // Columns are for what is on one line.
        if line == end_line && !text.is_empty() {
            at += &format!(",col={column},endColumn={end_column}");
        }
    }
    let mut message = shortened(&diagnostic.message).into_owned();
    for (place, label) in &diagnostic.secondary {
        message += &format!("\n{place}: {}", shortened(label));
    }
    let more = [&diagnostic.label, &diagnostic.help];
    for text in more.into_iter().flatten() {
        message += &format!("\n{}", shortened(text));
    }
    let code = diagnostic.code.id();
    format!("::{kind} {at},title={code}::{}\n", github_message(&message))
}

/// A message, in which lines and the sign of the escapes are escaped.
#[must_use]
pub fn github_message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property, which ends at a comma or colon.
#[must_use]
pub fn github_value(text: &str) -> String {
    github_message(text).replace(':', "%3A").replace(',', "%2C")
}

fn render_one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.code {
        code if code.severity() == Severity::Warning => Level::WARNING,
        code if code >= Code::PageRowTwice => Level::WARNING.with_name("defect of the page"),
        code if code >= Code::PageUnreadable => Level::WARNING.with_name("difference"),
        _ => Level::ERROR,
    };
    let title = level.primary_title(shortened(&diagnostic.message));
    let mut group = Group::with_title(title.id(diagnostic.code.id()));
    let mut columns = Vec::new();
    for (source, marks) in by_source(diagnostic) {
        let Some(text) = &source.text else {
            group = group.element(Origin::path(display(source)));
            continue;
        };
        let excerpt = excerpt(text, &marks);
        columns.extend(excerpt.column.map(|(line, shown, real)| {
            let place = |column| format!("{}:{line}:{column}\n", display(source));
            (place(shown), place(real))
        }));
        let annotations = marks.iter().zip(excerpt.spans).map(|(mark, span)| {
            let label = mark.label.map(shortened);
            mark.kind.span(span).label(label)
        });
        group = group.element(
            Snippet::source(excerpt.text)
                .line_start(excerpt.line)
                .path(display(source))
                .annotations(annotations),
        );
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(shortened(help)));
    }
    let mut text = renderer.render(&[group]);
    // The renderer counts in the excerpt; what counts is the file.
    for (shown, real) in columns {
        text = text.replacen(&shown, &real, 1);
    }
    text
}

/// A text that may quote what is in a file, cut where it gets long.
fn shortened(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 4_000;
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}…", &text[..floor_char_boundary(text, LONGEST)]))
}

struct Mark<'d> {
    kind: AnnotationKind,
    span: Span,
    label: Option<&'d str>,
}

/// The marks of a finding by file, that of the finding itself first.
fn by_source(diagnostic: &Diagnostic) -> Vec<(&Source, Vec<Mark<'_>>)> {
    let primary = Mark {
        kind: AnnotationKind::Primary,
        span: diagnostic.place.span,
        label: diagnostic.label.as_deref(),
    };
    let mut sources: Vec<(&Source, Vec<Mark<'_>>)> =
        vec![(&diagnostic.place.source, vec![primary])];
    for (place, label) in &diagnostic.secondary {
        let mark = Mark {
            kind: AnnotationKind::Context,
            span: place.span,
            label: Some(label),
        };
        match sources
            .iter_mut()
            .find(|(source, _)| source.path == place.source.path)
        {
            Some((_, marks)) => marks.push(mark),
            None => sources.push((&place.source, vec![mark])),
        }
    }
    sources
}

/// What is shown of a file.
struct Excerpt {
    text: String,
    /// The number of its first line.
    line: usize,
    /// The marks in it.
    spans: Vec<Range<usize>>,
    /// Where something is left out before the mark whose place is told: its line, its column here, and its
    /// column in the file.
    column: Option<(usize, usize, usize)>,
}

/// The lines from the first mark to the last, long ones cut to what is around the marks. Neither the
/// length of the file nor that of its lines counts for the time to show a finding, or for its size.
fn excerpt(text: &str, marks: &[Mark<'_>]) -> Excerpt {
    /// So many lines beside a marked one may be shown too.
    const BESIDE: usize = 2;
    /// So much of them is enough.
    const ENOUGH: usize = 160;
    let places: Vec<Range<usize>> = marks
        .iter()
        .map(|mark| within_line(text, mark.span))
        .collect();
    let first = places.iter().map(|place| place.start).min().unwrap_or(0);
    let last = places.iter().map(|place| place.end).max().unwrap_or(0);
    let start = text[..first].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[last..]
        .find('\n')
        .map_or(text.len(), |newline| last + newline);
    let mut lines = Vec::new();
    let mut offset = start;
    for line in text[start..end].split('\n') {
        lines.push(offset..offset + line.len());
        offset += line.len() + 1;
    }
    let on = |line: &Range<usize>| {
        let marked = places.iter().enumerate();
        let marked =
            marked.filter(|(_, place)| line.start <= place.start && place.start <= line.end);
        marked.map(|(index, _)| index).collect::<Vec<_>>()
    };
    let marked: Vec<Vec<usize>> = lines.iter().map(on).collect();

    let mut excerpt = Excerpt {
        text: String::new(),
        line: text[..start].matches('\n').count() + 1,
        spans: vec![0..0; places.len()],
        column: None,
    };
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            excerpt.text.push('\n');
        }
        let whole = text[line.clone()].trim_end_matches('\r');
        if marked[number].is_empty() {
            let near = number.saturating_sub(BESIDE)..(number + BESIDE + 1).min(lines.len());
            if marked[near].iter().any(|marks| !marks.is_empty()) {
                excerpt
                    .text
                    .push_str(&whole[..floor_char_boundary(whole, ENOUGH)]);
            }
            continue;
        }
        let spans: Vec<Range<usize>> = marked[number]
            .iter()
            .map(|index| places[*index].start - line.start..places[*index].end - line.start)
            .collect();
        let begin = excerpt.text.len();
        let windows = windows(whole, &spans);
        for window in &windows {
            if window.start > 0 && !excerpt.text.ends_with('…') {
                excerpt.text.push('…');
            }
            for (index, span) in marked[number].iter().zip(&spans) {
                if (window.start..=window.end).contains(&span.start) {
                    let at = excerpt.text.len();
                    let within =
                        |place: usize| at + place.clamp(window.start, window.end) - window.start;
                    excerpt.spans[*index] = within(span.start)..within(span.end);
                }
            }
            excerpt.text.push_str(&whole[window.clone()]);
            if window.end < whole.len() {
                excerpt.text.push('…');
            }
        }
        // The place that is told is that of the first mark, by the order in which they are given.
        if let (true, Some(span)) = (marked[number].contains(&0), spans.first()) {
            let column = |line: &str, end: usize| line[..end].chars().count() + 1;
            let shown = column(&excerpt.text[begin..], excerpt.spans[0].start - begin);
            let real = column(whole, floor_char_boundary(whole, span.start));
            if shown != real {
                excerpt.column = Some((excerpt.line + number, shown, real));
            }
        }
    }
    excerpt
}

/// The parts of a line that are shown: all of it, or what is around the marks.
fn windows(line: &str, marks: &[Range<usize>]) -> Vec<Range<usize>> {
    /// A line of this length, in bytes, is shown whole.
    const SHORT: usize = 400;
    /// So much is shown before and behind a mark, and of a mark.
    const AROUND: usize = 60;
    const OF_MARK: usize = 120;
    if line.len() <= SHORT {
        let whole = 0..line.len();
        return vec![whole];
    }
    let mut marks = marks.to_vec();
    marks.sort_by_key(|mark| mark.start);
    let mut windows: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        let end = mark.end.min(mark.start + OF_MARK) + AROUND;
        let window = floor_char_boundary(line, mark.start.saturating_sub(AROUND))
            ..floor_char_boundary(line, end);
        match windows.last_mut() {
            Some(last) if window.start <= last.end + AROUND => last.end = last.end.max(window.end),
            _ => windows.push(window),
        }
    }
    windows
}

/// The part of a span that is on its first line, on boundaries of characters.
fn within_line(text: &str, span: Span) -> Range<usize> {
    let start = floor_char_boundary(text, span.start);
    let end = floor_char_boundary(text, span.end.max(start));
    let line = text[start..end]
        .find('\n')
        .map_or(end, |newline| start + newline);
    start..line
}

fn display(source: &Source) -> String {
    shown(&source.path)
}

/// The path with slashes, on every system.
pub(crate) fn shown(path: &Path) -> String {
    let path = path.display().to_string();
    if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path
    }
}
