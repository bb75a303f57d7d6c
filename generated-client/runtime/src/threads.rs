//! The threads of the process that keep deadlines where those of a runtime are busy.
//!
//! A runtime sees to its timers only while the thread that looks after them is not busy with a task,
//! and a connection on which a server sends without a pause keeps a thread busy for seconds. So
//! deadlines are kept by a thread of their own, which does nothing else. It wakes the call, which needs
//! a thread to run on: a runtime that has a single one leaves its connections to another thread.

use std::{
    future::{pending, poll_fn},
    pin::pin,
    sync::OnceLock,
    time::Instant,
};

use tokio::{
    runtime::{Builder, Handle},
    time::timeout_at,
};

/// Runs a future until a deadline.
pub(crate) async fn within<T>(
    deadline: Option<Instant>,
    future: impl Future<Output = T>,
) -> Option<T> {
    static TIMER: OnceLock<Option<Handle>> = OnceLock::new();
    let Some(deadline) = deadline else {
        return Some(future.await);
    };
    let limited = {
        let timer = thread(&TIMER, "alicloud-timer", |runtime| runtime.enable_time());
        let _timer = timer.map(Handle::enter);
        timeout_at(deadline.into(), future)
    };
    limited.await.ok()
}

/// The runtime that drives the connections of calls made on `runtime`.
pub(crate) fn driver(runtime: Handle) -> Handle {
    static DRIVER: OnceLock<Option<Handle>> = OnceLock::new();
    if runtime.metrics().num_workers() > 1 {
        return runtime;
    }
    let driver = thread(&DRIVER, "alicloud-io", |runtime| runtime.enable_all());
    driver.cloned().unwrap_or(runtime)
}

/// Runs a future on the thread of the caller; what it opens and spawns belongs to `runtime`.
pub(crate) async fn driven<T>(runtime: &Handle, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    poll_fn(|context| {
        let _runtime = runtime.enter();
        future.as_mut().poll(context)
    })
    .await
}

/// A thread that runs a runtime, from its first use to the end of the process. Where none can be
/// had, the runtime of the caller has to do.
fn thread(
    once: &'static OnceLock<Option<Handle>>,
    name: &str,
    enable: fn(&mut Builder) -> &mut Builder,
) -> Option<&'static Handle> {
    let start = || {
        let runtime = enable(&mut Builder::new_current_thread()).build().ok()?;
        let handle = runtime.handle().clone();
        let thread = std::thread::Builder::new().name(name.to_owned());
        let started = thread.spawn(move || runtime.block_on(pending::<()>()));
        started.ok().map(|_| handle)
    };
    once.get_or_init(start).as_ref()
}
