//! Orders to the endpoint: how it answers the next requests of an operation.

use std::{fmt, marker::PhantomData};

use serde_json::Value;

use super::{
    Endpoint, Fault, Misbehaviour,
    state::{Next, State, Target},
};
use crate::{
    json::to_json,
    operation::{
        ErrorCode as _, NoSuchOperation, Product as _, ProductInfo, Request, ServiceInfo, Waiter,
        WaiterFor,
    },
    waiter::unknown,
};

/// Orders by the name of an operation.
///
/// # Panics
///
/// All of these panic if no product of the endpoint has the operation, so that a test with a
/// misspelled name cannot pass; and if several have it, which [`on`](Self::on) tells apart.
impl Endpoint {
    /// The orders for an operation, typed.
    ///
    /// ```
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use alicloud::ecs::{self, AssignIpv6Addresses, AssignIpv6AddressesErrorCode as Code};
    ///
    /// let endpoint = alicloud::fake::Endpoint::start(&[&ecs::PRODUCT]).await?;
    /// endpoint
    ///     .on::<AssignIpv6Addresses>()
    ///     .pass_next()
    ///     .fail_next(Code::InvalidEniIdNotFound);
    /// // The first request is answered as usual, the second with the error.
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// The endpoint was started without the product of the operation.
    #[track_caller]
    pub fn on<R: Request>(&self) -> Orders<'_, R> {
        let service = R::Product::SERVICE;
        let same = |known: &&&'static ProductInfo| {
            (known.code, known.version) == (service.code, service.version)
        };
        let products = &self.state.settings.products;
        let Some(product) = products.iter().find(same) else {
            let known: Vec<_> = products.iter().map(|it| named(it)).collect();
            let (asked, known) = (named(service), known.join(", "));
            panic!("this endpoint serves {known}, not {asked}");
        };
        let target = Target {
            product: product.service,
            operation: R::OPERATION,
        };
        Orders {
            state: &self.state,
            target,
            request: PhantomData,
        }
    }

    /// Answers the next request of an operation that has no queued answer before it with an error:
    /// a row of an error table, or status, code and message.
    #[track_caller]
    pub fn fail_next(&self, operation: &str, fault: impl Into<Fault>) {
        self.order(operation, Next::Fail(fault.into()));
    }

    /// Answers the next request of an operation in the usual way; the request after it gets the
    /// answer that is queued next.
    #[track_caller]
    pub fn pass_next(&self, operation: &str) {
        self.order(operation, Next::Pass);
    }

    /// Answers the next request of an operation with this body and status 200.
    #[track_caller]
    pub fn respond_next(&self, operation: &str, body: Value) {
        self.order(operation, Next::Respond(body));
    }

    /// Lets the next answer to an operation go wrong.
    #[track_caller]
    pub fn misbehave_next(&self, operation: &str, misbehaviour: Misbehaviour) {
        self.order(operation, Next::Misbehave(misbehaviour));
    }

    /// Makes the responses of an operation satisfy this waiter from now on. By default they satisfy
    /// the waiter that a client of this crate waits for, or else the operation's first one that waits
    /// for a state.
    ///
    /// # Panics
    ///
    /// The operation has no such waiter.
    #[track_caller]
    pub fn satisfy(&self, operation: &str, waiter: &str) {
        let target = self.named(operation);
        // No closure: a panic in one would not point at the caller.
        if let Err(error) = satisfy(&self.state, target, waiter) {
            panic!("{error}");
        }
    }

    /// Queued answers of an operation that have not been given yet.
    #[track_caller]
    pub fn queued(&self, operation: &str) -> usize {
        self.state.queued(self.named(operation))
    }

    #[track_caller]
    fn order(&self, operation: &str, next: Next) {
        self.state.queue(self.named(operation), next);
    }

    #[track_caller]
    fn named(&self, operation: &str) -> Target {
        // No closure: a panic in one would not point at the caller.
        match target(&self.state, None, operation) {
            Ok(target) => target,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The orders for one operation of an endpoint; made by [`Endpoint::on`].
pub struct Orders<'a, R> {
    state: &'a State,
    target: Target,
    request: PhantomData<fn() -> R>,
}

impl<R: Request> Orders<'_, R> {
    /// Answers the next request with an error that the operation lists: with the status and message
    /// of its row.
    ///
    /// # Panics
    ///
    /// The code is the one for codes that are not listed; those are for
    /// [`fail_next_with`](Self::fail_next_with).
    #[track_caller]
    pub fn fail_next(self, code: R::ErrorCode) -> Self {
        let Some(listed) = code.as_listed() else {
            panic!("{code:?} stands for codes that are not listed; use `fail_next_with`");
        };
        let fault = self.target.fault(listed);
        self.fail_next_with(fault)
    }

    /// Answers the next request with an error: a row of an error table, or status, code and message.
    pub fn fail_next_with(self, fault: impl Into<Fault>) -> Self {
        self.order(Next::Fail(fault.into()))
    }

    /// Answers the next request in the usual way; the request after it gets the answer that is
    /// queued next.
    pub fn pass_next(self) -> Self {
        self.order(Next::Pass)
    }

    /// Answers the next request with this response.
    pub fn respond_next(self, response: &R::Response) -> Self {
        self.order(Next::Respond(to_json(response)))
    }

    /// Lets the next answer go wrong.
    pub fn misbehave_next(self, misbehaviour: Misbehaviour) -> Self {
        self.order(Next::Misbehave(misbehaviour))
    }

    /// Makes the responses satisfy this waiter from now on. By default they satisfy the waiter that a
    /// client of this crate waits for, or else the operation's first one that waits for a state.
    pub fn satisfy<W: WaiterFor<R>>(self, _waiter: W) -> Self {
        self.state.satisfy(self.target, W::WAITER);
        self
    }

    /// Queued answers that have not been given yet.
    pub fn queued(&self) -> usize {
        self.state.queued(self.target)
    }

    fn order(self, next: Next) -> Self {
        self.state.queue(self.target, next);
        self
    }
}

