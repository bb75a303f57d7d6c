//! Pagination: results in pages, as streams of pages or of items.
//!
//! [`Client::pages`](crate::client::Client::pages) and
//! [`Client::items`](crate::client::Client::items) create them. A stream requests a page only when
//! it is polled for one, and ends after an error. It always ends: a token that the service has
//! returned before, a page that repeats the one before it, a total that falls, and a page that is
//! empty too early are [errors](crate::error::PaginationError), because items would be missing or
//! the pages would never end. A total that is smaller than the number of items returned so far is
//! ignored: the stream then goes on until a page is empty or shorter than the one before.
//!
//! If an operation continues pages by a token and the request sets no page size, the stream
//! requests the largest size that the spec allows, up to 100, or 50 if the spec has no limit.
//! Several operations return no token, and so only their first page, unless a size is requested.
//!
//! ```no_run
//! # async fn example() -> Result<(), alicloud::error::Error> {
//! use alicloud::ecs::{self, DescribeInstances};
//!
//! let client = ecs::Client::from_env("cn-hangzhou")?;
//! let mut instances = client.items(DescribeInstances::new());
//! while let Some(instance) = instances.next().await {
//!     println!("{:?}", instance?.instance_id);
//! }
//!
//! let mut pages = client.pages(DescribeInstances::new().max_results(100));
//! while let Some(page) = pages.next().await {
//!     println!("{:?} in all", page?.total_count);
//! }
//! # Ok(())
//! # }
//! ```

use std::{
    fmt,
    future::poll_fn,
    hash::{DefaultHasher, Hash, Hasher},
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use futures_core::Stream;

use super::Call;
pub use crate::operation::Paginated;
use crate::{
    credentials::BoxFuture,
    error::{Error, PaginationError, PaginationErrorKind},
    json,
    operation::{Operation, Pagination, Request},
    record::{Bound, Record, ValueMut, ValueRef, step},
};

type Fetched<R> =
    Result<(<R as Request>::Response, Option<Box<Position<R>>>), Error<<R as Request>::ErrorCode>>;

/// A stream of pages: `while let Some(page) = pages.next().await { … }` reads it.
#[must_use = "a stream does nothing before it is polled"]
pub struct Pages<R: Paginated>(State<R>);

enum State<R: Paginated> {
    Ready(Box<Position<R>>),
    Fetching(BoxFuture<'static, Fetched<R>>),
    Done,
}

/// The call for the next page.
struct Position<R: Paginated> {
    call: Call<R>,
    cursor: Cursor,
}

impl<R: Paginated> Pages<R> {
    pub(crate) fn new(mut call: Call<R>) -> Self {
        let cursor = Cursor::new(R::OPERATION, call.record_mut());
        Self(State::Ready(Box::new(Position { call, cursor })))
    }

    /// The next page, `None` after the last one and after an error.
    pub async fn next(&mut self) -> Option<Result<R::Response, Error<R::ErrorCode>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<R: Paginated> Position<R> {
    async fn fetch(mut self: Box<Self>) -> Fetched<R> {
        let response = self.call.look().await?;
        let more = self
            .cursor
            .advance(self.call.record_mut(), &response)
            .map_err(Error::typed)?;
        Ok((response, more.then_some(self)))
    }
}

impl<R: Paginated> Stream for Pages<R> {
    type Item = Result<R::Response, Error<R::ErrorCode>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.0, State::Done) {
                State::Ready(position) => self.0 = State::Fetching(Box::pin(position.fetch())),
                State::Fetching(mut future) => match future.as_mut().poll(context) {
                    Poll::Pending => {
                        self.0 = State::Fetching(future);
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok((response, more))) => {
                        self.0 = more.map_or(State::Done, State::Ready);
                        return Poll::Ready(Some(Ok(response)));
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                },
                State::Done => return Poll::Ready(None),
            }
        }
    }
}

/// The bound of implementations of [`Iterator`] that no request meets: they are there only so that the
/// compiler says what to write where `for` is used on a stream. It is a bound of the request, since the
/// compiler passes over the message of a bound of the stream itself.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the result of `{Self}` is an asynchronous stream, not an iterator",
    label = "`for` cannot read a stream",
    note = "use `while let Some(item) = stream.next().await`, or the blocking client"
)]
pub trait Synchronous {}

#[doc(hidden)]
impl<R: Paginated + Synchronous> Iterator for Pages<R> {
    type Item = Result<R::Response, Error<R::ErrorCode>>;

    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}

#[doc(hidden)]
impl<R: Paginated + Synchronous> Iterator for Items<R> {
    type Item = Result<R::Item, Error<R::ErrorCode>>;

    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}

impl<R: Paginated> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.0 {
            State::Ready(_) => "ready",
            State::Fetching(_) => "fetching",
            State::Done => "done",
        };
        f.debug_tuple("Pages").field(&state).finish()
    }
}

