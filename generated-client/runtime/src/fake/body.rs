//! Bodies that can break off or go on and on.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The body of an answer: `first`, then `filler` again and again.
pub(super) struct AnswerBody {
    first: Bytes,
    filler: Bytes,
    filler_bytes: u64,
    /// The connection breaks where the body ends, this many bytes too soon.
    missing: u64,
    /// What there is has had its turn to be sent: an error throws away what is still in buffers.
    flushed: bool,
}

impl AnswerBody {
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self {
            first: bytes.into(),
            filler: Bytes::new(),
            filler_bytes: 0,
            missing: 0,
            flushed: false,
        }
    }

    /// The first half, under the length of the whole.
    pub(super) fn first_half(bytes: impl Into<Bytes>) -> Self {
        let whole = bytes.into();
        let half = whole.slice(..whole.len() / 2);
        Self {
            missing: (whole.len() - half.len()) as u64,
            ..Self::whole(half)
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
