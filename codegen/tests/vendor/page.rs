//! Pages in every form, both languages and the templates since 2019, beside the spec of the operation.
//!
//! The pages are about an operation that there is not; `fixtures/page/ReserveSeats.json` is its spec.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alicloud_codegen::diagnostic::{Code, Colour, Source, render};
use alicloud_codegen::import;
use alicloud_codegen::page::{
    Comparison, Messages, Page, Refused, Report, Spec, Text, Written, compare, empty, read, write,
};
use alicloud_codegen::spec::Origin;
use proptest::prelude::*;

const FORMS: [&str; 5] = ["text", "cells", "tables", "saved", "template-2019"];
const PRODUCT: &str = include_str!("../build-script-crate/api-spec/library/product.json");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/page")
}

/// The file of a form, and what is in it.
fn fixture(form: &str, language: &str) -> (String, String) {
    let ending = match form {
        "text" => "txt",
        "saved" => "html",
        _ => "md",
    };
    let name = format!("{form}.{language}.{ending}");
    let text = fs::read_to_string(folder().join(&name)).unwrap();
    (name, text)
}

fn pages() -> Vec<(String, String)> {
    let languages = ["en", "zh"];
    let forms = languages
        .into_iter()
        .flat_map(|language| FORMS.map(|form| fixture(form, language)));
    forms.collect()
}

fn page(name: &str, text: &str) -> Page {
    let source = Source {
        path: name.into(),
        text: Some(text.to_owned()),
    };
    read(&Arc::new(source)).unwrap()
}

fn spec_text() -> String {
    fs::read_to_string(folder().join("ReserveSeats.json")).unwrap()
}

fn spec(text: &str) -> Spec {
    Spec {
        source: Arc::new(Source {
            path: "ReserveSeats.json".into(),
            text: Some(text.to_owned()),
        }),
        operation: serde_json::from_str(text).unwrap(),
    }
}

fn compared(name: &str, text: &str, spec_text: &str) -> Comparison {
    compare(&page(name, text), &spec(spec_text), &Messages::new())
}

/// Code and place in the spec of every difference.
fn found(comparison: &Comparison) -> Vec<(Code, &str)> {
    comparison
        .differences
        .iter()
        .map(|difference| (difference.diagnostic.code, difference.at.as_str()))
        .collect()
}

fn shown(comparison: &Comparison) -> String {
    let diagnostics: Vec<_> = comparison
        .differences
        .iter()
        .map(|difference| difference.diagnostic.clone())
        .collect();
    render(&diagnostics, Colour::Never)
}

#[test]
fn a_page_that_says_the_same_differs_nowhere_in_any_form() {
    for (name, text) in pages() {
        let read = page(&name, &text);
        let operation = read.operation.as_ref().map(|name| name.as_str());
        assert_eq!(operation, Some("ReserveSeats"), "{name}");
        let dated = !name.starts_with("template-2019");
        assert_eq!(
            read.date.as_deref(),
            dated.then_some("2026-05-04"),
            "{name}"
        );
        let comparison = compared(&name, &text, &spec_text());
        assert!(
            comparison.differences.is_empty(),
            "{name}\n{}",
            shown(&comparison)
        );
    }
}

#[test]
fn a_permission_table_is_read_whole() {
    for (name, text) in pages() {
        if name.starts_with("template-2019") {
            continue;
        }
        let page = page(&name, &text);
        let table = page.permissions.unwrap();
        let [row] = table.rows.as_slice() else {
            panic!("{name}: {:?}", table.rows)
        };
        let resources: Vec<_> = row
            .resources
            .iter()
            .map(|resource| {
                let kind = resource.kind.as_ref().map(|kind| kind.as_str());
                let arns: Vec<&str> = resource.arns.iter().map(|arn| arn.as_str()).collect();
                (kind, resource.required, arns)
            })
            .collect();
        let branch = "acs:library:{#regionId}:{#accountId}:branch/{#branchId}";
        let seat = "acs:library:{#regionId}:{#accountId}:seat/*";
        assert_eq!(
            resources,
            [
                (Some("Branch"), true, vec![branch]),
                (Some("Seat"), false, vec![seat])
            ],
            "{name}"
        );
        let texts = |list: &[alicloud_codegen::page::Text]| {
            list.iter()
                .map(|text| text.as_str().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&row.conditions), ["library:Tag"], "{name}");
        assert_eq!(texts(&row.dependent), ["library:ListBranches"], "{name}");
    }
}

/// A change of a page, and what it makes differ.
struct Change {
    /// What to replace, in whichever of these spellings the form has it.
    from: &'static [&'static str],
    to: &'static str,
    code: Code,
    at: &'static str,
}

const fn change(
    from: &'static [&'static str],
    to: &'static str,
    code: Code,
    at: &'static str,
) -> Change {
    Change { from, to, code, at }
}

