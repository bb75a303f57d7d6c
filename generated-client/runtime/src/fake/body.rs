//! Bodies that can break off or go on and on.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::gzip;

/// The body of an answer: `first`, then `filler` again and again.
pub(super) struct AnswerBody {
    first: Bytes,
    filler: Bytes,
    filler_bytes: u64,
    /// The connection breaks where the body ends, this many bytes too soon.
    missing: u64,
    /// What there is has had its turn to be sent: an error throws away what is still in buffers.
    flushed: bool,
    drip: Option<Drip>,
}

/// `first` is sent in pieces.
struct Drip {
    piece: usize,
    pause: Duration,
    /// The pause before the next piece.
    pausing: Option<Pin<Box<Sleep>>>,
}

impl AnswerBody {
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self {
            first: bytes.into(),
            filler: Bytes::new(),
            filler_bytes: 0,
            missing: 0,
            flushed: false,
            drip: None,
        }
    }

    /// The first half, under the length of the whole.
    pub(super) fn cut_in_half(self) -> Self {
        let half = self.first.slice(..self.first.len() / 2);
        Self {
            missing: (self.first.len() - half.len()) as u64,
            ..Self::whole(half)
        }
    }

    /// The same in pieces of this many bytes.
    pub(super) fn drip(self, bytes: usize, pause: Duration) -> Self {
        let drip = Drip {
            piece: bytes.max(1),
            pause,
            pausing: None,
        };
        Self {
            drip: Some(drip),
            ..self
        }
    }

    /// A gzip stream without an end that unpacks to this many bytes of JSON, or somewhat more.
    pub(super) fn gzip_bomb(bytes: u64) -> Self {
        let filler = gzip::filler();
        let times = bytes.div_ceil(gzip::FILLER_UNPACKS_TO);
        Self {
            filler_bytes: times.saturating_mul(filler.len() as u64),
            filler,
            ..Self::whole(gzip::beginning())
        }
    }

    /// A JSON text with one long member, of this length in all. It is made while it is sent.
    pub(super) fn huge(length: u64) -> Self {
        let first = Bytes::from_static(b"{\"RequestId\":\"");
        Self {
            filler_bytes: length.saturating_sub(first.len() as u64),
            filler: Bytes::from(vec![b'x'; 64 * 1024]),
            ..Self::whole(first)
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if !self.first.is_empty()
            && let Some(drip) = &mut self.drip
        {
            let (piece, pause) = (drip.piece, drip.pause);
            let pausing = drip.pausing.get_or_insert_with(|| Box::pin(sleep(pause)));
            ready!(pausing.as_mut().poll(context));
            drip.pausing = None;
            let piece = piece.min(self.first.len());
            return Poll::Ready(Some(Ok(Frame::data(self.first.split_to(piece)))));
        }
        if !self.first.is_empty() {
            let first = std::mem::take(&mut self.first);
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if self.filler_bytes > 0 {
            let wanted = usize::try_from(self.filler_bytes).unwrap_or(usize::MAX);
            let piece = self.filler.slice(..wanted.min(self.filler.len()));
            self.filler_bytes -= piece.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if self.missing > 0 && !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if std::mem::take(&mut self.missing) > 0 {
            let error = io::Error::other("the answer is cut off on purpose");
            return Poll::Ready(Some(Err(error)));
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_empty() && self.filler_bytes == 0 && self.missing == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.first.len() as u64 + self.filler_bytes + self.missing)
    }
}
