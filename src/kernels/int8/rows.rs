//! `Rows`: activations as int8, one scale and one zero point a token.

use crate::kernels::buffer::Buffer;
use crate::kernels::isa::Isa;
use crate::kernels::lanes::{LANES, Lanes, padded};

/// A range up to which a row counts as zeros: the inverse of a smaller step would leave f32.
const NOTHING: f32 = 1e-30;

/// The most elements of one row that are kept apart; a row with more of them has none.
const MOST_APART: usize = 8;

/// Elements of a row that are much larger than the others (Dettmers et al. 2022, "LLM.int8()"): they are zero among the
/// rounded ones, whose steps are the finer for it, and count as f32.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Apart {
    len: usize,
    index: [u32; MOST_APART],
    value: [f32; MOST_APART],
}

impl Apart {
    /// The elements of `x` beyond ±`limit`, and the smallest and the largest element within it in each lane, zero included.
    /// Nothing where too many are beyond it.
    #[inline(always)]
    fn beyond<L: Lanes>(l: L, x: &[[f32; LANES]], limit: f32) -> Option<(Self, L::F, L::F)> {
        let (mut this, limit) = (Self::default(), l.splat(limit));
        let (mut low, mut high) = (l.splat(0.0), l.splat(0.0));
        for (c, x) in x.iter().enumerate() {
            let (within, mut outside) = l.within(l.load(x), limit);
            (low, high) = (l.min(low, within), l.max(high, within));
            while outside != 0 {
                let i = outside.trailing_zeros() as usize;
                *this.index.get_mut(this.len)? = (c * LANES + i) as u32;
                this.value[this.len] = x[i];
                this.len += 1;
                outside &= outside - 1;
            }
        }
        Some((this, low, high))
    }