const ENGLISH: &[Change] = &[
    change(
        &["hold up to 3 reservations"],
        "hold up to 4 reservations",
        Code::PageLimit,
        "/description",
    ),
    change(
        &["To name the seats, set SeatNumber.N instead."],
        "You must set at least one of SeatNumber.N and SeatCount.",
        Code::PageRule,
        "/constraints",
    ),
    change(
        &["random. Valid values: 1 to 10"],
        "random. Valid values: 1 to 6",
        Code::PageLimit,
        "/parameters/SeatCount/maximum",
    ),
    change(
        &["random. Valid values: 1 to 10"],
        "random. The value must be from 2 to 10",
        Code::PageLimit,
        "/parameters/SeatCount/minimum",
    ),
    change(
        &["random. Valid values: 1 to 10."],
        "random.",
        Code::PageLimit,
        "/parameters/SeatCount/maximum",
    ),
    change(
        &["up to 10 seats"],
        "up to 12 seats",
        Code::PageLimit,
        "/parameters/SeatNumber/maxItems",
    ),
    change(
        &["N: 1 to 10"],
        "N: 1 to 20",
        Code::PageLimit,
        "/parameters/SeatNumber/maxItems",
    ),
    change(
        &["4 to 32 characters"],
        "4 to 30 characters",
        Code::PageLimit,
        "/parameters/BranchId/maxLength",
    ),
    change(
        &["4 to 32 characters"],
        "8 to 32 characters",
        Code::PageLimit,
        "/parameters/BranchId/minLength",
    ),
    change(
        &["exceed 64 characters"],
        "exceed 128 characters",
        Code::PageLimit,
        "/parameters/ClientToken/maxLength",
    ),
    change(
        &["only ASCII characters"],
        "any characters",
        Code::PageLimit,
        "/parameters/ClientToken/format",
    ),
    change(
        &["Minimum value: 6"],
        "Minimum value: 7",
        Code::PageLimit,
        "/parameters/Guest/items/properties/Age/minimum",
    ),
    change(
        &["window: beside"],
        "table: at",
        Code::PageValues,
        "/parameters/Place/enum",
    ),
    change(
        &["Default value: window"],
        "Default value: aisle",
        Code::PageDefault,
        "/parameters/Place/default",
    ),
    change(
        &["branch-17"],
        "branch-18",
        Code::PageExample,
        "/parameters/BranchId/example",
    ),
    change(
        &["To name the seats, set SeatNumber.N instead."],
        "You must set either SeatNumber.N or SeatCount, but not both.",
        Code::PageRule,
        "/constraints",
    ),
    change(
        &["To name the seats, set SeatNumber.N instead."],
        "SeatNumber and SeatCount are mutually exclusive.",
        Code::PageRule,
        "/constraints",
    ),
    change(
        &["set SeatNumber.N instead"],
        "use the SeatNo parameter",
        Code::PageUnknownName,
        "/parameters/SeatCount/description",
    ),
    change(
        &["Weight"],
        "Mass",
        Code::PageField,
        "/response/properties/Reservation/properties/Weight",
    ),
    change(
        &["res-5"],
        "res-6",
        Code::PageResponseExample,
        "/responseExample/Reservation/ReservationId",
    ),
    change(
        &["SeatsClosed"],
        "SeatsShut",
        Code::PageError,
        "/errors/400 SeatsShut",
    ),
    change(
        &["SeatsClosed"],
        "SeatsShut",
        Code::PageError,
        "/errors/400 SeatsClosed",
    ),
    change(
        &["403"],
        "409",
        Code::PageError,
        "/errors/403 TooManySeats/status",
    ),
    change(
        &["The branch does not exist."],
        "The branch is not there.",
        Code::PageMessage,
        "/errors/404 InvalidBranch.NotFound/message",
    ),
    change(
        &["create"],
        "update",
        Code::PagePermission,
        "/permissions/library:ReserveSeats/access",
    ),
    change(
        &["branch/{#branchId}"],
        "branch/*",
        Code::PagePermission,
        "/permissions/library:ReserveSeats/resources",
    ),
    change(
        &["library:ReserveSeats"],
        "library:ReserveSeat",
        Code::PagePermission,
        "/permissions/library:ReserveSeats",
    ),
    change(
        &[
            "Place\n\nstring",
            "<td>Place</td><td>string",
            "| Place | string",
            "|Place|String",
        ],
        "Spot",
        Code::PageParameter,
        "/parameters/Place",
    ),
    change(
        &[
            "BranchId\n\nstring\n\nYes",
            "<td>BranchId</td><td>string</td><td>Yes",
            "| BranchId | string | Yes",
            "|BranchId|String|Yes",
        ],
        "No",
        Code::PageRequired,
        "/parameters/BranchId/required",
    ),
    change(
        &[
            "Weight\n\nlong",
            "<td>Weight</td><td>long",
            "| Weight | long",
            "|Weight|Long",
        ],
        "integer",
        Code::PageType,
        "/response/properties/Reservation/properties/Weight/format",
    ),
    change(
        &[
            "SeatCount\n\ninteger",
            "<td>SeatCount</td><td>integer",
            "| SeatCount | integer",
            "|SeatCount|Integer",
        ],
        "string",
        Code::PageType,
        "/parameters/SeatCount/type",
    ),
];

const CHINESE: &[Change] = &[
    change(
        &["座位数。取值范围：1~10"],
        "座位数。取值范围：1~6",
        Code::PageLimit,
        "/parameters/SeatCount/maximum",
    ),
    change(
        &["座位数。取值范围：1~10"],
        "座位数。最大值：6",
        Code::PageLimit,
        "/parameters/SeatCount/maximum",
    ),
    change(
        &["最多支持 10 个座位"],
        "最多支持 12 个座位",
        Code::PageLimit,
        "/parameters/SeatNumber/maxItems",
    ),
    change(
        &["N 的取值范围：1~10"],
        "N 的取值范围：1~20",
        Code::PageLimit,
        "/parameters/SeatNumber/maxItems",
    ),
    change(
        &["4~32 个字符", "4\\~32 个字符"],
        "4~30 个字符",
        Code::PageLimit,
        "/parameters/BranchId/maxLength",
    ),
    change(
        &["不能超过 64 个字符"],
        "不能超过 128 个字符",
        Code::PageLimit,
        "/parameters/ClientToken/maxLength",
    ),
    change(
        &["只支持 ASCII 字符"],
        "支持任意字符",
        Code::PageLimit,
        "/parameters/ClientToken/format",
    ),
    change(
        &["最小值：6"],
        "最小值：7",
        Code::PageLimit,
        "/parameters/Guest/items/properties/Age/minimum",
    ),
    change(
        &["window：靠窗"],
        "table：桌边",
        Code::PageValues,
        "/parameters/Place/enum",
    ),
    change(
        &["默认值：window"],
        "默认值：aisle",
        Code::PageDefault,
        "/parameters/Place/default",
    ),
    change(
        &["如需指定座位，请改用 SeatNumber.N。"],
        "SeatNumber.N 和 SeatCount 不能同时指定。",
        Code::PageRule,
        "/constraints",
    ),
    change(
        &["SeatsClosed"],
        "SeatsShut",
        Code::PageError,
        "/errors/400 SeatsShut",
    ),
    change(
        &["403"],
        "409",
        Code::PageError,
        "/errors/403 TooManySeats/status",
    ),
    change(
        &["The branch does not exist."],
        "The branch is not there.",
        Code::PageMessage,
        "/errors/404 InvalidBranch.NotFound/message",
    ),
    change(
        &["create"],
        "update",
        Code::PagePermission,
        "/permissions/library:ReserveSeats/access",
    ),
    change(
        &[
            "Place\n\nstring",
            "<td>Place</td><td>string",
            "| Place | string",
            "|Place|String",
        ],
        "Spot",
        Code::PageParameter,
        "/parameters/Place",
    ),
    change(
        &[
            "BranchId\n\nstring\n\n是",
            "<td>BranchId</td><td>string</td><td>是",
            "| BranchId | string | 是",
            "|BranchId|String|是",
        ],
        "否",
        Code::PageRequired,
        "/parameters/BranchId/required",
    ),
    change(
        &[
            "Weight\n\nlong",
            "<td>Weight</td><td>long",
            "| Weight | long",
            "|Weight|Long",
        ],
        "integer",
        Code::PageType,
        "/response/properties/Reservation/properties/Weight/format",
    ),
];

/// The page with the change, and where it is; none where the form has no such part.
fn changed(text: &str, change: &Change) -> Option<(String, usize)> {
    let from = change.from.iter().find(|from| text.contains(**from))?;
    let at = text.find(from)?;
    // Of several spellings, one cell of the row changes: the first or the last.
    if change.from.len() > 1 && !change.to.contains(' ') {
        let whole = ["Spot"].contains(&change.to);
        let cell = if whole {
            "Place"
        } else {
            from.rsplit(['\n', '>', '|']).next()?.trim()
        };
        let start = at
            + if whole {
                from.find(cell)?
            } else {
                from.rfind(cell)?
            };
        let end = start + cell.len();
        return Some((
            format!("{}{}{}", &text[..start], change.to, &text[end..]),
            start,
        ));
    }
    Some((text.replace(from, change.to), at))
}

