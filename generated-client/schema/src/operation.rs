//! The descriptors of products and operations: everything that a spec states besides the schemas of
//! requests and responses.

use crate::{
    errors::NO_ERRORS,
    near::nearest,
    record::{Field, Fields, Record, Schema},
};
pub use crate::{
    errors::{ErrorRow, Errors, matches_template},
    permissions::{Permission, RequiredPermissions, ResourceType},
    schemas::SchemaRef,
};

/// A product: one API version of one service.
pub trait Product: Copy + Send + Sync + 'static {
    /// The descriptor of the product's service, which is all that calls need.
    const SERVICE: &'static ServiceInfo;
    /// The descriptor of the product with all of its operations. Only what looks operations up by name
    /// uses it: a program with a use of it has the tables of every operation in it.
    const INFO: &'static ProductInfo;
}

/// A request of one operation.
pub trait Request: Record + Default + Clone + 'static {
    /// The product that the operation belongs to.
    type Product: Product;
    /// The response of the operation.
    type Response: Record + Default + Clone + 'static;
    /// The error codes of the operation.
    type ErrorCode: ErrorCode;
    /// The descriptor of the operation.
    const OPERATION: &'static Operation;

    /// Checks everything that the spec states: required parameters, limits and rules.
    ///
    /// # Errors
    ///
    /// All violations at once.
    fn validate(&self) -> Result<(), crate::validate::Violations>
    where
        Self: Sized,
    {
        crate::validate::check(self)
    }
}

/// A state that requests of `R` can wait for. Each product has a module `waiters` of them.
#[diagnostic::on_unimplemented(
    message = "`{R}` has no waiter `{Self}`",
    label = "this waiter is for another operation",
    note = "the waiters of a product are constants in its module `waiters`; the documentation of a request lists those that it has"
)]
pub trait WaiterFor<R: Request>: Copy {
    /// The descriptor of the state.
    const WAITER: &'static Waiter;
}

/// A request that the service can check without carrying it out, by a dry run.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no dry run",
    label = "this operation cannot be checked without being carried out",
    note = "the documentation of a request says whether it has a dry run"
)]
pub trait SupportsDryRun: Request {}

/// A request whose result comes in pages.
#[diagnostic::on_unimplemented(
    message = "the result of `{Self}` does not come in pages",
    label = "this operation has no pages",
    note = "use `send`, which gives the whole result"
)]
pub trait Paginated: Request {
    /// The type of the items.
    type Item: Send + 'static;
    /// The items of one page.
    fn items(response: Self::Response) -> Vec<Self::Item>;
}

/// The error codes of one operation: a variant for each that the spec lists, one for the rest.
///
/// The text of a code that is not listed is kept by the error that carries it.
pub trait ErrorCode: Copy + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// The error table of the operation, and the variants of its codes in the order in which they
    /// first appear there. The last variant is for codes that the table does not list.
    const CODES: (&'static Errors, &'static [Self]);

    /// The variant for a code that the server sent.
    fn from_wire(code: &str) -> Self {
        let (errors, variants) = Self::CODES;
        let found = errors.position(code);
        variants[found.unwrap_or(variants.len() - 1)]
    }

    /// The code as the spec lists it, where `%s` stands for any text; `None` for the variant of codes
    /// that it does not list.
    fn as_listed(self) -> Option<&'static str> {
        let (errors, variants) = Self::CODES;
        let index = variants.iter().position(|it| *it == self)?;
        errors.code(index)
    }
}

