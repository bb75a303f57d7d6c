//! The words of the vendor's templates, as data: the names of sections, columns, types and marks.

use alicloud_schema::operation::common_parameter;

use super::form::Form;

/// The parts of a page, in the order that every template has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Section {
    Description,
    Debugging,
    Authorization,
    Request,
    Response,
    Examples,
    Errors,
    History,
    /// A section that holds nothing of interest.
    Other,
}

/// The columns of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Column {
    Name,
    Type,
    Required,
    Description,
    Example,
    Status,
    Code,
    Message,
    Action,
    Api,
    Access,
    Resource,
    Condition,
    Dependent,
}

/// The languages that pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// English.
    English,
    /// Chinese.
    Chinese,
}

/// Titles of sections, in lower case. The words of the second list are names of columns too, so they
/// are titles only where the form marks titles.
const TITLES: &[(Section, Language, &[&str], &[&str])] = {
    use Language::{Chinese, English};
    use Section::{
        Authorization, Debugging, Description, Errors, Examples, History, Other, Request, Response,
    };
    &[
        (
            Description,
            English,
            &["operation description", "usage notes"],
            &["description"],
        ),
        (
            Description,
            Chinese,
            &["接口说明", "使用说明"],
            &["描述", "说明"],
        ),
        (Debugging, English, &["try it now", "debugging"], &["debug"]),
        (Debugging, Chinese, &["调试", "在线调试"], &[]),
        (
            Authorization,
            English,
            &["ram authorization", "authorization information"],
            &["authorization"],
        ),
        (
            Authorization,
            Chinese,
            &["授权信息", "ram授权", "ram 授权"],
            &[],
        ),
        (
            Request,
            English,
            &["request parameters", "request parameter"],
            &["parameters"],
        ),
        (Request, Chinese, &["请求参数"], &["参数"]),
        (
            Response,
            English,
            &[
                "response parameters",
                "response elements",
                "return parameters",
                "return values",
                "response data",
            ],
            &[],
        ),
        (
            Response,
            Chinese,
            &["返回参数", "返回数据", "响应参数"],
            &[],
        ),
        (Examples, English, &["examples"], &["example", "samples"]),
        (Examples, Chinese, &["示例"], &[]),
        (
            Errors,
            English,
            &["error codes", "error code list"],
            &["error code"],
        ),
        (Errors, Chinese, &["错误码"], &["错误代码"]),
        (History, English, &["change history", "release notes"], &[]),
        (History, Chinese, &["变更历史", "变更记录"], &[]),
        (
            Other,
            English,
            &[
                "request syntax",
                "request headers",
                "response syntax",
                "response headers",
            ],
            &["path parameters", "request header", "response header"],
        ),
        (
            Other,
            Chinese,
            &["请求语法", "请求头", "返回语法"],
            &["路径参数"],
        ),
    ]
};

/// The section that a text is the title of.
pub(super) fn section(text: &str, form: Form) -> Option<(Section, Language)> {
    if text.len() > 60 {
        return None;
    }
    let text = text
        .trim()
        .trim_end_matches([':', '：'])
        .trim()
        .to_lowercase();
    TITLES
        .iter()
        .find(|(_, _, sure, marked)| {
            sure.contains(&text.as_str()) || (form != Form::Text && marked.contains(&text.as_str()))
        })
        .map(|(section, language, ..)| (*section, *language))
}

/// The tables that pages have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Fields,
    Errors,
    Permissions,
}

const FIELDS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "parameter",
            "name",
            "element",
            "field",
            "名称",
            "参数",
            "参数名称",
            "参数名",
            "字段",
        ],
    ),
    (Column::Type, &["type", "data type", "类型", "数据类型"]),
    (
        Column::Required,
        &[
            "required",
            "required or not",
            "必填",
            "是否必选",
            "是否必填",
            "是否必须",
            "必选",
        ],
    ),
    (Column::Description, &["description", "描述", "说明"]),
    (
        Column::Example,
        &["example", "sample value", "sample", "示例值", "示例"],
    ),
];

const ERRORS: &[(Column, &[&str])] = &[
    (
        Column::Status,
        &[
            "http status code",
            "http",
            "httpcode",
            "http code",
            "status code",
            "http 状态码",
            "http状态码",
            "状态码",
            "http status",
        ],
    ),
    (Column::Code, &["error code", "错误码", "错误代码"]),
    (Column::Message, &["error message", "错误信息", "错误消息"]),
    (
        Column::Description,
        &["description", "描述", "说明", "错误描述"],
    ),
];