#[test]
fn every_change_of_a_page_is_told_where_it_stands() {
    for (language, changes) in [("en", ENGLISH), ("zh", CHINESE)] {
        for change in changes {
            let mut forms = 0;
            for form in FORMS {
                let (name, text) = fixture(form, language);
                let Some((text, at)) = changed(&text, change) else {
                    continue;
                };
                forms += 1;
                let comparison = compared(&name, &text, &spec_text());
                let told: Vec<_> = comparison
                    .differences
                    .iter()
                    .filter(|difference| {
                        difference.diagnostic.code == change.code && difference.at == change.at
                    })
                    .collect();
                assert!(
                    !told.is_empty(),
                    "{name}: `{}`: {:?}\n{}",
                    change.to,
                    found(&comparison),
                    shown(&comparison)
                );
                // What is gone is told at the table or the row that it was in.
                let several = change.from.len() == 1 && text.matches(change.to).count() != 1;
                if several || told.iter().all(|told| told.says.is_null()) {
                    continue;
                }
                let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count();
                let lines = line(at)..=line(at + change.from[0].len());
                assert!(
                    told.iter()
                        .any(|told| lines.contains(&line(told.diagnostic.place.span.start))),
                    "{name}: `{}` is told at {}",
                    change.to,
                    told[0].diagnostic.place
                );
            }
            assert!(forms >= 3, "`{}` is in {forms} forms", change.from[0]);
        }
    }
}

/// Texts, and what takes their place.
type Changes = Vec<(&'static str, &'static str)>;

/// What triggers each code: changes of the English text, and of the spec.
fn triggers() -> Vec<(Code, Changes, Changes)> {
    let page = |code, from, to| (code, vec![(from, to)], vec![]);
    let departure = (
        "  \"errors\": [",
        r#"  "departures": [
    { "at": "/parameters/RegionId", "from": "page", "source": "listed twice", "reason": "The page repeats it." }
  ],
  "errors": ["#,
    );
    vec![
        page(
            Code::PageUnreadable,
            "400 SeatsClosed",
            "999 SeatsLost It is lost.\n400 SeatsClosed",
        ),
        page(
            Code::PageParameter,
            "Place\n",
            "QuietZone\n\nboolean\n\nNo\n\nWhether it is quiet.\n\ntrue\n\nPlace\n",
        ),
        page(Code::PageType, "SeatCount\n\ninteger", "SeatCount\n\nlong"),
        page(
            Code::PageRequired,
            "BranchId\n\nstring\n\nYes",
            "BranchId\n\nstring\n\nNo",
        ),
        page(
            Code::PageLimit,
            "random. Valid values: 1 to 10",
            "random. Valid values: 1 to 6",
        ),
        page(
            Code::PageValues,
            "  • aisle: beside an aisle",
            "  • aisle: beside an aisle\n\n  • table: at a table",
        ),
        page(
            Code::PageDefault,
            "Default value: window",
            "Default value: aisle",
        ),
        page(Code::PageExample, "branch-17", "branch-18"),
        page(
            Code::PageRule,
            "To name the seats, set SeatNumber.N instead.",
            "You must set either SeatNumber.N or SeatCount, but not both.",
        ),
        page(
            Code::PageField,
            "Weight\n\nlong",
            "QueueLength\n\ninteger\n\nHow many wait.\n\n3\n\nWeight\n\nlong",
        ),
        page(Code::PageResponseExample, "\"7B1F-22\"", "\"7B1F-****\""),
        page(
            Code::PageError,
            "403 TooManySeats",
            "409 SeatTaken The seat is taken. Choose another seat.\n403 TooManySeats",
        ),
        page(
            Code::PageMessage,
            "The branch does not exist.",
            "The branch is not there.",
        ),
        page(Code::PagePermission, "create", "update"),
        (Code::PageDeparture, vec![], vec![departure]),
        page(
            Code::PageUncertain,
            "ClientToken\n",
            "Table\n\nstring\n\nNo\n\nThe table.\n\nt-1\n\nClientToken\n",
        ),
        page(
            Code::PageRowTwice,
            "BranchId\n\nstring",
            "RegionId\n\nstring\n\nYes\n\nThe region of the branch.\n\neu-central-1\n\nBranchId\n\nstring",
        ),
        (
            Code::PageShifted,
            vec![
                (
                    "The number of seats to pick at random. Valid values: 1 to 10.",
                    "The seats by their numbers. Valid values of N: 1 to 10.",
                ),
                (
                    "The seats by their numbers. You can specify up to 10 seats. Valid values of N: 1 to 10.",
                    "Where the seats are. Valid values: window and aisle. Default value: window.",
                ),
                (
                    "The ID of the branch. The ID must be 4 to 32 characters in length.",
                    "The number of seats to pick at random. Valid values: 1 to 10.",
                ),
                (
                    "The region of the branch.",
                    "The ID of the branch. The ID must be 4 to 32 characters in length.",
                ),
            ],
            vec![],
        ),
        page(Code::PageExampleLimit, "instead.\n\n2", "instead.\n\n12"),
        page(
            Code::PageUnknownName,
            "set SeatNumber.N instead",
            "use the SeatNo parameter",
        ),
    ]
}

#[test]
fn every_code_of_pages_shows_its_text() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../fixtures/page");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _settings = settings.bind_to_scope();
    let (name, plain) = fixture("text", "en");
    let mut codes = BTreeSet::new();
    for (code, page_changes, spec_changes) in triggers() {
        let mut text = plain.clone();
        for (from, to) in &page_changes {
            assert!(text.contains(from), "{code}: {from}");
            text = text.replacen(from, to, 1);
        }
        let mut spec = spec_text();
        for (from, to) in spec_changes {
            assert!(spec.contains(from), "{code}: {from}");
            spec = spec.replacen(from, to, 1);
        }
        let comparison = compared(&name, &text, &spec);
        let others: Vec<_> = found(&comparison)
            .into_iter()
            .filter(|(other, _)| *other != code)
            .collect();
        assert_eq!(others, [], "{code}\n{}", shown(&comparison));
        assert!(!comparison.differences.is_empty(), "{code}");
        insta::assert_snapshot!(code.id(), shown(&comparison));
        codes.insert(code);
    }
    let all: BTreeSet<Code> = Code::ALL
        .iter()
        .copied()
        .filter(|code| (Code::PageUnreadable..=Code::PageUnknownName).contains(code))
        .collect();
    assert_eq!(codes, all);
}

#[test]
fn recorded_departures_are_honoured_and_told_when_the_page_needs_them_no_more() {
    let (name, text) = fixture("cells", "en");
    let text = text.replace(
        "random. Valid values: 1 to 10",
        "random. Valid values: 1 to 6",
    );
    let with = |source: &str| {
        let departures = format!(
            r#"  "departures": [
    {{ "at": "/parameters/SeatCount/maximum", "from": "page", "source": {source}, "reason": "Ten are taken." }},
    {{ "at": "/errors/403 TooManySeats/description", "from": "page", "source": "fewer seats", "reason": "A slip." }}
  ],
  "errors": ["#
        );
        spec_text().replacen("  \"errors\": [", &departures, 1)
    };
    let holds = compared(&name, &text, &with("6"));
    assert_eq!(found(&holds), []);
    let held: Vec<&str> = holds.held.iter().map(|held| held.at.as_str()).collect();
    assert_eq!(
        held,
        [
            "/parameters/SeatCount/maximum",
            "/errors/403 TooManySeats/description"
        ]
    );
    // The page says a third thing.
    let moved = compared(&name, &text, &with("8"));
    assert_eq!(
        found(&moved),
        [(Code::PageLimit, "/parameters/SeatCount/maximum")]
    );
    assert!(
        shown(&moved).contains("recorded: the page says `8`"),
        "{}",
        shown(&moved)
    );
    // The page says what the spec says.
    let (_, plain) = fixture("cells", "en");
    let mended = compared(&name, &plain.replace("fewer seats", "less"), &with("6"));
    assert_eq!(
        found(&mended),
        [
            (Code::PageDeparture, "/parameters/SeatCount/maximum"),
            (Code::PageDeparture, "/errors/403 TooManySeats/description")
        ]
    );
}

