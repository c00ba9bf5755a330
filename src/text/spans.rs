//! `Spans`: spans of a text that wait, in a few bytes each: a paragraph may have a million.

use super::Kind;
use std::ops::Range;

/// Ordered, disjoint spans with their kinds; those put in first come out first.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// For each the gap before it with its kind, and its length, in groups of seven bits (LEB128)
    bytes: Vec<u8>,
    read: usize,
    /// Where the last span ends that was put in, and that was taken out
    put: usize,
    taken: usize,
    len: usize,
}

impl Spans {
    /// Spans that wait.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Puts in a span that begins where the one before ends, or later.
    pub fn push(&mut self, span: Range<usize>, kind: Kind) {
        let kind = match kind {
            Kind::Headline => 0,
            Kind::Sentence => 1,
            Kind::Furniture => 2,
        };
        self.number((span.start - self.put) << 2 | kind);
        self.number(span.len());
        self.put = span.end;
        self.len += 1;
    }

    /// Takes out the first.
    pub fn pop(&mut self) -> Option<(Range<usize>, Kind)> {
        if self.len == 0 {
            return None;
        }
        let (gap, length) = (self.take(), self.take());
        let kind = [Kind::Headline, Kind::Sentence, Kind::Furniture, Kind::Furniture][gap & 3];
        let start = self.taken + (gap >> 2);
        self.taken = start + length;
        self.len -= 1;
        if self.len == 0 {
            self.bytes.clear();
            self.read = 0;
        }
        Some((start..self.taken, kind))
    }

    fn number(&mut self, mut n: usize) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    fn take(&mut self) -> usize {
        let (mut n, mut shift) = (0, 0);
        while let Some(byte) = self.bytes.get(self.read) {
            self.read += 1;
            n |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if *byte < 0x80 {
                break;
            }
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    proptest! {
        #[test]
        fn spans_come_out_as_they_were_put_in(
            steps in prop::collection::vec((any::<bool>(), 0_usize..3, prop_oneof![0_usize..5, 0_usize..1 << 40], 0_usize..1000), 0..60),
        ) {
            let (mut spans, mut expected, mut at) = (Spans::default(), VecDeque::new(), 0);
            for (put, kind, gap, length) in steps {
                if put {
                    let span = at + gap..at + gap + length;
                    at = span.end;
                    let kind = [Kind::Headline, Kind::Sentence, Kind::Furniture][kind];
                    spans.push(span.clone(), kind);
                    expected.push_back((span, kind));
                } else {
                    prop_assert_eq!(spans.pop(), expected.pop_front());
                }
                prop_assert_eq!(spans.len(), expected.len());
            }
        }
    }
}
