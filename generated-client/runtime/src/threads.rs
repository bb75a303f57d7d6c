//! The threads of the process that keep deadlines where those of a runtime are busy.
//!
//! A runtime sees to its timers only while the thread that looks after them is not busy with a task,
//! and a connection on which a server sends without a pause keeps a thread busy for seconds. So
//! deadlines are kept by a thread of their own, which does nothing else. It wakes the call, which needs
//! a thread to run on: a runtime that has a single one leaves its connections to another thread. That one
//! makes the whole exchange, because each step from one thread to the other costs two system calls.

use std::{
    future::pending,
    io,
    panic::resume_unwind,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Instant,
};

use tokio::{
    runtime::{Builder, Handle},
    task::{AbortHandle, JoinHandle},
    time::timeout_at,
};

use crate::credentials::BoxFuture;

/// Runs a future until a deadline. It is given pinned, so that it is neither moved nor held twice.
pub(crate) async fn within<T>(
    deadline: Option<Instant>,
    future: impl Future<Output = T> + Unpin,
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

/// Runs a future on `runtime`, to which belongs what it opens and spawns. It ends where the caller does not wait any
/// longer.
pub(crate) async fn driven<T: Send + 'static>(
    runtime: &Handle,
    future: BoxFuture<'static, T>,
) -> T {
    if Handle::try_current().is_ok_and(|current| current.id() == runtime.id()) {
        return future.await;
    }
    let value = Arc::new(Mutex::new(None));
    let filled = Arc::clone(&value);
    let task = spawn(
        runtime,
        Box::pin(async move {
            let value = future.await;
            *lock(&filled) = Some(value);
        }),
    );
    let _ended = EndedOnDrop(task.abort_handle());
    if let Err(error) = task.await
        && let Ok(panic) = error.try_into_panic()
    {
        resume_unwind(panic);
    }
    let value = lock(&value).take();
    match value {
        Some(value) => value,
        // Nobody but the guard ends it.
        None => pending().await,
    }
}

/// Spawns a task. The code that runs one is compiled for each type of future, so all of ours have the same.
pub(crate) fn spawn(runtime: &Handle, task: BoxFuture<'static, ()>) -> JoinHandle<()> {
    runtime.spawn(task)
}

/// A value is whole even where a thread ended while it held the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct EndedOnDrop(AbortHandle);

impl Drop for EndedOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Starts a thread. The code that starts one is compiled for each type of closure, so all of ours have the same.
pub(crate) fn spawn_thread(name: &str, run: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(run).map(drop)
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
        let run = move || runtime.block_on(pending::<()>());
        spawn_thread(name, Box::new(run)).ok().map(|()| handle)
    };
    once.get_or_init(start).as_ref()
}