#[test]
fn words_that_a_page_has_not_are_no_reason_to_remove_their_departure() {
    let departures = r#"  "departures": [
    { "at": "/parameters/Guest/description", "from": "page", "source": null, "reason": "Stated at `Guest.Name`." }
  ],
  "errors": ["#;
    let spec = spec_text().replacen("  \"errors\": [", departures, 1);
    for (name, text) in pages() {
        assert_eq!(found(&compared(&name, &text, &spec)), [], "{name}");
    }
}

#[test]
fn a_rule_that_no_page_states_is_kept_by_its_departure() {
    let (name, text) = fixture("cells", "en");
    let rule = r#"  "constraints": [
    { "rule": "at-least-one-of", "parameters": ["SeatNumber", "SeatCount"], "reason": "The service refuses neither." }
  ],
  "departures": [
    { "at": "/constraints/0", "from": "page", "source": null, "reason": "The page says nothing of it." }
  ],
  "errors": ["#;
    let with = spec_text().replacen("  \"errors\": [", rule, 1);
    let comparison = compared(&name, &text, &with);
    assert_eq!(found(&comparison), []);
    assert_eq!(comparison.held.len(), 1);
    // The page states the rule now.
    for (language, (from, to)) in [
        (
            "en",
            (
                "set SeatNumber.N instead.",
                "you may pick them. You must specify `SeatNumber` or `SeatCount` to reserve seats.",
            ),
        ),
        (
            "zh",
            (
                "请改用 SeatNumber.N。",
                "可以选座。必须指定 SeatNumber 或 SeatCount。",
            ),
        ),
    ] {
        for form in FORMS {
            let (name, text) = fixture(form, language);
            if !text.contains(from) {
                continue;
            }
            let text = text.replace(from, to);
            let comparison = compared(&name, &text, &with);
            assert_eq!(
                found(&comparison),
                [(Code::PageDeparture, "/constraints/0")],
                "{name}"
            );
            let comparison = compared(&name, &text, &spec_text());
            assert_eq!(
                found(&comparison),
                [(Code::PageRule, "/constraints")],
                "{name}"
            );
            assert_eq!(
                comparison.differences[0].diagnostic.message,
                "the page says that at least one of `SeatNumber` and `SeatCount` must be set; the spec has no such rule"
            );
        }
    }
}

#[test]
fn the_name_of_a_resource_type_is_compared() {
    let (name, text) = fixture("cells", "en");
    let text = text.replace("*Branch", "*Building");
    let comparison = compared(&name, &text, &spec_text());
    assert_eq!(
        found(&comparison),
        [(
            Code::PagePermission,
            "/permissions/library:ReserveSeats/resources/Branch/type"
        )]
    );
    let difference = &comparison.differences[0].diagnostic;
    assert_eq!(
        difference.message,
        "the resource type of `library:ReserveSeats` is called `Building` on the page, `Branch` in the spec"
    );
    assert_eq!(difference.place.to_string(), "cells.en.md:35:3");
    let written = written(&name, &text, &spec(&spec_text()), false);
    assert!(written.left.differences.is_empty());
    let resource = &written.spec.operation.permissions[0].resources[0];
    assert_eq!(resource.kind, "Building");
}

