//! A gzip stream that unpacks to much more than its own size. It is put together by hand, because it
//! must repeat itself byte by byte: the body can then be of any size without being kept.

use bytes::Bytes;

/// What the filler unpacks to.
pub(super) const FILLER_UNPACKS_TO: u64 = MATCHES as u64 * 258;

/// Eight matches fill 13 bytes; so many of them that a piece is worth sending.
const MATCHES: usize = 8 * 1024;

/// The bits of a match with the 258 bytes that lie one byte back, in the fixed code: length symbol
/// 285 and distance symbol 0.
const MATCH: [bool; 13] = [
    true, true, false, false, false, true, false, true, false, false, false, false, false,
];

/// The head, and a text that begins as JSON and whose last letter the filler repeats.
pub(super) fn beginning() -> Bytes {
    let mut bits = Bits::default();
    // The last block, with the fixed code.
    bits.extend([true, true, false]);
    for byte in *b"{\"RequestId\":\"x" {
        // Literals up to 143 are eight bits, from 0x30 on, the highest first.
        let code = byte + 0x30;
        bits.extend((0..8).rev().map(|bit| code >> bit & 1 == 1));
    }
    bits.extend(MATCH.repeat(8));
    // The bits of the last byte that is not full are those that the filler ends with.
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    bytes.extend_from_slice(&bits.bytes);
    bytes.into()
}

/// What may follow the beginning any number of times.
pub(super) fn filler() -> Bytes {
    let mut bits = Bits::default();
    // As many bits as the beginning leaves over, and the matches; then the first of its bytes
    // belongs to the beginning.
    bits.extend(MATCH[MATCH.len() - 3..].iter().copied());
    bits.extend(MATCH.repeat(MATCHES));
    bits.bytes.into()
}

/// Whole bytes of bits, the lowest first; what does not fill a byte is waiting.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    waiting: u8,
    count: u32,
}

impl Bits {
    fn extend(&mut self, bits: impl IntoIterator<Item = bool>) {
        for bit in bits {
            self.waiting |= u8::from(bit) << self.count;
            self.count += 1;
            if self.count == 8 {
                self.bytes.push(self.waiting);
                (self.waiting, self.count) = (0, 0);
            }
        }
    }
}
