//! A product written by hand, with what operations can have.

use alicloud_runtime::{
    operation::{
        Access, Echo, ErrorRow, Errors, Example, Operation, Pagination, ProductInfo, SchemaRef,
        ServiceInfo, SignatureKind, Waiter, WaiterIds,
    },
    record::{
        Bound, Field, Fields, Format, Kind, Limits, Location, Predicate, Rule, RuleKind, Schema,
        Style,
    },
};

pub(crate) static SERVICE: ServiceInfo = ServiceInfo {
    code: "Shop",
    version: "2020-01-01",
    signatures: &[SignatureKind::Acs3, SignatureKind::Rpc],
    success_codes: ServiceInfo::SUCCESS_CODES,
    in_progress_codes: &[],
    endpoints: &[],
    endpoint_rule: None,
    vpc_endpoint_rule: None,
    errors: Errors::NONE,
};

pub(crate) static PRODUCT: ProductInfo = ProductInfo {
    service: &SERVICE,
    operations: &[&ASSIGN, &LIST, &PING, &PUT, &SCAN],
    examples: &[Example {
        operation: "Assign",
        response: Some(
            r#"{ "RequestId": "from the example", "InterfaceId": "i-example", "Note": "as in the example",
                 "Prefixes": ["not this"], "Lines": { "Line": ["one", "two"] } }"#,
        ),
        echoes: &[
            Echo {
                list: &["Addresses", "Address"],
                values: "Address",
                count: Some("AddressCount"),
            },
            Echo {
                list: &["Prefixes"],
                values: "Prefix",
                count: Some("PrefixCount"),
            },
        ],
    }],
};

/// Another product, with an operation of the same name.
pub(crate) static BRANCH: ProductInfo = ProductInfo {
    service: &ServiceInfo {
        code: "Branch",
        version: "2021-01-01",
        ..SERVICE
    },
    operations: &[&PING, &ASSIGN],
    examples: &[],
};

static FAILURES: Errors = Errors::of(&[
    ErrorRow::new(400, "InvalidParameter.Conflict", "%s", ""),
    ErrorRow::new(403, "MissingParameter", "%s", ""),
    ErrorRow::new(400, "Invalid%s.Busy", "The %s is busy.", "").retryable(),
]);

static ADDRESS: Field = Field::string("").limits(&Limits {
    format: Some(Format::Ipv6),
    ..Limits::NONE
});
static TEXT: Field = Field::string("");
static PREFIX: Field = Field::string("").limits(&Limits {
    format: Some(Format::Ipv6Cidr),
    ..Limits::NONE
});
const UP_TO_10: &Limits = &Limits {
    minimum: Some(Bound::Integer(1)),
    maximum: Some(Bound::Integer(10)),
    ..Limits::NONE
};

const fn rule(kind: RuleKind, members: &'static [Predicate]) -> Rule {
    Rule {
        kind,
        each: &[],
        members,
        then: &[],
        reason: "",
    }
}

pub(crate) static ASSIGN_REQUEST: Schema = Schema {
    name: "Assign",
    fields: Fields::of(&[
        Field::string("RegionId").region(),
        Field::string("InterfaceId").required(),
        Field::list("Address", &ADDRESS).limits(&Limits {
            max_items: Some(10),
            ..Limits::NONE
        }),
        Field::new("AddressCount", Kind::Int32).limits(UP_TO_10),
        Field::list("Prefix", &PREFIX),
        Field::new("PrefixCount", Kind::Int32).limits(UP_TO_10),
        Field::string("ClientToken"),
        Field::boolean("DryRun"),
    ]),
    rules: &[
        rule(
            RuleKind::AtMostOneOf,
            &[
                Predicate::given(&["Address"]),
                Predicate::given(&["AddressCount"]),
            ],
        ),
        rule(
            RuleKind::AtLeastOneOf,
            &[
                Predicate::given(&["Address"]),
                Predicate::given(&["AddressCount"]),
                Predicate::given(&["Prefix"]),
                Predicate::given(&["PrefixCount"]),
            ],
        ),
    ],
};

static ASSIGN_RESPONSE: Schema = Schema {
    name: "AssignResponse",
    fields: Fields::of(&[
        Field::string("RequestId"),
        Field::string("InterfaceId"),
        Field::list("Addresses", &TEXT).wrapped("Address"),
        Field::list("Prefixes", &TEXT),
        Field::string("Note"),
        Field::int64("Size"),
        Field::list("Lines", &TEXT).wrapped("Line"),
    ]),
    rules: &[],
};