#[test]
fn documented_values_are_compared_with_open_lists() {
    let (name, text) = fixture("cells", "en");
    // The last list of the line is a range.
    let text = text.replace(
        "Valid values: 1 to 10.",
        "Valid values: 1, 2, and 4. Valid values: 1 to 10.",
    );
    let known = |values: &str| {
        let name = "\"name\": \"SeatCount\",";
        spec_text().replace(name, &format!("{name} \"knownValues\": [{values}],"))
    };
    let at = (Code::PageValues, "/parameters/SeatCount/knownValues");
    let none = compared(&name, &text, &spec_text());
    assert_eq!(found(&none), [at; 3]);
    assert_eq!(
        none.differences[0].diagnostic.message,
        "`SeatCount` takes `1` on the page, the spec does not know it"
    );
    let some = compared(
        &name,
        &text,
        &known(r#"{ "value": 1 }, { "value": 2, "description": "a pair" }, { "value": 8 }"#),
    );
    let messages: Vec<&str> = some
        .differences
        .iter()
        .map(|difference| difference.diagnostic.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "the page does not list the value `8` of `SeatCount`",
            "`SeatCount` takes `4` on the page, the spec does not know it",
        ]
    );
    let all = known(r#"{ "value": 1 }, { "value": 2 }, { "value": 4 }"#);
    assert_eq!(found(&compared(&name, &text, &all)), []);
    let before = spec(&known(r#"{ "value": 2, "description": "a pair" }"#));
    let written = written(&name, &text, &before, false);
    assert!(
        written.left.differences.is_empty(),
        "{}",
        shown(&written.left)
    );
    let parameters = &written.spec.operation.parameters;
    let count = parameters.iter().find(|known| known.name == "SeatCount");
    let values: Vec<_> = count
        .unwrap()
        .schema
        .known_values
        .iter()
        .map(|known| (known.value.as_i64(), known.description.as_deref()))
        .collect();
    assert_eq!(
        values,
        [(Some(2), Some("a pair")), (Some(1), None), (Some(4), None)]
    );
}

/// Markdown has no lists in cells: their items come in one line.
#[test]
fn values_in_one_line_are_read_with_and_without_words() {
    let (name, text) = fixture("tables", "en");
    let from = text.find("Valid values: - window").unwrap();
    let to = from + text[from..].find("Default value").unwrap();
    let list = |list: &str| format!("{}{list}{}", &text[..from], &text[to..]);
    for same in [
        "Valid values: - window: beside a window - aisle: beside an aisle ",
        "Valid values: - window - aisle ",
        "Valid values: -   window -   aisle ",
        "Valid values: - window (beside a window) - aisle. Note There may be more - who knows. ",
    ] {
        let comparison = compared(&name, &list(same), &spec_text());
        assert_eq!(found(&comparison), [], "{same}");
    }
    for other in [
        "Valid values: - window - aisle - table ",
        "Valid values: - window: beside a window - aisle: beside an aisle - table: at a table ",
    ] {
        let comparison = compared(&name, &list(other), &spec_text());
        let messages: Vec<&str> = comparison
            .differences
            .iter()
            .map(|difference| difference.diagnostic.message.as_str())
            .collect();
        assert_eq!(
            messages,
            ["`Place` takes `table` on the page, the spec refuses it"],
            "{other}"
        );
    }
}

#[test]
fn sentences_that_only_look_like_limits_and_rules_are_none() {
    let sentences = [
        // Each is put at `SeatCount`, whose range is 1 to 10.
        "To pick seats at random, set either SeatNumber.N or SeatCount, but not both.",
        "> If Place is set to aisle, the seats are near. In this case, you cannot specify SeatNumber.N and SeatCount at the same time.",
        "You must specify either the seats (SeatNumber and Place) or their number (SeatCount).",
        "Otherwise, the default value is 3.",
        "Default value: max{4, the number of guests}.",
        "The `QuietZone` parameter of the branch says where.",
        "See the response parameter `TotalWeight`.",
        "The rest is kept for the `StayDuration` parameter. You can set the `StayDuration` parameter when you call the [CreateReader](/help/CreateReader) or UpdateReader operation.",
    ];
    for sentence in sentences {
        for form in ["cells", "text"] {
            let (name, text) = fixture(form, "en");
            let from = "To name the seats, set SeatNumber.N instead.";
            assert!(text.contains(from), "{name}");
            let text = text.replace(from, sentence);
            let comparison = compared(&name, &text, &spec_text());
            // Whoever wants seats at random is told of a rule; that it is none of all requests, not.
            let rule = sentence.starts_with("To ");
            let expected: &[(Code, &str)] = if rule {
                &[(Code::PageRule, "/constraints")]
            } else {
                &[]
            };
            assert_eq!(found(&comparison), expected, "{name}: {sentence}");
        }
    }
    // Numbers that are listed are no range, and the length of a list is none of its elements.
    let (name, text) = fixture("cells", "en");
    for (range, at) in [
        ("Valid values: 1, 2, and 4.", "knownValues"),
        ("Valid values: 2 and 4.", "knownValues"),
    ] {
        let text = text.replace("Valid values: 1 to 10.", range);
        let comparison = compared(&name, &text, &spec_text());
        let new: Vec<_> = found(&comparison)
            .into_iter()
            .filter(|(code, at)| {
                *code == Code::PageLimit
                    && !at.ends_with("Count/minimum")
                    && !at.ends_with("Count/maximum")
            })
            .collect();
        assert_eq!(new, [], "{range}");
        assert!(
            found(&comparison)
                .iter()
                .any(|(_, place)| place.ends_with(at)),
            "{range}"
        );
    }
    let text = text.replace("Valid values of N: 1 to 10", "Array length: 1 to 10");
    assert_eq!(found(&compared(&name, &text, &spec_text())), []);
}

#[test]
fn a_name_that_belongs_to_no_operation_is_a_defect() {
    for sentence in [
        "You can set the StayDuration parameter when you call this operation.",
        "You can set the StayDuration parameter when you call the ReserveSeats operation.",
        "You can set the StayDuration parameter. Then call the CreateReader operation.",
    ] {
        let (name, text) = text_with("To name the seats, set SeatNumber.N instead.", sentence);
        let comparison = compared(&name, &text, &spec_text());
        assert_eq!(
            found(&comparison),
            [(Code::PageUnknownName, "/parameters/SeatCount/description")],
            "{sentence}"
        );
    }
}

#[test]
fn a_page_of_another_day_than_the_review_says_so() {
    let head = |date: &str| {
        let (name, text) = fixture("cells", "en");
        let text = text.replace("May 4, 2026", date);
        let page = page(&name, &text);
        let spec = spec(&spec_text());
        let report = Report {
            operation: "ReserveSeats".to_owned(),
            page: name,
            date: page.date.clone(),
            spec: "ReserveSeats.json".to_owned(),
            reviewed: spec.operation.reviewed.clone(),
            is_new: false,
            comparison: compare(&page, &spec, &Messages::new()),
            taken: None,
            undescribed: Vec::new(),
            stale: Vec::new(),
        };
        report.to_text(50, Colour::Never)
    };
    assert_eq!(
        head("Jun 25, 2026"),
        "ReserveSeats: page cells.en.md, 2026-06-25; spec ReserveSeats.json, reviewed 2026-05-04\n  \
         the page is newer than the review of 2026-05-04; `--write` records its date\n  no differences\n"
    );
    assert_eq!(
        head("Apr 25, 2026"),
        "ReserveSeats: page cells.en.md, 2026-04-25; spec ReserveSeats.json, reviewed 2026-05-04\n  \
         the page is older than the review of 2026-05-04\n  no differences\n"
    );
    assert_eq!(
        head("May 4, 2026"),
        "ReserveSeats: page cells.en.md, 2026-05-04; spec ReserveSeats.json\n  no differences\n"
    );
}

/// The page in the form of text with `from` replaced, beside the spec.
fn text_with(from: &str, to: &str) -> (String, String) {
    let (name, text) = fixture("text", "en");
    assert!(text.contains(from), "{from}");
    (name, text.replacen(from, to, 1))
}

/// A part of the page in the form of text, from the title of a section up to that of another.
fn part<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let line = |title: &str| text.find(&format!("\n{title}\n\n")).unwrap() + 1;
    &text[line(from)..line(to)]
}

#[test]
fn a_part_that_the_page_has_no_more_is_told() {
    let (name, text) = fixture("text", "en");
    let parts = [
        (
            "RAM authorization",
            "Request parameters",
            Code::PagePermission,
            "/permissions",
        ),
        (
            "Request parameters",
            "Response elements",
            Code::PageParameter,
            "/parameters",
        ),
        (
            "Response elements",
            "Examples",
            Code::PageField,
            "/response",
        ),
        (
            "Examples",
            "Error codes",
            Code::PageResponseExample,
            "/responseExample",
        ),
        ("Error codes", "Release notes", Code::PageError, "/errors"),
    ];
    for (from, to, code, at) in parts {
        let without = text.replace(part(&text, from, to), "");
        let comparison = compared(&name, &without, &spec_text());
        assert_eq!(found(&comparison), [(code, at)], "{from}");
        // A spec that was never compared with a page says nothing about what its page had.
        let never = spec_text().replace("  \"reviewed\": \"2026-05-04\",\n", "");
        assert_eq!(found(&compared(&name, &without, &never)), [], "{from}");
    }
    let table = part(&text, "Action", "Request parameters");
    let none = text.replace(
        table,
        "There is currently no authorization information.\n\n",
    );
    let comparison = compared(&name, &none, &spec_text());
    assert_eq!(found(&comparison), [(Code::PagePermission, "/permissions")]);
    assert_eq!(
        comparison.differences[0].diagnostic.message,
        "the page has no table of permissions"
    );
}

#[test]
fn tables_are_read_in_any_order() {
    let (name, text) = fixture("text", "en");
    let request = part(&text, "Request parameters", "Response elements");
    let errors = part(&text, "Error codes", "Release notes");
    let rest = text.replace(request, "").replace(errors, "");
    let reordered = rest.replace(
        "RAM authorization\n",
        &format!("{errors}{request}RAM authorization\n"),
    );
    assert_eq!(found(&compared(&name, &reordered, &spec_text())), []);
    let changed = reordered.replace(
        "random. Valid values: 1 to 10",
        "random. Valid values: 1 to 6",
    );
    assert_eq!(
        found(&compared(&name, &changed, &spec_text())),
        [(Code::PageLimit, "/parameters/SeatCount/maximum")]
    );
}

#[test]
fn a_list_by_another_name_is_told_where_the_list_is() {
    let (name, text) = fixture("text", "en");
    let text = text
        .replace("\nSeat\n", "\nChair\n")
        .replace("\"Seat\":", "\"Chair\":");
    let never = spec_text().replace("  \"reviewed\": \"2026-05-04\",\n", "");
    let comparison = compared(&name, &text, &never);
    let at = "/response/properties/Reservation/properties/SeatSet/properties/Chair";
    // The resource type of the permission is called so, too.
    let fields: Vec<_> = found(&comparison)
        .into_iter()
        .filter(|(code, _)| *code != Code::PagePermission)
        .collect();
    assert_eq!(fields, [(Code::PageField, at); 2]);
    let row = comparison
        .differences
        .iter()
        .find(|difference| difference.at == at)
        .unwrap();
    assert_eq!(
        row.diagnostic.message,
        "the spec has no field `Chair` (string)"
    );
    assert_eq!(
        row.diagnostic.label.as_deref(),
        Some("the spec calls this list `Seat`")
    );
    // Which of the two is right a person has to see.
    let written = written(&name, &text, &spec(&never), false);
    let response = written.spec.operation.response.unwrap();
    let seats = &response.properties["Reservation"].properties["SeatSet"];
    let names: Vec<&String> = seats.properties.keys().collect();
    assert_eq!(names, ["Seat"]);
}

#[test]
fn an_operation_that_the_page_retires_is_told() {
    for sentence in [
        "This operation is deprecated. Reserves seats",
        "This API operation has been discontinued. Reserves seats",
        "本接口已废弃。Reserves seats",
    ] {
        let (name, text) = text_with("Reserves seats", sentence);
        let comparison = compared(&name, &text, &spec_text());
        assert_eq!(
            found(&comparison),
            [(Code::PageLimit, "/deprecated")],
            "{sentence}"
        );
        let spec = spec_text().replacen('{', "{ \"deprecated\": true,", 1);
        assert_eq!(found(&compared(&name, &text, &spec)), [], "{sentence}");
    }
    let (name, text) = text_with(
        "Reserves seats",
        "The API operation is not deprecated. Use it instead of the operation that is deprecated. Reserves seats",
    );
    assert_eq!(found(&compared(&name, &text, &spec_text())), []);
}

#[test]
fn full_width_digits_are_digits() {
    let full = |text: &str| text.replace("1 to 10", "１ to １０");
    for form in FORMS {
        let (name, text) = fixture(form, "en");
        assert_eq!(
            found(&compared(&name, &full(&text), &spec_text())),
            [],
            "{name}"
        );
    }
    let (name, text) = text_with(
        "random. Valid values: 1 to 10",
        "random. Valid values: １ to ２０",
    );
    let comparison = compared(&name, &text, &spec_text());
    assert_eq!(
        comparison.differences[0].diagnostic.message,
        "`maximum` of `SeatCount` is `20` on the page, `10` in the spec"
    );
}

#[test]
fn a_success_example_that_is_no_json_is_told() {
    let (name, text) = text_with("\"7B1F-22\",", "\"7B1F-22\"");
    let departure = r#"  "departures": [
    { "at": "/responseExample", "from": "page", "source": "parts masked with `****`", "reason": "Written out." }
  ],
  "errors": ["#;
    for spec in [
        spec_text(),
        spec_text().replacen("  \"errors\": [", departure, 1),
    ] {
        let comparison = compared(&name, &text, &spec);
        assert_eq!(
            found(&comparison),
            [(Code::PageUnreadable, "/responseExample")]
        );
        assert_eq!(
            comparison.differences[0].diagnostic.message,
            "the success example is no JSON: expected `,` or `}`"
        );
    }
    // Pages shorten examples.
    let (name, text) = text_with("\"Weight\": 5", "...");
    assert_eq!(found(&compared(&name, &text, &spec_text())), []);
}

#[test]
fn examples_of_elements_and_of_response_fields_are_compared() {
    let (name, text) = text_with(
        "The number of a seat.\n\na-12",
        "The number of a seat.\n\na-13",
    );
    let own = "/parameters/SeatNumber/items/example";
    assert_eq!(
        found(&compared(&name, &text, &spec_text())),
        [(Code::PageExample, own)]
    );
    let at_list = spec_text()
        .replace(", \"example\": \"a-12\" }", " }")
        .replace(
            "\"maxItems\": 10,",
            "\"maxItems\": 10, \"example\": [\"a-12\"],",
        );
    let list = "/parameters/SeatNumber/example";
    assert_eq!(
        found(&compared(&name, &text, &at_list)),
        [(Code::PageExample, list)]
    );
    let (_, same) = fixture("text", "en");
    assert_eq!(found(&compared(&name, &same, &at_list)), []);
    let response = spec_text().replace(
        "\"description\": \"The ID of the request.\"",
        "\"description\": \"The ID of the request.\", \"example\": \"7B1F-23\"",
    );
    assert_eq!(
        found(&compared(&name, &same, &response)),
        [(Code::PageExample, "/response/properties/RequestId/example")]
    );
}

#[test]
fn values_of_nobody_knows_which_parameter_are_told() {
    let (_, shifted, _) = triggers()
        .into_iter()
        .find(|(code, ..)| *code == Code::PageShifted)
        .unwrap();
    let (name, mut text) = fixture("text", "en");
    for (from, to) in shifted {
        text = text.replacen(from, to, 1);
    }
    let text = text.replacen(
        "characters in length.",
        "characters in length. Valid values: north and south.",
        1,
    );
    let comparison = compared(&name, &text, &spec_text());
    let told: Vec<&str> = comparison
        .differences
        .iter()
        .filter(|difference| difference.diagnostic.code == Code::PageUncertain)
        .map(|difference| difference.diagnostic.message.as_str())
        .collect();
    assert_eq!(
        told,
        ["it is not certain which parameter takes `north`, `south`"]
    );
}

#[test]
fn the_template_of_2019_names_types_and_leaves_out_lists() {
    let (name, text) = fixture("template-2019", "en");
    let change = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let text = text.replace(from, to);
        let comparison = compared(&name, &text, &spec_text());
        assert!(
            comparison.differences.is_empty(),
            "{to}: {}",
            shown(&comparison)
        );
    };
    // Described on a page of its own.
    change("|SeatSet|Array of String|", "|SeatSet|SeatSetType|");
    change("|Reservation|Struct|", "|Reservation|ReservationType|");
    change("|HttpCode|Error code|", "|HTTP|Error code|");
    // The fields of the elements come right after the object around the list.
    let guests = r#""SeatSet": {
            "type": "object",
            "properties": {
              "Seat": {
                "type": "array",
                "items": { "type": "object", "properties": { "Row": { "type": "string" }, "Number": { "type": "string" } } }
              }
            }
          },
          "Weight""#;
    let spec = spec_text();
    let start = spec.find("\"SeatSet\": {\n").unwrap();
    let end = spec[start..].find("\"Weight\"").unwrap() + start;
    let spec = format!(
        "{}{guests}{}",
        &spec[..start],
        &spec[end + "\"Weight\"".len()..]
    );
    let rows =
        "|SeatSet| | |The seats. |\n|Row|String|a|The row. |\n|Number|String|12|The number. |";
    let text = text.replace("|SeatSet|Array of String||The seats. |", rows);
    let example = "\"Seat\": [\n        \"a-12\"\n      ]";
    assert!(text.contains(example));
    let text = text.replace(example, "\"Seat\": []");
    let comparison = compared(&name, &text, &spec);
    let fields: Vec<_> = found(&comparison)
        .into_iter()
        .filter(|(code, _)| *code != Code::PageResponseExample)
        .collect();
    assert_eq!(fields, [], "{}", shown(&comparison));
}