    /// Indices and values, ascending.
    #[inline(always)]
    pub fn each(&self) -> impl Iterator<Item = (usize, f32)> {
        let index = self.index[..self.len].iter().map(|i| *i as usize);
        index.zip(self.value[..self.len].iter().copied())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// T rows of K int8 activations: x\[t, i\] = scale\[t\] · (a\[t, i\] − zero\[t\]).
#[derive(Debug)]
pub struct Rows {
    /// K, padded to whole lanes
    pub(crate) width: usize,
    /// Bytes of a row
    pub(crate) stride: usize,
    /// T rows as the tiles of one instruction set read them
    pub(crate) a: Buffer<i8>,
    /// Scale by row
    pub(crate) scale: Vec<f32>,
    /// scale · zero by row
    pub(crate) offset: Vec<f32>,
    /// Σ a by row
    pub(crate) sum: Vec<i32>,
    /// What stands apart, by row
    pub(crate) apart: Vec<Apart>,
    /// How many times the mean of the lanes' largest an element must be to be kept apart
    pub(crate) reach: f32,
    /// What rounding left, rounded 254 times as finely; see [`Rows::fine`]
    pub(crate) rest: Option<Box<Rows>>,
}

impl Rows {
    /// Room for `rows` rows of `width` activations.
    pub fn new(isa: Isa, rows: usize, width: usize) -> Self {
        let width = padded(width);
        let mut this = Self {
            width,
            stride: width * isa.activation_bytes(),
            a: Buffer::default(),
            scale: Vec::new(),
            offset: Vec::new(),
            sum: Vec::new(),
            apart: Vec::new(),
            reach: f32::INFINITY,
            rest: None,
        };
        this.reserve(rows);
        this
    }

    /// Rows that keep what rounding leaves as int8 too, so that a product takes twice the time and activations count with 16
    /// bits.
    pub fn fine(isa: Isa, width: usize) -> Self {
        Self { rest: Some(Box::new(Self::new(isa, 0, width))), ..Self::new(isa, 0, width) }
    }

    /// From now on elements stand apart that are larger than `reach` times the mean of the largest of every sixteenth
    /// element; infinity for none. Fine rows keep nothing apart.
    pub fn keep_apart(&mut self, reach: f32) {
        self.reach = reach;
    }

    /// Makes room for at least `rows` rows; what they hold is left open.
    pub fn reserve(&mut self, rows: usize) {
        self.a.reserve(rows * self.stride);
        if self.scale.len() < rows {
            self.scale.resize(rows, 0.0);
            self.offset.resize(rows, 0.0);
            self.sum.resize(rows, 0);
            self.apart.resize(rows, Apart::default());
        }
        if let Some(rest) = &mut self.rest {
            rest.reserve(rows);
        }
    }

    /// Rounds row `t` from `x`: the range from its smallest to its largest element, zero included, is spread over −128 to 127.
    #[inline(always)]
    pub(crate) fn set<L: Lanes>(&mut self, l: L, t: usize, x: &[[f32; LANES]]) {
        let (mut low, mut high) = (l.splat(0.0), l.splat(0.0));
        for x in x {
            let x = l.load(x);
            low = l.min(low, x);
            high = l.max(high, x);
        }
        let mut limit = f32::INFINITY;
        self.apart[t] = Apart::default();
        if self.reach.is_finite() && self.rest.is_none() {
            let largest = l.max(high, l.sub(l.splat(0.0), low));
            let beyond = self.reach / LANES as f32 * l.sum(largest);
            if l.max_across(largest) > beyond
                && let Some(found) = Apart::beyond(l, x, beyond)
            {
                limit = beyond;
                (self.apart[t], low, high) = found;
            }
        }
        let low = -l.max_across(l.sub(l.splat(0.0), low));
        let high = l.max_across(high);
        let range = high - low;
        let (scale, inv) = if range > NOTHING { (range / 254.0, 254.0 / range) } else { (0.0, 0.0) };
        // Rounded down, low falls on −128 to −127 and high on 126 to 127: nothing needs to be cut.
        let zero = (-low).mul_add(inv, -127.0).floor();
        let (inv, zeros) = (l.splat(inv), l.splat(zero));
        let mut sum = l.splat_i32(0);
        let to = self.a[t * self.stride..][..self.stride].chunks_exact_mut(LANES * L::BYTES);
        for (x, to) in x.iter().zip(to) {
            let x = if limit < f32::INFINITY { l.within(l.load(x), l.splat(limit)).0 } else { l.load(x) };
            let q = l.round(l.fma(x, inv, zeros));
            sum = l.add_i32(sum, q);
            l.store_activations(q, to);
        }
        self.scale[t] = scale;
        self.offset[t] = scale * zero;
        self.sum[t] = l.sum_i32(sum);
        if let Some(rest) = &mut self.rest {
            rest.set_rest(l, t, x, (scale, inv, zeros));
        }
    }

    /// Rounds what is left of row `t` of `x` after rounding with `scale`, its inverse and the zero point.
    #[inline(always)]
    fn set_rest<L: Lanes>(&mut self, l: L, t: usize, x: &[[f32; LANES]], (scale, inv, zeros): (f32, L::F, L::F)) {
        let fine = scale / 254.0;
        let finer = l.splat(if fine > 0.0 { 1.0 / fine } else { 0.0 });
        let step = l.splat(-scale);
        let mut sum = l.splat_i32(0);
        let to = self.a[t * self.stride..][..self.stride].chunks_exact_mut(LANES * L::BYTES);
        for (x, to) in x.iter().zip(to) {
            let x = l.load(x);
            let q = l.float(l.round(l.fma(x, inv, zeros)));
            let left = l.fma(l.sub(q, zeros), step, x);
            let r = l.round(l.max(l.min(l.mul(left, finer), l.splat(127.0)), l.splat(-127.0)));
            sum = l.add_i32(sum, r);
            l.store_activations(r, to);
        }
        self.scale[t] = fine;
        self.offset[t] = 0.0;
        self.sum[t] = l.sum_i32(sum);
    }
}