/// A stream of items: `while let Some(item) = items.next().await { … }` reads it.
#[must_use = "a stream does nothing before it is polled"]
pub struct Items<R: Paginated> {
    pages: Pages<R>,
    ready: vec::IntoIter<R::Item>,
}

// Nothing in it is pinned.
impl<R: Paginated> Unpin for Items<R> {}

impl<R: Paginated> Items<R> {
    pub(crate) fn new(call: Call<R>) -> Self {
        Self {
            pages: Pages::new(call),
            ready: Vec::new().into_iter(),
        }
    }

    /// The next item, `None` after the last one and after an error.
    pub async fn next(&mut self) -> Option<Result<R::Item, Error<R::ErrorCode>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The next item of the page that is there.
    #[cfg(feature = "blocking")]
    pub(crate) fn next_ready(&mut self) -> Option<R::Item> {
        self.ready.next()
    }

    /// All items.
    ///
    /// # Errors
    ///
    /// The first one, see [`Error`].
    pub async fn collect(mut self) -> Result<Vec<R::Item>, Error<R::ErrorCode>> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }
}

impl<R: Paginated> Stream for Items<R> {
    type Item = Result<R::Item, Error<R::ErrorCode>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.ready.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match Pin::new(&mut self.pages).poll_next(context) {
                Poll::Ready(Some(Ok(page))) => self.ready = R::items(page).into_iter(),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<R: Paginated> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .field("ready", &self.ready.len())
            .finish()
    }
}

/// Where one is in the pages, and what was seen so far. Free of the operation's types.
#[derive(Debug)]
pub(crate) struct Cursor {
    operation: &'static Operation,
    hurried: bool,
    /// Pages read.
    pages: u64,
    /// Items given, those before the first page included; `None` where nothing tells how many those
    /// are.
    given: Option<u64>,
    /// Items given since the first page that was read.
    seen: u64,
    /// How many items the page before had.
    length: Option<u64>,
    total: Option<u64>,
    /// The items of the page before, as a hash.
    before: Option<u64>,
    /// Those of all pages: few, beside the time that it takes to read a page.
    tokens: Vec<String>,
}

impl Cursor {
    /// For one who looks again and again: asks for large pages, and takes one that is not full for
    /// the last where the service tells no total.
    pub(crate) fn hurried(operation: &'static Operation, request: &mut dyn Record) -> Self {
        if let Some(Pagination::Numbered { page_size, .. }) = operation.pagination {
            ask_for_size(request, page_size);
        }
        Self {
            hurried: true,
            ..Self::new(operation, request)
        }
    }

    pub(crate) fn new(operation: &'static Operation, request: &mut dyn Record) -> Self {
        let mut tokens = Vec::new();
        if let Some(Pagination::Token {
            token, page_size, ..
        }) = operation.pagination
        {
            tokens.extend(text(field(request, token)));
            if let Some(name) = page_size {
                ask_for_size(request, name);
            }
        }
        Self {
            operation,
            hurried: false,
            pages: 0,
            given: Some(0),
            seen: 0,
            length: None,
            total: None,
            before: None,
            tokens,
        }
    }

    /// Takes note of a page, and makes the request that for the next one; `false` after the last.
    pub(crate) fn advance(
        &mut self,
        request: &mut dyn Record,
        response: &dyn Record,
    ) -> Result<bool, Error> {
        self.pages += 1;
        match self.operation.pagination {
            Some(Pagination::Numbered {
                page_number,
                page_size,
                total,
                items,
            }) => {
                let items = at(response, items);
                let size = Size {
                    asked: number(field(request, page_size)),
                    // It stands beside the total.
                    told: number(beside(response, total, page_size)).filter(|size| *size > 0),
                };
                let page = number(field(request, page_number)).unwrap_or(1).max(1);
                let total = number(at(response, total));
                if !self.count(items, total, size, page)? {
                    return Ok(false);
                }
                self.set(request, page_number, &(page + 1).to_string())
            }
            Some(Pagination::Token {
                token, next_token, ..
            }) => {
                let Some(next) = text(at(response, next_token)) else {
                    return Ok(false);
                };
                if self.tokens.contains(&next) {
                    return Err(self.error(PaginationErrorKind::RepeatedToken));
                }
                self.tokens.push(next.clone());
                self.set(request, token, &next)
            }
            None => Ok(false),
        }
    }