fn written(name: &str, text: &str, before: &Spec, is_new: bool) -> Written {
    write(&page(name, text), before, is_new, PRODUCT, &Messages::new()).unwrap()
}

#[test]
fn what_is_written_differs_no_more_and_keeps_what_people_wrote() {
    for (name, text) in pages() {
        let text = text
            .replace(
                "random. Valid values: 1 to 10",
                "random. Valid values: 1 to 6",
            )
            .replace("座位数。取值范围：1~10", "座位数。取值范围：1~6")
            .replace(
                "instead.",
                "instead. You must set either SeatNumber.N or SeatCount, but not both.",
            )
            .replace(
                "请改用 SeatNumber.N。",
                "SeatNumber.N 和 SeatCount 不能同时指定。",
            )
            .replace("2026-05-04", "2026-06-25")
            .replace("May 4, 2026", "Jun 25, 2026");
        let before = spec(&spec_text());
        let written = written(&name, &text, &before, false);
        assert!(
            written.left.differences.is_empty(),
            "{name}\n{}",
            shown(&written.left)
        );
        let (old, new) = (&before.operation, &written.spec.operation);
        let count = new
            .parameters
            .iter()
            .find(|parameter| parameter.name == "SeatCount")
            .unwrap();
        assert_eq!(count.schema.maximum, Some(6.into()), "{name}");
        assert_eq!(
            count.schema.description.as_deref(),
            Some("How many seats to pick.")
        );
        assert_eq!(new.constraints.len(), 1, "{name}");
        assert_eq!(new.errors, old.errors);
        assert_eq!(new.response, old.response);
        let date = if name.starts_with("template-2019") {
            "2026-05-04"
        } else {
            "2026-06-25"
        };
        assert_eq!(new.reviewed.as_deref(), Some(date));
        let again = compare(&page(&name, &text), &written.spec, &Messages::new());
        assert!(again.differences.is_empty(), "{name}");
        assert_eq!(written.undescribed, Vec::<String>::new());
    }
}

