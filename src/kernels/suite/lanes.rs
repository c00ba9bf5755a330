//! The operations of [`Lanes`], one by one.

use super::{Isa, LANES, Lanes, Noise, Work, bits};

type Floats = [f32; LANES];
type Integers = [i32; LANES];

/// Every operation on `a`, `b`, `c` and `n`, as bits, in the order of [`NAMES`].
struct All<'a>(&'a Floats, &'a Floats, &'a Floats, &'a Integers);

const NAMES: [&str; 13] =
    ["load", "splat", "add", "sub", "mul", "div", "fma", "min", "max", "round", "float", "scale2", "add_i32"];

impl Work for All<'_> {
    type Output = Vec<[u32; LANES]>;

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Self::Output {
        let (a, b, c, n) = (l.load(self.0), l.load(self.1), l.load(self.2), l.load_i32(self.3));
        let f = |x| {
            let mut to = [0.0; LANES];
            l.store(x, &mut to);
            to.map(f32::to_bits)
        };
        let i = |x| {
            let mut to = [0; LANES];
            l.store_i32(x, &mut to);
            to.map(i32::cast_unsigned)
        };
        vec![
            f(a),
            f(l.splat(self.0[0])),
            f(l.add(a, b)),
            f(l.sub(a, b)),
            f(l.mul(a, b)),
            f(l.div(a, b)),
            f(l.fma(a, b, c)),
            f(l.min(a, b)),
            f(l.max(a, b)),
            i(l.round(a)),
            f(l.float(n)),
            f(l.scale2(b, l.round(c))),
            i(l.add_i32(n, l.splat_i32(self.3[0]))),
        ]
    }
}

/// The same, element by element.
fn defined(a: &Floats, b: &Floats, c: &Floats, n: &Integers) -> Vec<[u32; LANES]> {
    let each = |of: &dyn Fn(usize) -> f32| std::array::from_fn(|i| of(i).to_bits());
    vec![
        each(&|i| a[i]),
        each(&|_| a[0]),
        each(&|i| a[i] + b[i]),
        each(&|i| a[i] - b[i]),
        each(&|i| a[i] * b[i]),
        each(&|i| a[i] / b[i]),
        each(&|i| a[i].mul_add(b[i], c[i])),
        each(&|i| if a[i] < b[i] { a[i] } else { b[i] }),
        each(&|i| if a[i] > b[i] { a[i] } else { b[i] }),
        std::array::from_fn(|i| (f64::from(a[i]).round_ties_even() as i32).cast_unsigned()),
        each(&|i| n[i] as f32),
        each(&|i| (f64::from(b[i]) * 2_f64.powi(c[i].round_ties_even() as i32)) as f32),
        std::array::from_fn(|i| n[i].wrapping_add(n[0]).cast_unsigned()),
    ]
}

fn lanes<T: Copy + Default>(x: &[T]) -> [T; LANES] {
    std::array::from_fn(|i| x[i])
}

#[test]
fn every_operation_gives_the_bits_of_its_definition() {
    let mut noise = Noise(1);
    for round in 0..200 {
        // Halves, whose rounding goes to the even neighbour, every other time.
        let a = lanes(&noise.floats(LANES, if round % 3 == 0 { 3e8 } else { 200.0 }));
        let a = if round % 2 == 0 { a } else { a.map(|x| x.trunc() + 0.5) };
        let (b, c) = (lanes(&noise.floats(LANES, 3.0)), lanes(&noise.floats(LANES, 60.0)));
        let n = std::array::from_fn(|i| (noise.next() >> (32 + i)) as i32);
        let want = defined(&a, &b, &c, &n);
        for isa in Isa::all() {
            for ((name, got), want) in NAMES.iter().zip(isa.run(All(&a, &b, &c, &n))).zip(&want) {
                assert_eq!(&got, want, "{name} on {isa} of {a:?}, {b:?}, {c:?}, {n:?}");
            }
        }
    }
}

/// The sum, the largest and the sum of integers.
struct Across<'a>(&'a Floats, &'a Integers);

impl Work for Across<'_> {
    type Output = (f32, f32, i32);
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Self::Output {
        let (x, n) = (l.load(self.0), l.load_i32(self.1));
        (l.sum(x), l.max_across(x), l.sum_i32(n))
    }
}

#[test]
fn what_goes_across_lanes_adds_halves_and_finds_the_largest_wherever_it_stands() {
    let mut noise = Noise(2);
    for round in 0..200 {
        let mut x = lanes(&noise.floats(LANES, 1e3));
        x[round % LANES] = if round % 2 == 0 { 5e7 } else { -5e7 };
        let n = std::array::from_fn(|_| (noise.next() >> 32) as i32);
        let mut halves = x.to_vec();
        while halves.len() > 1 {
            let (low, high) = halves.split_at(halves.len() / 2);
            halves = low.iter().zip(high).map(|(a, b)| a + b).collect();
        }
        let top = x.iter().copied().fold(f32::MIN, f32::max);
        let sum = n.iter().fold(0_i32, |s, n| s.wrapping_add(*n));
        for isa in Isa::all() {
            assert_eq!(isa.run(Across(&x, &n)), (halves[0], top, sum), "{isa}: {x:?}, {n:?}");
        }
    }
}