impl<R> fmt::Debug for Orders<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Orders")
            .field("operation", &self.target.operation.name)
            .finish_non_exhaustive()
    }
}

/// The operation of this name, of the product of this code where one is given; else a message that
/// suggests one.
pub(super) fn target(state: &State, code: Option<&str>, name: &str) -> Result<Target, String> {
    let mut found = Vec::new();
    let mut errors: Vec<NoSuchOperation> = Vec::new();
    let products = &state.settings.products;
    let meant = |product: &&&'static ProductInfo| {
        code.is_none_or(|code| product.code.eq_ignore_ascii_case(code))
    };
    for &product in products.iter().filter(meant) {
        match product.operation(name) {
            Ok(operation) => found.push(Target {
                product: product.service,
                operation,
            }),
            Err(error) => errors.push(error),
        }
    }
    match *found.as_slice() {
        [target] => return Ok(target),
        [first, ..] => {
            let codes: Vec<_> = found.iter().map(|target| target.product.code).collect();
            return Err(format!(
                "`{name}` is an operation of {}; name the product, such as \"product\": \"{}\" in \
                 an order, or use `on`",
                codes.join(", "),
                first.product.code
            ));
        }
        [] => {}
    }
    if let (Some(code), []) = (code, errors.as_slice()) {
        let known: Vec<_> = products.iter().map(|product| product.code).collect();
        let (code, known) = (code.escape_debug(), known.join(", "));
        return Err(format!("this endpoint serves {known}, not `{code}`"));
    }
    // One suggestion helps more than a list of products that do not have it.
    let near = errors.iter().find(|error| error.suggestion().is_some());
    let shown = near.map_or(&errors[..], std::slice::from_ref);
    let lines: Vec<_> = shown.iter().map(ToString::to_string).collect();
    match lines.as_slice() {
        [] => Err("this endpoint serves no product".to_owned()),
        lines => Err(lines.join("; ")),
    }
}

/// Chooses the waiter that responses satisfy; else a message that lists those there are.
pub(super) fn satisfy(state: &State, target: Target, name: &str) -> Result<(), String> {
    let waiters: &'static [Waiter] = target.operation.waiters;
    if let Some(waiter) = waiters.iter().find(|waiter| waiter.name == name) {
        state.satisfy(target, waiter);
        return Ok(());
    }
    Err(unknown(target.operation, name))
}

fn named(product: &ServiceInfo) -> String {
    format!("{} {}", product.code, product.version)
}