#[test]
fn descriptions_that_a_new_limit_makes_wrong_are_listed() {
    let (name, text) = fixture("text", "en");
    let text = text.replace(
        "random. Valid values: 1 to 10",
        "random. Valid values: 1 to 6",
    );
    let told = "How many seats to pick, 1 to 10.";
    let before = spec(&spec_text().replace("How many seats to pick.", told));
    let written = written(&name, &text, &before, false);
    assert_eq!(
        written.stale,
        ["ReserveSeats.json:22:47: the description says 1 to 10, the limits say 1 to 6"]
    );
}

/// Without a departure the metadata would win, and undo what the page brought.
#[test]
fn an_import_keeps_what_was_written() {
    let metadata = r#"{
      "info": { "style": "RPC", "product": "Library", "version": "2021-03-04" },
      "apis": { "ReserveSeats": { "methods": ["post"], "responses": {}, "parameters": [
        { "name": "SeatCount", "in": "query", "schema": { "type": "integer", "format": "int32", "minimum": "1", "maximum": "10" } }
      ] } }
    }"#;
    let before = spec(
        r#"{ "operation": "ReserveSeats", "parameters": [
          { "name": "SeatCount", "type": "integer", "format": "int32", "minimum": 1, "maximum": 10 } ] }"#,
    );
    let (name, text) = fixture("cells", "en");
    let text = text.replace(
        "random. Valid values: 1 to 10",
        "random. Valid values: 1 to 6",
    );
    let written = written(&name, &text, &before, false);
    let now = &written.spec.operation;
    let existing = import::Specs {
        product: Some(serde_json::from_str(PRODUCT).unwrap()),
        operations: [("ReserveSeats".to_owned(), now.clone())].into(),
        types: Default::default(),
    };
    let source = import::read(metadata, &import::Hints::default(), false, false).unwrap();
    let imported = import::import(&existing, &source, &import::Options::default()).unwrap();
    assert_eq!(imported.report.changes, []);
    assert_eq!(imported.report.departures, []);
    let kept = &imported.specs.operations["ReserveSeats"];
    assert_eq!(kept.parameters, now.parameters);
    assert_eq!(kept.response, now.response);
    assert_eq!(kept.errors, now.errors);
    assert_eq!(kept.permissions, now.permissions);
    assert_eq!(kept.departures, now.departures);
}

#[test]
fn a_new_spec_has_what_is_certain_and_the_rest_is_listed() {
    for (name, text) in pages() {
        let new = written(
            &name,
            &text,
            &empty("ReserveSeats", "ReserveSeats.json".into()),
            true,
        );
        let operation = &new.spec.operation;
        let names: Vec<&str> = operation
            .parameters
            .iter()
            .map(|parameter| parameter.name.as_str())
            .collect();
        assert!(
            names.starts_with(&["RegionId", "BranchId", "SeatCount"]),
            "{name}: {names:?}"
        );
        assert_eq!(operation.errors.len(), 4, "{name}");
        assert!(operation.departures.is_empty(), "{name}");
        // The success example shows how deep the fields of the response are.
        let before = spec(&spec_text()).operation.response.unwrap();
        let bare = |schema: &alicloud_codegen::spec::Schema| {
            let mut value = serde_json::to_value(schema).unwrap();
            fn strip(value: &mut serde_json::Value) {
                if let Some(map) = value.as_object_mut() {
                    map.retain(|key, value| {
                        !matches!(key.as_str(), "description" | "example") || value.is_object()
                    });
                    map.values_mut().for_each(strip);
                }
            }
            strip(&mut value);
            value
        };
        if !name.starts_with("template-2019") {
            assert_eq!(
                bare(operation.response.as_ref().unwrap()),
                bare(&before),
                "{name}"
            );
        }
        // Which rows are fields of `Guest` cannot be told; they are not guessed.
        for difference in &new.left.differences {
            assert_eq!(
                difference.diagnostic.code,
                Code::PageUncertain,
                "{name}\n{}",
                shown(&new.left)
            );
        }
        assert!(new.undescribed.contains(&"/summary".to_owned()));
        assert!(
            !new.spec
                .source
                .text
                .as_deref()
                .unwrap()
                .contains("of the branch")
        );
    }
}

/// What the page leaves unsaid is recorded once, so that the next comparison has nothing to tell.
#[test]
fn a_spec_that_was_never_compared_is_after_it_was_written() {
    let (name, text) = fixture("tables", "en");
    let before = spec(
        &spec_text()
            .replace("  \"reviewed\": \"2026-05-04\",\n", "")
            .replace(
                "\"description\": \"The region.\",",
                "\"description\": \"The region.\", \"maxLength\": 20,",
            )
            .replace("\"example\": \"branch-17\"", "\"example\": \"branch-1\""),
    );
    assert_eq!(
        found(&compare(&page(&name, &text), &before, &Messages::new())),
        []
    );
    let written = written(&name, &text, &before, false);
    assert_eq!(found(&written.left), []);
    let recorded: Vec<(&str, Origin)> = written
        .spec
        .operation
        .departures
        .iter()
        .map(|departure| (departure.at.as_str(), departure.from))
        .collect();
    assert_eq!(
        recorded,
        [
            ("/parameters/RegionId/maxLength", Origin::Page),
            ("/parameters/BranchId/example", Origin::Page)
        ]
    );
}

