//! Takes connections.

use std::{
    error::Error as _, future::poll_fn, net::TcpListener as StdListener, sync::Arc, time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time,
};

use super::{answer::answer, ending, state::State};

/// How long requests may take to end when the endpoint does.
const GRACE: Duration = Duration::from_secs(1);

/// Serves until the other half of `ended` is dropped.
pub(super) async fn run(listener: StdListener, state: Arc<State>, mut ended: watch::Receiver<()>) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A connection that failed before it was one concerns its client alone.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, Arc::clone(&state), ended.clone()));
                }
            }
            // Nothing is ever sent: this is the end.
            _ = ended.changed() => break,
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let _ = time::timeout(GRACE, async {
        while connections.join_next().await.is_some() {}
    })
    .await;
}

async fn connection(stream: TcpStream, state: Arc<State>, mut ended: watch::Receiver<()>) {
    let service = service_fn(|request| {
        let state = Arc::clone(&state);
        Box::pin(async move { answer(request, &state).await })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    // What goes wrong with a connection, its client sees.
    let result = tokio::select! {
        result = poll_fn(|context| connection.poll_without_shutdown(context)) => result,
        _ = ended.changed() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|context| connection.poll_without_shutdown(context)).await
        }
    };
    let Err(error) = result else { return };
    let asked_for = error.source().and_then(|source| source.downcast_ref());
    let Some(&ending) = asked_for else { return };
    let stream = connection.into_parts().io.into_inner();
    tokio::select! {
        () = ending::end(stream, ending) => {}
        _ = ended.changed() => {}
    }
}