/// Makes the error codes of an operation: an enum with a variant for each code of an error table,
/// [`ErrorCode`], `as_str` and `Display`.
///
/// ```
/// use alicloud_schema::operation::{ErrorCode as _, Errors};
///
/// static ERRORS: Errors = Errors::text("404 InvalidGoods.NotFound");
///
/// alicloud_schema::error_codes! {
///     /// The error codes of `BuyGoods`.
///     BuyGoodsErrorCode of ERRORS {
///         /// There are no such goods.
///         InvalidGoodsNotFound,
///     }
/// }
///
/// let code = BuyGoodsErrorCode::from_wire("InvalidGoods.NotFound");
/// assert_eq!(code, BuyGoodsErrorCode::InvalidGoodsNotFound);
/// assert_eq!(code.to_string(), "InvalidGoods.NotFound");
/// assert_eq!(BuyGoodsErrorCode::Unknown.as_str(), "Unknown");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! error_codes {
    ($(#[$attribute:meta])* $type:ident of $errors:ident {
        $($(#[$doc:meta])* $variant:ident),* $(,)?
    }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$doc])* $variant,)*
            /// A code that the spec does not list; the error has its text.
            Unknown,
        }

        // Deriving this and `Debug` would cost the compiler more.
        impl Eq for $type {}

        impl ::std::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let names = stringify!($($variant,)* Unknown);
                f.write_str($crate::print::name_at(names, *self as usize))
            }
        }

        impl $crate::operation::ErrorCode for $type {
            const CODES: (&'static $crate::operation::Errors, &'static [Self]) =
                (&$errors, &[$(Self::$variant,)* Self::Unknown]);
        }

        impl $type {
            /// The code as it is on the wire, `%s` standing for any text; `Unknown` for a code that
            /// the spec does not list.
            #[inline]
            pub fn as_str(self) -> &'static str {
                $crate::operation::ErrorCode::as_listed(self).unwrap_or("Unknown")
            }
        }

        impl ::std::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

error_codes! {
    /// The error codes of operations for which the spec lists none.
    UnlistedErrorCode of NO_ERRORS {}
}

/// The response of operations that return nothing but the ID of the request.
#[derive(Default)]
#[non_exhaustive]
pub struct RequestIdResponse {
    /// The ID of the request.
    pub request_id: Option<String>,
}

impl RequestIdResponse {
    /// The schema of the response.
    #[doc(hidden)]
    pub const SCHEMA: SchemaRef = SchemaRef::of(&REQUEST_ID_RESPONSE);
}

static REQUEST_ID_RESPONSE: Schema = Schema {
    name: "RequestIdResponse",
    fields: Fields::of(&[Field::string("RequestId")]),
    rules: &[],
};

crate::record! {
    response RequestIdResponse = REQUEST_ID_RESPONSE {
        request_id,
    }
}

/// A parameter that belongs to the protocol and not to an operation.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct CommonParameter {
    /// The name on the wire.
    pub name: &'static str,
    /// A call may set it for itself; the others address and sign a request.
    pub call_may_set: bool,
    /// There are operations that have a parameter of this name.
    pub operation_may_have: bool,
}

/// The common parameters of every request that is signed with [`SignatureKind::Rpc`].
#[doc(hidden)]
pub const COMMON_PARAMETERS: [CommonParameter; 11] = {
    const fn own(name: &'static str) -> CommonParameter {
        CommonParameter {
            name,
            call_may_set: false,
            operation_may_have: false,
        }
    }
    [
        own("AccessKeyId"),
        own("Action"),
        CommonParameter {
            name: "Format",
            call_may_set: true,
            operation_may_have: true,
        },
        own("SecurityToken"),
        own("Signature"),
        own("SignatureMethod"),
        own("SignatureNonce"),
        own("SignatureType"),
        own("SignatureVersion"),
        own("Timestamp"),
        CommonParameter {
            name: "Version",
            call_may_set: true,
            operation_may_have: false,
        },
    ]
};

/// The common parameter of this name.
#[doc(hidden)]
pub fn common_parameter(name: &str) -> Option<CommonParameter> {
    COMMON_PARAMETERS
        .into_iter()
        .find(|known| known.name == name)
}

/// The descriptor of a product: its service, whose fields and methods it has too, and its operations.
#[derive(Debug)]
pub struct ProductInfo {
    /// The descriptor of the service: what a call needs to know of the product, whichever the operation.
    pub service: &'static ServiceInfo,
    /// Every operation, in the order of the names.
    pub operations: &'static [&'static Operation],
    /// The example responses of the embedded endpoint; empty without the feature `fake`.
    pub examples: &'static [Example],
}

/// The descriptor of a product's service: where it is, how requests to it are signed, and how its
/// answers tell success from failure.
///
/// It is apart from [`ProductInfo`] so that a program has the tables of those operations only that it
/// uses.
#[derive(Debug)]
pub struct ServiceInfo {
    /// The vendor's code, such as `Ecs`.
    pub code: &'static str,
    /// The API version, such as `2014-05-26`.
    pub version: &'static str,
    /// The signatures that the product takes, the preferred one first.
    pub signatures: &'static [SignatureKind],
    /// Values of `Code` in an answer that mean success, in any case of letters.
    pub success_codes: &'static [&'static str],
    /// Error codes which mean that a request with the same idempotency token is still being carried
    /// out.
    pub in_progress_codes: &'static [&'static str],
    /// The regions that the vendor lists.
    pub endpoints: &'static [Endpoint],
    /// The host in a region that is not listed, with `{region}` for its name; `None` if there is no
    /// rule.
    pub endpoint_rule: Option<&'static str>,
    /// The same inside a VPC network.
    pub vpc_endpoint_rule: Option<&'static str>,
    /// Errors that every operation can answer.
    pub errors: &'static Errors,
}