#[test]
fn a_name_that_is_no_operation_is_refused() {
    let (name, text) = fixture("cells", "en");
    for wrong in [
        "../ReserveSeats",
        "a/b",
        "",
        "Reserve Seats",
        "C:x",
        "é",
        "1a",
    ] {
        let spec = empty(wrong, "x.json".into());
        let refused = write(&page(&name, &text), &spec, true, PRODUCT, &Messages::new());
        assert!(matches!(refused, Err(Refused::Name(_))), "{wrong}");
    }
}

#[test]
fn the_page_of_a_product_is_its_permissions_by_operation() {
    let table = "# Authorization\n\n## Action\n\nActions\n\nAPI operation\n\nAccess level\n\nResource type\n\nCondition key\n\nAssociated operation\n\n\
        library:ReserveSeats\n\n[ReserveSeats](/x)\n\ncreate\n\n\\*Branch\n\n`acs:library:{#regionId}:{#accountId}:branch/{#branchId}`\n\nSeat\n\n`acs:library:{#regionId}:{#accountId}:seat/*`\n\nlibrary:CreateDefaultBranch\n\nlibrary:Tag\n\nNone\n\n\
        library:ListSeats\n\n[ListSeats](/y)\n\nlist\n\n\\*All Resources\n\n`*`\n\nNone\n\nlibrary:ListBranches\n\n";
    // The other tables of such a page say nothing of the last operation.
    let rest = "## Resource\n\nThe resources of the library. Take note of the following items:\n\n-   `*` is a wildcard.\n\n\
        Resource type\n\nARN\n\nBranch\n\n-   acs:library:{#regionId}:{#accountId}:branch/\\*\n-   acs:library:{#regionId}:{#accountId}:branch/{#branchId}\n\n\
        ## Condition\n\nThe keys of the library.\n\nCondition key\n\nDescription\n\nData type\n\nlibrary:Quiet\n\nWhether the branch is quiet\n\nBoolean\n";
    let marked = format!("{table}{rest}");
    let plain = marked
        .replace("# ", "")
        .replace("#", "")
        .replace("{", "{#")
        .replace(['`', '\\'], "")
        .replace("-   ", "")
        .replace("[ReserveSeats](/x)", "ReserveSeats")
        .replace("[ListSeats](/y)", "ListSeats");
    for (name, text) in [("ram.md", &marked), ("ram.txt", &plain)] {
        let page = page(name, text);
        assert!(page.operation.is_none());
        let pages = page.by_operation();
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["ReserveSeats", "ListSeats"]);
        let comparison = compare(&pages[0].1, &spec(&spec_text()), &Messages::new());
        assert_eq!(
            found(&comparison),
            [(
                Code::PagePermission,
                "/permissions/library:ReserveSeats/conditionKeys"
            )]
        );
        let row = |index: usize| &pages[index].1.permissions.as_ref().unwrap().rows[0];
        let words = |texts: &[Text]| -> Vec<String> {
            texts.iter().map(|text| text.as_str().to_owned()).collect()
        };
        assert_eq!(row(0).conditions.len(), 2);
        assert_eq!(row(1).conditions.len(), 0);
        assert_eq!(words(&row(1).dependent), ["library:ListBranches"]);
        assert_eq!(row(1).resources.len(), 1);
        let all = &row(1).resources[0];
        assert_eq!(all.kind.as_ref().unwrap().as_str(), "All Resources");
        assert_eq!(words(&all.arns), ["*"]);
    }
}

/// Reads, compares, writes and shows; whatever the text, in little time and with little output.
fn survives(name: &str, text: &str) {
    let source = Source {
        path: name.into(),
        text: Some(text.to_owned()),
    };
    let Ok(page) = read(&Arc::new(source)) else {
        return;
    };
    let spec = spec(&spec_text());
    let comparison = compare(&page, &spec, &Messages::new());
    let _ = write(&page, &spec, false, PRODUCT, &Messages::new());
    let _ = write(
        &page,
        &empty("X", "X.json".into()),
        true,
        PRODUCT,
        &Messages::new(),
    );
    let _ = page.by_operation();
    let report = Report {
        operation: "X".to_owned(),
        page: name.to_owned(),
        date: page.date.clone(),
        spec: "X.json".to_owned(),
        reviewed: None,
        is_new: false,
        comparison,
        taken: None,
        undescribed: Vec::new(),
        stale: Vec::new(),
    };
    let shown = report.to_text(50, Colour::Never);
    assert!(shown.len() < 200_000 + 110 * text.len(), "{}", shown.len());
    let _ = report.to_text(50, Colour::Always);
    let _ = report.to_markdown(50);
    let _ = report.to_json();
}

#[test]
fn large_and_deep_pages_are_read_in_little_time() {
    let (name, text) = fixture("cells", "en");
    let row = "Xy\n\nstring\n\nNo\n\nValid values: 1 to 10. You must set either A or B, but not both.\n\n1\n\n";
    let pages = [
        text.replace(
            "RegionId\n\nstring",
            &(row.repeat(1000) + "RegionId\n\nstring"),
        ),
        text.replace("InvalidBranch", &"A".repeat(100_000)),
        text.replace("1 to 10", &"1 to ".repeat(20_000)),
        text.replace("The region", &"[".repeat(50_000)),
        text.replace("The region", &"![".repeat(50_000)),
        text.replace("The region", &"<a ".repeat(50_000)),
        text.replace("The region", &"\\".repeat(200_000)),
        text.replace("```\n{", &format!("```\n{}", "{".repeat(100_000))),
        text.replace("```\n{", &format!("```\n{{\"a\":{}", "[".repeat(100_000))),
        format!("|a|{}", "\n|".repeat(50_000)),
        format!("{text}\n|{}", "x\n".repeat(50_000)),
        "|".repeat(100_000),
        "400 A b\n".repeat(20_000) + &text,
    ];
    for page in pages {
        let start = std::time::Instant::now();
        survives(&name, &page);
        let (html, _) = fixture("saved", "en");
        survives(&html, &format!("<table>{page}</table>"));
        assert!(
            start.elapsed().as_secs() < 30,
            "{}",
            &page[..60.min(page.len())]
        );
    }
    let nested = "<table><tr><td>".repeat(20_000);
    survives("x.html", &nested);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_text_is_survived(text in "\\PC{0,400}") {
        survives("x.md", &text);
    }

    #[test]
    fn any_mutation_of_a_page_is_survived(
        page in 0..10_usize,
        cuts in proptest::collection::vec((0.0..1.0_f64, 0.0..0.3_f64, 0..12_usize), 1..6),
    ) {
        let (name, mut text) = pages().swap_remove(page);
        const PIECES: [&str; 12] = ["", "|", "\n\n", "array<object>", "Yes", "*", "[x](", "<td>", "400", "{", "\u{1f600}", "object\n\n"];
        for (at, length, piece) in cuts {
            let clamp = |share: f64| {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
                let mut index = ((text.len() as f64) * share) as usize;
                while !text.is_char_boundary(index.min(text.len())) {
                    index -= 1;
                }
                index.min(text.len())
            };
            let (start, end) = (clamp(at), clamp((at + length).min(1.0)));
            text.replace_range(start..end, PIECES[piece]);
        }
        survives(&name, &text);
    }
}
