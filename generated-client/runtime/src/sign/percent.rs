//! Percent-encoding as signatures require it: RFC 3986 over UTF-8 bytes, upper-case hex.
//!
//! Tables of our own instead of a library: measured at a third of the time, and they encode once and
//! twice in the same pass, which the RPC signature needs.

/// What a byte becomes, encoded once and twice; the lengths are 1 for a byte that stays as it is.
#[derive(Clone, Copy)]
#[repr(align(16))]
struct Encoded {
    /// `%25XX`.
    twice: [u8; 8],
    /// `%XX`.
    once: [u8; 4],
    twice_length: u8,
    once_length: u8,
}

static TABLE: [Encoded; 256] = {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut table = [Encoded {
        twice: *b"%25XX   ",
        once: *b"%XX ",
        twice_length: 5,
        once_length: 3,
    }; 256];
    let mut byte = 0;
    while byte < 256 {
        let entry = &mut table[byte];
        let (high, low) = (HEX[byte >> 4], HEX[byte & 15]);
        match byte as u8 {
            unreserved @ (b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~') => {
                entry.twice[0] = unreserved;
                entry.once[0] = unreserved;
                entry.twice_length = 1;
                entry.once_length = 1;
            }
            _ => {
                entry.twice[3] = high;
                entry.twice[4] = low;
                entry.once[1] = high;
                entry.once[2] = low;
            }
        }
        byte += 1;
    }
    table
};

/// The first four bytes and the rest, if all four stay as they are.
#[inline]
fn four_unreserved(text: &[u8]) -> Option<(&[u8; 4], &[u8])> {
    let (four, rest) = text.split_first_chunk::<4>()?;
    let length: u8 = four
        .iter()
        .map(|&byte| TABLE[usize::from(byte)].once_length)
        .sum();
    (length == 4).then_some((four, rest))
}

/// Appends text to both, encoded.
pub(super) fn text(text: &str, once: &mut Once, twice: &mut Twice) {
    once.make_room(text.len() * Once::ROOM);
    twice.make_room(text.len() * Twice::ROOM);
    // In locals, so that they stay in registers.
    let (mut once_end, once_out) = (once.end, once.bytes.as_mut_slice());
    let (mut twice_end, twice_out) = (twice.end, twice.bytes.as_mut_slice());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if let Some((four, after)) = four_unreserved(rest) {
            once_out[once_end..once_end + 4].copy_from_slice(four);
            twice_out[twice_end..twice_end + 4].copy_from_slice(four);
            once_end += 4;
            twice_end += 4;
            rest = after;
            continue;
        }
        let entry = &TABLE[usize::from(byte)];
        once_out[once_end..once_end + 4].copy_from_slice(&entry.once);
        twice_out[twice_end..twice_end + 8].copy_from_slice(&entry.twice);
        once_end += usize::from(entry.once_length);
        twice_end += usize::from(entry.twice_length);
        rest = after;
    }
    once.end = once_end;
    twice.end = twice_end;
}

/// A text that grows by encoded pieces.
///
/// Entries of the table are written side by side, each over the unused rest of the one before: a copy
/// of fixed length is faster than one of the right length.
pub(super) struct Encoder<const ROOM: usize> {
    /// What is written, and zeros to write over.
    bytes: Vec<u8>,
    end: usize,
}

/// Encoded once, for the wire.
pub(super) type Once = Encoder<4>;

/// Encoded twice, for what is signed.
pub(super) type Twice = Encoder<8>;

impl Once {
    /// Appends text, encoded.
    pub(super) fn text(&mut self, text: &str) {
        self.make_room(text.len() * Self::ROOM);
        let (mut end, out) = (self.end, self.bytes.as_mut_slice());
        let mut rest = text.as_bytes();
        while let Some((&byte, after)) = rest.split_first() {
            if let Some((four, after)) = four_unreserved(rest) {
                out[end..end + 4].copy_from_slice(four);
                end += 4;
                rest = after;
                continue;
            }
            let entry = &TABLE[usize::from(byte)];
            out[end..end + 4].copy_from_slice(&entry.once);
            end += usize::from(entry.once_length);
            rest = after;
        }
        self.end = end;
    }
}

impl<const ROOM: usize> Encoder<ROOM> {
    /// The bytes that one byte of text may take while it is written.
    const ROOM: usize = ROOM;

    /// With room for text of this length where a third of its bytes is encoded; more is made when it is needed.
    pub(super) fn new(length: usize) -> Self {
        Self {
            bytes: vec![0; length * ROOM.div_ceil(2)],
            end: 0,
        }
    }

    /// Appends ASCII text as it is.
    pub(super) fn raw(&mut self, text: &'static str) {
        debug_assert!(text.is_ascii());
        self.make_room(text.len());
        self.bytes[self.end..self.end + text.len()].copy_from_slice(text.as_bytes());
        self.end += text.len();
    }

    /// How much is written.
    pub(super) fn len(&self) -> usize {
        self.end
    }

    /// What is written, as bytes.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    /// What is written.
    pub(super) fn finish(mut self) -> String {
        self.bytes.truncate(self.end);
        String::from_utf8(self.bytes).expect("percent-encoded text is ASCII")
    }

    fn make_room(&mut self, more: usize) {
        let needed = self.end + more;
        if needed > self.bytes.len() {
            self.bytes.resize(needed.max(2 * self.bytes.len()), 0);
        }
    }
}
