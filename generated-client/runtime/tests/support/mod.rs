//! A product with a few operations, written by hand as the generator writes them, and an HTTP
//! server that answers what a test tells it and keeps what it was asked.

#![allow(dead_code, missing_docs, unreachable_pub)]

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use alicloud_runtime::{
    client::{Client, ClientBuilder},
    credentials::{BoxFuture, Credentials, CredentialsError, ProvideCredentials},
    error_codes,
    operation::{
        Access, Endpoint, ErrorRow, Errors, Operation, Paginated, Pagination, Permission, Product,
        ProductInfo, Request, RequiredPermissions, ResourceType, SchemaRef, ServiceInfo,
        SignatureKind, SupportsDryRun, Waiter, WaiterFor, WaiterIds,
    },
    record,
    record::{Bound, Field, Fields, IntoStrings, Limits, Predicate, Rule, RuleKind, Schema},
    retry::RetrySettings,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

#[derive(Clone, Copy)]
pub struct Net;

impl Product for Net {
    const SERVICE: &'static ServiceInfo = &NET_SERVICE;
    const INFO: &'static ProductInfo = &NET;
}

pub static NET_SERVICE: ServiceInfo = ServiceInfo {
    code: "Net",
    version: "2014-05-26",
    signatures: &[SignatureKind::Acs3, SignatureKind::Rpc],
    success_codes: ServiceInfo::SUCCESS_CODES,
    in_progress_codes: &["IdempotentTokenBusy"],
    endpoints: &[
        Endpoint {
            region: "cn-hangzhou",
            host: "net.cn-hangzhou.example.com",
            vpc_host: Some("net-vpc.cn-hangzhou.example.com"),
        },
        Endpoint {
            region: "cn-shanghai",
            host: "net.example.com",
            vpc_host: None,
        },
    ],
    endpoint_rule: Some("net.{region}.invalid"),
    vpc_endpoint_rule: Some("net-vpc.{region}.invalid"),
    errors: &COMMON_ERRORS,
};

pub static NET: ProductInfo = ProductInfo {
    service: &NET_SERVICE,
    operations: &[&ASSIGN, &CHANGE, &DESCRIBE, &LIST],
    examples: &[],
};

static COMMON_ERRORS: Errors =
    Errors::of(&[ErrorRow::new(403, "Forbidden.RAM", "%s", "No permission.")]);

static ASSIGN_ERRORS: Errors = Errors::text(
    r#"
        404 InvalidEniId.NotFound message="%s" meaning="There is no such interface."
        400 InvalidParameter message="The parameter is invalid." meaning="Plain."
        400 InvalidParameter message="The parameter %s is too long." meaning="Too long."
        400 "InvalidParameter.%s" message="%s" meaning="Any other parameter."
        400 Resource.Moving retryable message="The resource moves." meaning="Busy."
    "#,
);

static ASSIGN_PERMISSIONS: RequiredPermissions = RequiredPermissions::text(
    r#"
        update net:Assign keys=net:tag,net:Public needs=ram:PassRole,net:Describe
            required Eni "acs:net:{#regionId}:{#accountId}:eni/{#eniId}"
            optional Role "acs:ram:{#regionId}:{#accountId}:role/{#name}"
    "#,
);

/// Changes something, with an idempotency token and a dry run.
pub static ASSIGN: Operation = Operation {
    errors: &ASSIGN_ERRORS,
    idempotency_token: Some("ClientToken"),
    dry_run: Some("DryRun"),
    permissions: &ASSIGN_PERMISSIONS,
    ..Operation::new(
        "Assign",
        Access::Write,
        SchemaRef::of(&ASSIGN_SHAPE),
        SchemaRef::of(&ASSIGN_RESPONSE),
    )
};

static CHANGE_PERMISSIONS: RequiredPermissions =
    RequiredPermissions::of(&[Permission::new("net:Change", "update")]);

/// Changes something; nothing makes a repetition safe.
pub static CHANGE: Operation = Operation {
    permissions: &CHANGE_PERMISSIONS,
    ..Operation::new(
        "Change",
        Access::Write,
        SchemaRef::of(&CHANGE_SHAPE),
        SchemaRef::of(&CHANGE_RESPONSE),
    )
};

const READY: Waiter = Waiter {
    name: "ItemReady",
    path: &["Items", "Item", "Status"],
    ids: NAMES,
    parameters: &[],
    success: &["Ready"],
    failure: &["Failed"],
    retry_errors: &["InvalidThing.NotFound"],
    success_errors: &[],
    success_when_empty: false,
    delay: 1,
    deadline: 60,
};

/// Until every item is ready.
pub const ITEM_READY: ItemReady = ItemReady;

#[derive(Clone, Copy, Debug)]
pub struct ItemReady;

impl WaiterFor<Describe> for ItemReady {
    const WAITER: &'static Waiter = &READY;
}

const GONE: Waiter = Waiter {
    name: "ItemGone",
    path: &["Items", "Item", "Status"],
    ids: NAMES,
    parameters: &[("Status", "ALL"), ("WithHidden", "true"), ("Depth", "2")],
    success: &[],
    failure: &[],
    retry_errors: &[],
    success_errors: &[],
    success_when_empty: true,
    delay: 1,
    deadline: 60,
};

/// Until every item is gone.
pub const ITEM_GONE: ItemGone = ItemGone;

#[derive(Clone, Copy, Debug)]
pub struct ItemGone;

impl WaiterFor<Describe> for ItemGone {
    const WAITER: &'static Waiter = &GONE;
}

static DESCRIBE_PERMISSIONS: RequiredPermissions =
    RequiredPermissions::of(&[Permission::new("net:Describe", "list").resources(&[
        ResourceType::required("Eni", &["acs:net:{#regionId}:{#accountId}:eni/*"]),
    ])]);

/// Reads, in numbered pages.
pub static DESCRIBE: Operation = Operation {
    pagination: Some(Pagination::Numbered {
        page_number: "PageNumber",
        page_size: "PageSize",
        total: &["TotalCount"],
        items: &["Items", "Item"],
    }),
    waiters: &[READY, GONE],
    permissions: &DESCRIBE_PERMISSIONS,
    ..Operation::new(
        "Describe",
        Access::Read,
        SchemaRef::of(&DESCRIBE_SHAPE),
        SchemaRef::of(&DESCRIBE_RESPONSE),
    )
};

const NAMES: Option<WaiterIds> = Some(WaiterIds {
    parameter: "Names",
    path: &["Items", "Item", "Name"],
});

/// Reads, in pages by token.
pub static LIST: Operation = Operation {
    pagination: Some(Pagination::Token {
        token: "NextToken",
        page_size: Some("MaxResults"),
        next_token: &["NextToken"],
        items: &["Names"],
    }),
    ..Operation::new(
        "List",
        Access::Read,
        SchemaRef::of(&LIST_SHAPE),
        SchemaRef::of(&LIST_RESPONSE),
    )
};

macro_rules! request {
    ($request:ident -> $response:ident, $code:ident, $operation:ident) => {
        impl Request for $request {
            type Product = Net;
            type Response = $response;
            type ErrorCode = $code;
            const OPERATION: &'static Operation = &$operation;
        }
    };
}

static TEXT: Field = Field::string("");
static ITEM: Field = Field::object("", &ITEM_SHAPE);

#[derive(Default)]
pub struct Assign {
    pub region_id: Option<String>,
    pub eni: String,
    pub count: Option<i32>,
    pub addresses: Option<Vec<String>>,
    pub client_token: Option<String>,
    pub dry_run: Option<bool>,
    pub password: Option<String>,
}
static ASSIGN_SHAPE: Schema = Schema {
    name: "Assign",
    fields: Fields::of(&[
        Field::string("RegionId").required().region(),
        Field::string("Eni").required(),
        Field::int32("Count").limits(&Limits {
            minimum: Some(Bound::Integer(1)),
            maximum: Some(Bound::Integer(10)),
            ..Limits::NONE
        }),
        Field::list("Address", &TEXT),
        Field::string("ClientToken"),
        Field::boolean("DryRun"),
        Field::string("Password").sensitive(),
    ]),
    rules: &[Rule {
        kind: RuleKind::AtMostOneOf,
        each: &[],
        members: &[Predicate::given(&["Count"]), Predicate::given(&["Address"])],
        then: &[],
        reason: "Give a number or addresses.",
    }],
};
record! {
    request Assign = ASSIGN_SHAPE {
        region_id,
        eni,
        count,
        addresses,
        client_token,
        dry_run,
        password,
    }
}

#[derive(Default)]
pub struct AssignResponse {
    pub request_id: Option<String>,
    pub addresses: Option<Vec<String>>,
}
static ASSIGN_RESPONSE: Schema = Schema {
    name: "AssignResponse",
    fields: Fields::of(&[Field::string("RequestId"), Field::list("Addresses", &TEXT)]),
    rules: &[],
};
record! {
    response AssignResponse = ASSIGN_RESPONSE {
        request_id,
        addresses,
    }
}
request!(Assign -> AssignResponse, AssignErrorCode, ASSIGN);
impl Assign {
    pub fn addresses(mut self, addresses: impl IntoStrings) -> Self {
        self.addresses = Some(addresses.into_strings());
        self
    }
}
impl SupportsDryRun for Assign {}

static CODES: Errors =
    Errors::text("404 InvalidEniId.NotFound\n400 InvalidParameter\n400 Resource.Moving");

error_codes! {
    /// The error codes of every operation.
    AssignErrorCode of CODES {
        /// There is no such interface.
        InvalidEniIdNotFound,
        /// The parameter is invalid.
        InvalidParameter,
        /// The resource moves.
        ResourceMoving,
    }
}

#[derive(Default)]
pub struct Change {
    pub name: Option<String>,
}
static CHANGE_SHAPE: Schema = Schema {
    name: "Change",
    fields: Fields::of(&[Field::string("Name")]),
    rules: &[],
};
record! {
    request Change = CHANGE_SHAPE {
        name,
    }
}

/// Its `Code` is data, and its `Secret` must not be shown.
#[derive(Default)]
pub struct ChangeResponse {
    pub code: Option<String>,
    pub secret: Option<String>,
    pub size: Option<i32>,
}
static CHANGE_RESPONSE: Schema = Schema {
    name: "ChangeResponse",
    fields: Fields::of(&[
        Field::string("Code"),
        Field::string("Secret").sensitive(),
        Field::int32("Size"),
    ]),
    rules: &[],
};
record! {
    response ChangeResponse = CHANGE_RESPONSE {
        code,
        secret,
        size,
    }
}
request!(Change -> ChangeResponse, AssignErrorCode, CHANGE);

#[derive(Default)]
pub struct Describe {
    pub region_id: Option<String>,
    pub page_number: Option<i32>,
    pub page_size: Option<i32>,
    pub names: Option<Vec<String>>,
    pub status: Option<String>,
    pub with_hidden: Option<bool>,
    pub depth: Option<i32>,
}
static DESCRIBE_SHAPE: Schema = Schema {
    name: "Describe",
    fields: Fields::of(&[
        Field::string("RegionId").required().region(),
        Field::int32("PageNumber"),
        Field::int32("PageSize"),
        Field::list("Names", &TEXT),
        Field::string("Status"),
        Field::boolean("WithHidden"),
        Field::int32("Depth"),
    ]),
    rules: &[],
};
record! {
    request Describe = DESCRIBE_SHAPE {
        region_id,
        page_number,
        page_size,
        names,
        status,
        with_hidden,
        depth,
    }
}

#[derive(Default)]
pub struct DescribeResponse {
    pub request_id: Option<String>,
    pub total_count: Option<i64>,
    pub page_size: Option<i32>,
    pub items: Vec<Item>,
}
static DESCRIBE_RESPONSE: Schema = Schema {
    name: "DescribeResponse",
    fields: Fields::of(&[
        Field::string("RequestId"),
        Field::int64("TotalCount"),
        Field::int32("PageSize"),
        Field::list("Items", &ITEM).wrapped("Item"),
    ]),
    rules: &[],
};
record! {
    response DescribeResponse = DESCRIBE_RESPONSE {
        request_id,
        total_count,
        page_size,
        items,
    }
}
request!(Describe -> DescribeResponse, AssignErrorCode, DESCRIBE);

#[derive(Default)]
pub struct Item {
    pub name: Option<String>,
    pub status: Option<String>,
}
static ITEM_SHAPE: Schema = Schema {
    name: "Item",
    fields: Fields::of(&[Field::string("Name"), Field::string("Status")]),
    rules: &[],
};
record! {
    response Item = ITEM_SHAPE {
        name,
        status,
    }
}

#[derive(Default)]
pub struct List {
    pub next_token: Option<String>,
    pub max_results: Option<i32>,
}
static LIST_SHAPE: Schema = Schema {
    name: "List",
    fields: Fields::of(&[Field::string("NextToken"), Field::int32("MaxResults")]),
    rules: &[],
};
record! {
    request List = LIST_SHAPE {
        next_token,
        max_results,
    }
}

#[derive(Default)]
pub struct ListResponse {
    pub next_token: Option<String>,
    pub names: Option<Vec<String>>,
}
static LIST_RESPONSE: Schema = Schema {
    name: "ListResponse",
    fields: Fields::of(&[Field::string("NextToken"), Field::list("Names", &TEXT)]),
    rules: &[],
};
record! {
    response ListResponse = LIST_RESPONSE {
        next_token,
        names,
    }
}
request!(List -> ListResponse, AssignErrorCode, LIST);

impl Paginated for Describe {
    type Item = Item;
    fn items(response: DescribeResponse) -> Vec<Item> {
        response.items
    }
}

impl Paginated for List {
    type Item = String;
    fn items(response: ListResponse) -> Vec<String> {
        response.names.unwrap_or_default()
    }
}

/// A request that is valid.
pub fn assign() -> Assign {
    Assign {
        eni: "eni-1".to_owned(),
        count: Some(2),
        ..Assign::default()
    }
}

/// A request as it reached the server.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: String,
    pub target: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// A parameter of the query, without percent-encoding.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let url = reqwest::Url::parse(&format!("http://host{}", self.target)).ok()?;
        let found = url.query_pairs().find(|(known, _)| known == name)?;
        Some(found.1.into_owned())
    }
}