/// The example of an operation, for the embedded endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The wire name of the operation.
    pub operation: &'static str,
    /// A response, as JSON text.
    pub response: Option<&'static str>,
    /// The lists of the response that the request decides.
    pub echoes: &'static [Echo],
}

/// A list of the response that request parameters decide: its values, or how many there are.
#[derive(Clone, Copy, Debug)]
pub struct Echo {
    /// The path of the list in the response: wire names, without steps for lists on the way.
    pub list: &'static [&'static str],
    /// The list parameter whose values come back.
    pub values: &'static str,
    /// The integer parameter that decides the number of values.
    pub count: Option<&'static str>,
}

/// The examples of a product, where the feature `fake` of this crate asks for them. (Defined twice,
/// so that it is this crate's feature that counts and not that of the caller.)
#[cfg(feature = "fake")]
#[doc(hidden)]
#[macro_export]
macro_rules! examples {
    ($examples:expr) => {
        $examples
    };
}

/// Expands to none without the feature `fake`.
#[cfg(not(feature = "fake"))]
#[doc(hidden)]
#[macro_export]
macro_rules! examples {
    ($examples:expr) => {
        &[]
    };
}

impl ServiceInfo {
    /// The codes that mean success in every product.
    pub const SUCCESS_CODES: &'static [&'static str] = &["OK", "200", "Success"];

    /// The regions that the vendor lists, in the order of [`endpoints`](Self::endpoints). A client
    /// also takes other regions if the product has a rule for hosts.
    ///
    /// ```
    /// # {
    /// use alicloud::ecs;
    ///
    /// assert!(ecs::PRODUCT.regions().any(|region| region == "eu-central-1"));
    /// let european = ecs::PRODUCT.regions().filter(|region| region.starts_with("eu-"));
    /// # assert!(european.count() > 0);
    /// # }
    /// ```
    pub fn regions(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.endpoints.iter().map(|row| row.region)
    }
}

impl std::ops::Deref for ProductInfo {
    type Target = ServiceInfo;

    fn deref(&self) -> &ServiceInfo {
        self.service
    }
}

impl ProductInfo {
    /// The operation with this wire name.
    ///
    /// ```
    /// # {
    /// use alicloud::ecs;
    ///
    /// let operation = ecs::PRODUCT.operation("DescribeRegions").unwrap();
    /// assert_eq!(operation.permissions[0].action, "ecs:DescribeRegions");
    ///
    /// let error = ecs::PRODUCT.operation("DescribeRegion").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "Ecs 2014-05-26 has no operation `DescribeRegion`; did you mean `DescribeRegions`?",
    /// );
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The product has no operation of this name; the error suggests one that is spelled similarly.
    pub fn operation(&'static self, name: &str) -> Result<&'static Operation, NoSuchOperation> {
        let found = self.operations.iter().find(|known| known.name == name);
        found.copied().ok_or_else(|| NoSuchOperation {
            product: self,
            name: name.to_owned(),
        })
    }
}

/// A look-up of an operation that the product does not have.
#[derive(Clone, Debug)]
pub struct NoSuchOperation {
    product: &'static ProductInfo,
    name: String,
}

impl NoSuchOperation {
    /// The operation whose name is spelled most similarly.
    pub fn suggestion(&self) -> Option<&'static str> {
        let operations = self.product.operations.iter();
        nearest(&self.name, operations.map(|known| known.name))
    }
}

impl std::fmt::Display for NoSuchOperation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ServiceInfo { code, version, .. } = self.product.service;
        let name = self.name.escape_debug();
        write!(f, "{code} {version} has no operation `{name}`")?;
        match self.suggestion() {
            Some(near) => write!(f, "; did you mean `{near}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for NoSuchOperation {}

/// The host names of a product in one region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The region, such as `cn-hangzhou`.
    pub region: &'static str,
    /// The public host.
    pub host: &'static str,
    /// The host inside a VPC network, where the vendor lists one.
    pub vpc_host: Option<&'static str>,
}

/// The two ways to sign a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureKind {
    /// `ACS3-HMAC-SHA256`, in headers.
    Acs3,
    /// `HMAC-SHA1`, signature version 1.0, in parameters.
    Rpc,
}