const PERMISSIONS: &[(Column, &[&str])] = &[
    (Column::Action, &["action", "actions", "operation", "操作"]),
    (Column::Api, &["api", "api operation", "对应api", "接口"]),
    (Column::Access, &["access level", "访问级别"]),
    (Column::Resource, &["resource type", "资源类型"]),
    (
        Column::Condition,
        &["condition key", "condition keys", "条件关键字"],
    ),
    (
        Column::Dependent,
        &[
            "dependent action",
            "dependent actions",
            "associated operation",
            "关联操作",
        ],
    ),
];

/// The column of a table that a text is the head of.
pub(super) fn column(table: Table, text: &str) -> Option<Column> {
    if text.len() > 40 {
        return None;
    }
    let text = text.trim().to_lowercase();
    let columns = match table {
        Table::Fields => FIELDS,
        Table::Errors => ERRORS,
        Table::Permissions => PERMISSIONS,
    };
    columns
        .iter()
        .find(|(_, words)| words.contains(&text.as_str()))
        .map(|(column, _)| *column)
}

/// The names of types on pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// A whole number of 32 bits.
    Integer,
    /// A whole number of 64 bits.
    Long,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// A list.
    Array,
    /// An object, or a map.
    Object,
    /// Anything.
    Any,
}

/// The type that a text is the name of.
pub(super) fn kind(text: &str) -> Option<Kind> {
    if text.len() > 80 {
        return None;
    }
    let text = text.trim().to_lowercase();
    let list = [
        "array<",
        "list<",
        "array of ",
        "list of ",
        "array (",
        "array(",
        "[]",
    ];
    if list.iter().any(|start| text.starts_with(start)) {
        return Some(Kind::Array);
    }
    if text.starts_with("map<") {
        return Some(Kind::Object);
    }
    Some(match text.as_str() {
        "string" | "date" | "datetime" | "字符串" => Kind::String,
        "integer" | "int" | "int32" => Kind::Integer,
        "long" | "int64" | "bigint" => Kind::Long,
        "float" | "double" | "number" | "decimal" => Kind::Number,
        "boolean" | "bool" => Kind::Boolean,
        "array" | "list" | "repeatlist" | "jsonarray" => Kind::Array,
        "object" | "struct" | "map" | "json" | "structure" => Kind::Object,
        "any" | "file" | "binary" => Kind::Any,
        _ => return None,
    })
}

/// Whether a text is the name of a type that the vendor describes elsewhere: `DiskItemType`.
pub(super) fn is_type_name(text: &str) -> bool {
    let text = text.trim();
    let humps = text.chars().filter(char::is_ascii_uppercase).count();
    humps > 1
        && text.len() <= 80
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.chars().any(|c| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether a mark says that something is required.
pub(super) fn required(text: &str) -> Option<bool> {
    let text = text.trim().trim_end_matches(['.', '。']);
    match text.to_lowercase().as_str() {
        "yes" | "true" | "required" | "是" | "必填" | "必选" => Some(true),
        "no" | "false" | "optional" | "否" | "可选" | "非必填" => Some(false),
        _ => None,
    }
}

/// Whether a cell says that there is nothing.
pub(super) fn nothing(text: &str) -> bool {
    matches!(
        text.trim().to_lowercase().as_str(),
        "" | "-" | "--" | "none" | "无" | "n/a" | "\\"
    )
}

/// An access level; older pages know three classes only.
pub(super) fn access(text: &str) -> Option<&'static str> {
    Some(match text.trim().to_lowercase().as_str() {
        "create" => "create",
        "list" | "列出" => "list",
        "get" => "get",
        "update" => "update",
        "delete" => "delete",
        "none" => "none",
        "write" | "写入" | "写" => "write",
        "read" | "读取" | "读" => "read",
        _ => return None,
    })
}

/// Sentences after a table that are no cells.
pub(super) fn is_trailer(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    [
        "see error codes",
        "see release notes",
        "for a list of error codes",
        "for more information about error codes",
        "访问错误中心",
        "访问[错误中心]",
        "更多信息，参考变更详情",
    ]
    .iter()
    .any(|start| text.starts_with(start))
        || (text.starts_with("访问") && text.contains("错误码"))
}

/// Parameters that every operation of the older templates has, and that are no parameters of one.
pub(super) fn is_common(name: &str) -> bool {
    common_parameter(name).is_some() || name == "公共请求参数"
}

/// Words that begin a paragraph of a description, never an example.
pub(super) fn begins_prose(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "note",
        "important",
        "warning",
        "notice",
        "default",
        "valid value",
        "value range",
        "maximum",
        "minimum",
        "说明",
        "重要",
        "警告",
        "注意",
        "默认",
        "取值",
        "最大",
        "最小",
        "example:",
        "for example",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}