/// What the server answers to one request.
#[derive(Clone)]
pub enum Answer {
    /// Status, headers, body.
    Http(u16, Vec<(&'static str, String)>, String),
    /// A compressed body.
    Gzip(Vec<u8>),
    /// A body that says how it is compressed.
    Encoded(u16, &'static str, Vec<u8>),
    /// A compressed body that is shorter than announced.
    CutGzip(Vec<u8>),
    /// The connection is closed without an answer.
    Close,
    /// The body is shorter than announced.
    Cut(u16, String),
    /// All of it, with status line and headers; then the connection is closed.
    Raw(String),
    /// No answer for as long as the test takes.
    Silence,
}

pub fn ok(body: &str) -> Answer {
    Answer::Http(200, vec![], body.to_owned())
}

pub fn error(status: u16, code: &str, message: &str) -> Answer {
    let body = serde_json::json!({ "Code": code, "Message": message, "RequestId": "REQ-1" });
    Answer::Http(status, vec![], body.to_string())
}

impl Answer {
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Http(_, headers, _) = &mut self {
            headers.push((name, value.into()));
        }
        self
    }
}

/// Answers requests in turn, the last answer for all that follow.
pub struct Server {
    pub address: std::net::SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    connections: Arc<AtomicUsize>,
    closed: Arc<AtomicUsize>,
}

impl Server {
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let answers: Arc<Vec<_>> = Arc::new(answers.into_iter().collect());
        let kept = Arc::clone(&received);
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let closed = Arc::new(AtomicUsize::new(0));
        let ended = Arc::clone(&closed);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (answers, kept) = (Arc::clone(&answers), Arc::clone(&kept));
                let ended = Arc::clone(&ended);
                tokio::spawn(async move {
                    serve(stream, answers, kept).await;
                    ended.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        Self {
            address,
            received,
            connections,
            closed,
        }
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many connections have ended.
    pub fn closed(&self) -> usize {
        self.closed.load(Ordering::SeqCst)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client of this server that repeats without waiting.
    pub fn client(&self) -> Client<Net> {
        self.builder().build().unwrap()
    }

    pub fn builder(&self) -> ClientBuilder<Client<Net>> {
        Client::<Net>::builder()
            .region("cn-hangzhou")
            .endpoint(self.url())
            .credentials(Credentials::new("key-id", "key-secret"))
            .retry(hasty())
    }
}

/// Repeats at once.
pub fn hasty() -> RetrySettings {
    RetrySettings::default()
        .base_delay(Duration::ZERO)
        .slow_base_delay(Duration::ZERO)
}

async fn serve(mut stream: TcpStream, answers: Arc<Vec<Answer>>, kept: Arc<Mutex<Vec<Received>>>) {
    while let Some(request) = read_request(&mut stream).await {
        let index = {
            let mut kept = kept.lock().unwrap();
            kept.push(request);
            kept.len() - 1
        };
        let answer = answers.get(index).or(answers.last()).cloned();
        let text = match answer {
            Some(Answer::Http(status, headers, body)) => {
                let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    head += &format!("{name}: {value}\r\n");
                }
                head + "\r\n" + &body
            }
            Some(Answer::Cut(status, body)) => {
                let length = body.len() + 10;
                let head = format!(
                    "HTTP/1.1 {status} X\r\nx-acs-request-id: REQ-CUT\r\ncontent-length: {length}\r\n\r\n"
                );
                let _ = stream.write_all((head + &body).as_bytes()).await;
                return;
            }
            Some(Answer::Raw(text)) => {
                let _ = stream.write_all(text.as_bytes()).await;
                return;
            }
            Some(Answer::Gzip(body)) => {
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n"
                );
                let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
                continue;
            }
            Some(Answer::Encoded(status, name, body)) => {
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-encoding: {name}\r\ncontent-length: {length}\r\n\r\n"
                );
                let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
                continue;
            }
            Some(Answer::CutGzip(body)) => {
                let length = body.len() + 10;
                let head = format!(
                    "HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n"
                );
                let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
                return;
            }
            Some(Answer::Silence) => {
                let _ = stream.read(&mut [0]).await;
                return;
            }
            Some(Answer::Close) | None => return,
        };
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers
        .get("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Received {
        method,
        target,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

/// Gives another access key at each call.
#[derive(Debug, Default)]
pub struct Rotating(AtomicUsize);

impl ProvideCredentials for Rotating {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move { Ok(Credentials::new(format!("key-{number}"), "secret")) })
    }
}