/// The descriptor of an operation.
#[derive(Debug)]
pub struct Operation {
    /// The wire name, such as `AssignIpv6Addresses`.
    pub name: &'static str,
    /// One sentence; empty where the spec has none.
    pub summary: &'static str,
    /// The vendor's page.
    pub docs: Option<&'static str>,
    /// Whether the vendor advises against new uses.
    pub deprecated: bool,
    /// The access: whether the operation changes anything.
    pub access: Access,
    /// The HTTP method to use.
    pub method: Method,
    /// Whether the operation takes no signature.
    pub anonymous: bool,
    /// The request.
    pub request: SchemaRef,
    /// The response.
    pub response: SchemaRef,
    /// The documented errors, in the order of the spec.
    pub errors: &'static Errors,
    /// The parameter that makes a retry safe.
    pub idempotency_token: Option<&'static str>,
    /// The parameter that asks for a dry run.
    pub dry_run: Option<&'static str>,
    /// The pagination of the result.
    pub pagination: Option<Pagination>,
    /// The waiters: states to wait for.
    pub waiters: &'static [Waiter],
    /// The permissions that a caller needs.
    pub permissions: &'static RequiredPermissions,
}

impl Operation {
    /// An operation with this name, access and schemas, and nothing else.
    pub const fn new(
        name: &'static str,
        access: Access,
        request: SchemaRef,
        response: SchemaRef,
    ) -> Self {
        Self {
            name,
            summary: "",
            docs: None,
            deprecated: false,
            access,
            method: Method::Post,
            anonymous: false,
            request,
            response,
            errors: Errors::NONE,
            idempotency_token: None,
            dry_run: None,
            pagination: None,
            waiters: &[],
            permissions: RequiredPermissions::NONE,
        }
    }
}

/// The access of an operation: whether it changes anything. A read can be repeated without harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It changes nothing.
    Read,
    /// It may change something.
    Write,
}

/// The HTTP method of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
}

/// The two kinds of pagination. Paths are wire names from the response inward.
#[derive(Clone, Copy, Debug)]
pub enum Pagination {
    /// Pages by number.
    Numbered {
        /// The parameter with the page number, from 1.
        page_number: &'static str,
        /// The parameter with the size of a page.
        page_size: &'static str,
        /// The path of the total number of items in the response.
        total: &'static [&'static str],
        /// The path of the items in the response.
        items: &'static [&'static str],
    },
    /// Pages by a token that leads to the next one.
    Token {
        /// The parameter that takes the token.
        token: &'static str,
        /// The parameter with the size of a page.
        page_size: Option<&'static str>,
        /// The path of the next token in the response.
        next_token: &'static [&'static str],
        /// The path of the items in the response.
        items: &'static [&'static str],
    },
}

/// A state to wait for, told from the response of a read.
#[derive(Clone, Copy, Debug)]
pub struct Waiter {
    /// The name, such as `NetworkInterfaceInUse`.
    pub name: &'static str,
    /// The path of the state in the response; a step through a list stands for every element.
    pub path: &'static [&'static str],
    /// The identification of the requested resources, all of which are waited for.
    pub ids: Option<WaiterIds>,
    /// Parameters that a check has unless the request sets them: names and values.
    pub parameters: &'static [(&'static str, &'static str)],
    /// States that end the wait with success. Without any, the resource is to be gone.
    pub success: &'static [&'static str],
    /// States that end the wait with failure.
    pub failure: &'static [&'static str],
    /// Error codes that mean "not yet".
    pub retry_errors: &'static [&'static str],
    /// Error codes that end the wait with success, such as "not found" for a deletion.
    pub success_errors: &'static [&'static str],
    /// Whether a response without any element ends the wait with success, as for a deletion.
    pub success_when_empty: bool,
    /// Seconds between the first two checks.
    pub delay: u32,
    /// The seconds to wait in all.
    pub deadline: u32,
}

/// The way in which a waiter recognizes the resources that were requested.
#[derive(Clone, Copy, Debug)]
pub struct WaiterIds {
    /// The parameter that names them: a list, a JSON text of one, or one text, with commas or without.
    pub parameter: &'static str,
    /// The path of the name in the response, next to the state.
    pub path: &'static [&'static str],
}