/// What stands outside a limit, and what stands within it.
struct Limits<'a>(&'a Floats, &'a Floats);

impl Work for Limits<'_> {
    type Output = (u16, Floats);
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Self::Output {
        let (within, outside) = l.within(l.load(self.0), l.load(self.1));
        let mut to = [0.0; LANES];
        l.store(within, &mut to);
        (outside, to)
    }
}

#[test]
fn what_stands_outside_a_limit_is_named_by_its_bit_and_is_zero_within_it() {
    let mut noise = Noise(4);
    for round in 0..200 {
        let (x, mut limit) = (lanes(&noise.floats(LANES, 3.0)), lanes(&noise.floats(LANES, 3.0)).map(f32::abs));
        // An element at its limit, on either side of zero, is within it.
        limit[round % LANES] = x[round % LANES].abs();
        let mask = (0..LANES).filter(|i| x[*i].abs() > limit[*i]).fold(0, |mask, i| mask | 1 << i);
        let within = std::array::from_fn(|i| if x[i].abs() > limit[i] { 0.0 } else { x[i] });
        for isa in Isa::all() {
            let (got, kept) = isa.run(Limits(&x, &limit));
            assert_eq!((got, bits(&kept)), (mask, bits(&within as &Floats)), "{isa}: {x:?} within {limit:?}");
        }
    }
}

struct Turn<'a>(&'a [Floats; LANES]);

impl Work for Turn<'_> {
    type Output = [Floats; LANES];
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Self::Output {
        l.transpose(self.0.map(|row| l.load(&row))).map(|x| {
            let mut to = [0.0; LANES];
            l.store(x, &mut to);
            to
        })
    }
}

#[test]
fn sixteen_rows_become_sixteen_columns() {
    let rows: [Floats; LANES] = std::array::from_fn(|r| std::array::from_fn(|c| (r * LANES + c) as f32));
    for isa in Isa::all() {
        let turned = isa.run(Turn(&rows));
        for (c, column) in turned.iter().enumerate() {
            assert_eq!(bits(column), bits(&rows.map(|row| row[c])), "column {c} on {isa}");
        }
    }
}

/// One step of the int8 product over the bytes or words of `w` and `a`.
struct Dot<'a>(&'a Integers, &'a Integers, &'a Integers);

impl Work for Dot<'_> {
    type Output = (Integers, usize, i32);
    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> Self::Output {
        let mut to = [0; LANES];
        l.store_i32(l.dot(l.load_i32(self.0), l.load_i32(self.1), l.load_i32(self.2)), &mut to);
        (to, L::MACS / LANES, L::SHIFT)
    }
}

/// acc + Σ w · a over the `parts` parts of 32 bits, w without sign where it is stored shifted.
fn dot(acc: i32, w: i32, a: i32, parts: usize, shift: i32) -> i32 {
    let width = 32 / parts;
    let signed = |x: i32, k: usize| i64::from(x << (32 - width * (k + 1)) >> (32 - width));
    let part = |k: usize| {
        let w = if shift == 0 { signed(w, k) } else { signed(w, k).rem_euclid(256) };
        w * signed(a, k)
    };
    (0..parts).map(part).fold(acc, |acc, p| acc.wrapping_add(p as i32))
}

#[test]
fn a_step_of_the_product_never_saturates() {
    let mut noise = Noise(3);
    // 255 · −128 four times, 32767 · −32768 and the like: more than 16 bits hold.
    let extremes = [0, -1, i32::MIN, i32::MAX, 0x7f7f_7f7f, 0x8080_8080_u32.cast_signed(), 0x7fff_7fff];
    let mut pairs: Vec<(i32, i32)> = extremes.iter().flat_map(|w| extremes.map(|a| (*w, a))).collect();
    pairs.extend((0..500).map(|_| ((noise.next() >> 32) as i32, (noise.next() >> 32) as i32)));
    for (w, a) in pairs {
        let acc = std::array::from_fn(|i| (i as u32).cast_signed() * 1000 - 5000);
        for isa in Isa::all() {
            let (got, parts, shift) = isa.run(Dot(&acc, &[w; LANES], &[a; LANES]));
            let want = acc.map(|acc| dot(acc, w, a, parts, shift));
            assert_eq!(got, want, "{isa}: {w:#x} · {a:#x}");
        }
    }
}