    /// Counts the items of a numbered page. Says whether there should be more.
    fn count(
        &mut self,
        items: ValueRef<'_>,
        total: Option<u64>,
        size: Size,
        page_number: u64,
    ) -> Result<bool, Error> {
        let count = match items {
            ValueRef::List(list) => list.len() as u64,
            _ => 0,
        };
        if self.pages == 1 && page_number > 1 {
            // A caller that does not begin with the first page has the items before it.
            let size = size.told.or(size.asked);
            self.given = size.map(|size| (page_number - 1).saturating_mul(size));
        }
        // Some services write 0, or the length of the page, where they do not count.
        self.seen = self.seen.saturating_add(count);
        let total = total.filter(|total| *total >= self.seen);
        if let (Some(before), Some(now)) = (self.total, total)
            && now < before
        {
            return Err(self.error(PaginationErrorKind::ShrunkTotal { before, now }));
        }
        self.total = total.or(self.total).filter(|total| *total >= self.seen);
        if count == 0 {
            return match (self.total, self.given) {
                (Some(total), Some(given)) if given < total => {
                    Err(self.error(PaginationErrorKind::MissingItems { given, total }))
                }
                _ => Ok(false),
            };
        }
        let mut hasher = DefaultHasher::new();
        json::json_text(items).hash(&mut hasher);
        let page = Some(hasher.finish());
        if self.before == page {
            return Err(self.error(PaginationErrorKind::RepeatedPage));
        }
        self.before = page;
        self.given = self.given.map(|given| given.saturating_add(count));
        let shrunk = self
            .length
            .replace(count)
            .is_some_and(|before| count < before);
        Ok(match (self.total, self.given, size.told) {
            (Some(total), Some(given), _) => given < total,
            (_, _, Some(size)) => count >= size,
            (None, ..) if self.hurried => size.asked.is_some_and(|size| count >= size),
            // A service may give less than it is asked for, but then on every page but the last.
            (None, ..) => !shrunk,
            (Some(_), None, None) => true,
        })
    }

    fn set(&self, request: &mut dyn Record, name: &str, value: &str) -> Result<bool, Error> {
        let index = request.schema().index_of(name);
        if put(index.and_then(|index| request.value_mut(index)), value) {
            return Ok(true);
        }
        Err(Error::configuration(format!(
            "{}: `{name}` cannot be set to `{value}`, so the next page cannot be asked for",
            self.operation.name
        )))
    }

    fn error(&self, kind: PaginationErrorKind) -> Error {
        PaginationError {
            operation: self.operation.name,
            page: self.pages,
            kind,
        }
        .into()
    }
}

/// How many items a page should have.
#[derive(Clone, Copy)]
struct Size {
    /// In the words of the request.
    asked: Option<u64>,
    /// In the words of the response: services have limits that requests do not know.
    told: Option<u64>,
}

/// Sets the size of a page where the request has none.
fn ask_for_size(request: &mut dyn Record, name: &str) {
    let Some(index) = request.schema().index_of(name) else {
        return;
    };
    if !matches!(request.get(index), ValueRef::Absent) {
        return;
    }
    let limits = request.schema().fields[index].limits;
    let bound = |bound: Option<Bound>| match bound {
        Some(Bound::Integer(bound)) => Some(bound),
        _ => None,
    };
    let size = bound(limits.maximum).map_or(50, |maximum| maximum.min(100));
    let size = size.max(bound(limits.minimum).unwrap_or(1));
    // The service chooses a size where this one does not fit.
    let _ = put(request.value_mut(index), &size.to_string());
}

/// Puts a text, a number or a truth value; `false` where none fits.
pub(crate) fn put(value_mut: Option<ValueMut<'_>>, value: &str) -> bool {
    match value_mut {
        Some(ValueMut::String(value_mut)) => value_mut.put(value.to_owned()),
        Some(ValueMut::Integer(value_mut)) => {
            value.parse().is_ok_and(|number| value_mut.put(number))
        }
        Some(ValueMut::Boolean(value_mut)) => value.parse().is_ok_and(|flag| value_mut.put(flag)),
        _ => false,
    }
}

fn field<'a>(record: &'a dyn Record, name: &str) -> ValueRef<'a> {
    match record.schema().index_of(name) {
        Some(index) => record.get(index),
        None => ValueRef::Absent,
    }
}

/// The value at a path of names, without lists in it.
fn at<'a>(record: &'a dyn Record, path: &[&str]) -> ValueRef<'a> {
    match step(record, path) {
        Some((value, [])) => value,
        Some((ValueRef::Object(inner), rest)) => at(inner, rest),
        _ => ValueRef::Absent,
    }
}

/// The value of this name where the path leads to another one.
fn beside<'a>(record: &'a dyn Record, path: &[&str], name: &str) -> ValueRef<'a> {
    match path {
        [] => ValueRef::Absent,
        [_] => field(record, name),
        [first, rest @ ..] => match field(record, first) {
            ValueRef::Object(inner) => beside(inner, rest, name),
            _ => ValueRef::Absent,
        },
    }
}

fn number(value: ValueRef<'_>) -> Option<u64> {
    match value {
        ValueRef::Integer(number) => u64::try_from(number).ok(),
        ValueRef::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A token; an empty one is none.
fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::String(text) if !text.is_empty() => Some(text.to_owned()),
        ValueRef::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}