static ASSIGN: Operation = Operation {
    errors: &FAILURES,
    idempotency_token: Some("ClientToken"),
    dry_run: Some("DryRun"),
    ..Operation::new(
        "Assign",
        Access::Write,
        SchemaRef::of(&ASSIGN_REQUEST),
        SchemaRef::of(&ASSIGN_RESPONSE),
    )
};

static LIST_REQUEST: Schema = Schema {
    name: "List",
    fields: Fields::of(&[
        Field::int64("PageNumber"),
        Field::int64("PageSize"),
        Field::list("Filter", &Field::object("", &FILTER)).style(Style::Json),
        Field::string("State"),
        Field::list("Name", &TEXT),
        Field::string("Kind").limits(&Limits {
            values: &["A", "B"],
            ..Limits::NONE
        }),
    ]),
    rules: &[],
};

static FILTER: Schema = Schema {
    name: "Filter",
    fields: Fields::of(&[Field::string("Key").required(), Field::string("Value")]),
    rules: &[],
};

/// A schema that contains itself.
static ITEM: Schema = Schema {
    name: "Item",
    fields: Fields::of(&[
        Field::string("Kind"),
        Field::string("Name"),
        Field::string("State"),
        Field::string("PageSize"),
        Field::float("Price"),
        Field::boolean("Open"),
        Field::map("Labels", &TEXT),
        Field::list("Parts", &Field::object("", &ITEM)),
    ]),
    rules: &[],
};

static LIST_RESPONSE: Schema = Schema {
    name: "ListResponse",
    fields: Fields::of(&[
        Field::int64("PageNumber"),
        Field::int64("TotalCount"),
        Field::object("Items", &ITEMS),
    ]),
    rules: &[],
};

static LIST: Operation = Operation {
    pagination: Some(Pagination::Numbered {
        page_number: "PageNumber",
        page_size: "PageSize",
        total: &["TotalCount"],
        items: &["Items", "Item"],
    }),
    waiters: &[
        waiter("ItemGone", &["Items", "Item", "State"], &[], true),
        waiter(
            "ItemOpen",
            &["Items", "Item", "State"],
            &["Open", "Wide"],
            false,
        ),
        waiter("ItemShut", &["Items", "Item", "State"], &["Shut"], false),
        waiter("ItemFree", &["Items", "Item", "Open"], &["false"], false),
    ],
    ..Operation::new(
        "List",
        Access::Read,
        SchemaRef::of(&LIST_REQUEST),
        SchemaRef::of(&LIST_RESPONSE),
    )
};

const fn waiter(
    name: &'static str,
    path: &'static [&'static str],
    success: &'static [&'static str],
    success_when_empty: bool,
) -> Waiter {
    Waiter {
        name,
        path,
        ids: Some(WaiterIds {
            parameter: "Name",
            path: &["Items", "Item", "Name"],
        }),
        parameters: &[],
        success,
        failure: &[],
        retry_errors: &[],
        success_errors: &[],
        success_when_empty,
        delay: 1,
        deadline: 60,
    }
}

static SCAN: Operation = Operation {
    pagination: Some(Pagination::Token {
        token: "NextToken",
        page_size: None,
        next_token: &["NextToken"],
        items: &["Items"],
    }),
    ..Operation::new(
        "Scan",
        Access::Read,
        SchemaRef::of(&SCAN_REQUEST),
        SchemaRef::of(&SCAN_RESPONSE),
    )
};

static ITEMS: Schema = Schema {
    name: "Items",
    fields: Fields::of(&[Field::list("Item", &Field::object("", &ITEM))]),
    rules: &[],
};

static SCAN_REQUEST: Schema = Schema {
    name: "Scan",
    fields: Fields::of(&[Field::string("NextToken")]),
    rules: &[],
};

static SCAN_RESPONSE: Schema = Schema {
    name: "ScanResponse",
    fields: Fields::of(&[Field::string("NextToken"), Field::list("Items", &TEXT)]),
    rules: &[],
};

static PUT_REQUEST: Schema = Schema {
    name: "Put",
    fields: Fields::of(&[
        Field::string("Name").required(),
        Field::string("Bucket").required().location(Location::Host),
        Field::string("Text").location(Location::Form),
        Field::bytes("Content").required().location(Location::Body),
    ]),
    rules: &[],
};

static NOTHING: Schema = Schema {
    name: "Nothing",
    fields: Fields::of(&[]),
    rules: &[],
};

static PING: Operation = Operation {
    anonymous: true,
    ..Operation::new(
        "Ping",
        Access::Read,
        SchemaRef::of(&NOTHING),
        SchemaRef::of(&NOTHING),
    )
};

static PUT: Operation = Operation::new(
    "Put",
    Access::Write,
    SchemaRef::of(&PUT_REQUEST),
    SchemaRef::of(&NOTHING),
);
