//! The timer of deadlines.
//!
//! A runtime sees to its timers only while the thread that looks after them is not busy with a task. A
//! connection on which a server sends without a pause keeps it busy for seconds. So deadlines are kept by
//! a thread of their own, which does nothing else, one for the whole process.

use std::{future::pending, sync::OnceLock, time::Instant};

use tokio::{
    runtime::{Builder, Handle},
    time::timeout_at,
};

/// Runs a future until a deadline.
pub(super) async fn within<T>(
    deadline: Option<Instant>,
    future: impl Future<Output = T>,
) -> Option<T> {
    let Some(deadline) = deadline else {
        return Some(future.await);
    };
    let limited = {
        let _timer = timer().map(Handle::enter);
        timeout_at(deadline.into(), future)
    };
    limited.await.ok()
}

/// Where no thread can be had, the runtime of the caller has to do.
fn timer() -> Option<&'static Handle> {
    static TIMER: OnceLock<Option<Handle>> = OnceLock::new();
    let start = || {
        let runtime = Builder::new_current_thread().enable_time().build().ok()?;
        let handle = runtime.handle().clone();
        let thread = std::thread::Builder::new().name("alicloud-timer".to_owned());
        let started = thread.spawn(move || runtime.block_on(pending::<()>()));
        started.ok().map(|_| handle)
    };
    TIMER.get_or_init(start).as_ref()
}
