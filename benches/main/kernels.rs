//! `kernels/product`: the int8 product at the model's four shapes on every instruction set, beside our f32 product.
//!
//! Each pass goes through twelve matrices of a shape, as the layers of the model do, so that weights come from where they
//! come from in a run. Rows are those of a pass: a batch of 512 tokens for queries, keys and values, blocks of 96 for the
//! rest, the whole batch in f32.

use crate::corpus::Rng;
use crate::model::correlation;
use crate::report::{Bench, digits, peaks, percent, times};
use crate::timer::{Contest, Timed};
use nuansa::kernels::gemm::{Mat, matmul};
use nuansa::kernels::int8::{Matrix, Rows, Source, Then, product};
use nuansa::kernels::isa::Isa;
use nuansa::kernels::peak::Peak;
use nuansa::kernels::residual::round_rows;

const LAYERS: usize = 12;
const BATCH: usize = 512;
/// Name, inputs, outputs, rows in int8
const SHAPES: [(&str, usize, usize, usize); 4] = [
    ("queries, keys, values 384 → 1152", 384, 1152, BATCH),
    ("attention's output 384 → 384", 384, 384, 96),
    ("feed-forward 384 → 1536", 384, 1536, 96),
    ("feed-forward 1536 → 384", 1536, 384, 96),
];

/// Weights of one matrix, N × K, with a scale a channel.
struct Weights {
    inputs: usize,
    values: Vec<i8>,
    scale: Vec<f32>,
}

impl Weights {
    fn new(inputs: usize, outputs: usize, rng: &mut Rng) -> Self {
        let values = rng.normals(inputs * outputs).iter().map(|x| (x * 40.0).clamp(-127.0, 127.0) as i8).collect();
        let scale = rng.normals(outputs).iter().map(|x| (0.5 + x.abs()) / 40.0 / (inputs as f32).sqrt()).collect();
        Self { inputs, values, scale }
    }

    fn pack(&self, isa: Isa) -> Matrix {
        let channels = self.values.chunks_exact(self.inputs).zip(&self.scale).map(|(w, s)| (w, *s, 0.1)).collect();
        Matrix::pack(isa, &Source { inputs: self.inputs, channels })
    }

    fn floats(&self) -> Vec<f32> {
        let rows = self.values.chunks_exact(self.inputs).zip(&self.scale);
        rows.flat_map(|(w, s)| w.iter().map(move |w| f32::from(*w) * s)).collect()
    }
}

/// One shape's matrices on one instruction set, with activations to multiply.
struct Int8 {
    matrices: Vec<Matrix>,
    rows: Rows,
    count: usize,
    out: Vec<f32>,
}

impl Int8 {
    fn new(isa: Isa, weights: &[Weights], x: &[f32], count: usize) -> Self {
        let mut matrices: Vec<Matrix> = weights.iter().map(|w| w.pack(isa)).collect();
        Matrix::gather(&mut matrices.iter_mut().collect::<Vec<_>>());
        let mut rows = Rows::new(isa, count, weights[0].inputs);
        round_rows(isa, (x, weights[0].inputs), 0..count, &mut rows);
        let out = vec![0.0; count * matrices[0].columns()];
        Self { matrices, rows, count, out }
    }

    fn pass(&mut self) {
        for matrix in &self.matrices {
            product(matrix, &self.rows, 0..self.count, Then::Store, &mut self.out);
        }
    }

    /// The last matrix's product without padded columns.
    fn answer(&self, outputs: usize) -> Vec<f32> {
        self.out.chunks_exact(self.matrices[0].columns()).flat_map(|row| &row[..outputs]).copied().collect()
    }
}

/// The same in f32.
struct Floats<'a> {
    matrices: Vec<Vec<f32>>,
    x: &'a [f32],
    out: Vec<f32>,
    inputs: usize,
    outputs: usize,
}

impl Floats<'_> {
    fn pass(&mut self) {
        for w in &self.matrices {
            let (x, w) = (Mat::new(self.x, BATCH, self.inputs), Mat::new(w, self.outputs, self.inputs));
            matmul(x, w.t(), &mut self.out, false);
        }
    }
}

/// Times the products.
pub fn products(bench: &mut Bench) {
    if !bench.wants("kernels/product") {
        return;
    }
    let peaks = peaks(1);
    let rows: Vec<Vec<String>> =
        peaks.iter().map(|(isa, p)| vec![isa.to_string(), digits(p.int8_gops), digits(p.f32_gflops)]).collect();
    let about = "Measured by multiply-adds on registers, one thread, before the products below.";
    bench.table("kernels/peak", about, &["instruction set", "int8 GOP/s", "f32 GFLOP/s"], &rows);

    let mut table = Vec::new();
    for shape in SHAPES {
        table.extend(shape_rows(bench, &peaks, shape));
    }
    let about = "One thread. Rates are medians with quartiles; shares are of the machine's peak at that precision, and of \
                 what the same instruction set reaches on registers.";
    let columns = ["product", "rows", "GOP/s", "of the peak", "of its own peak", "against f32", "against scalar"];
    bench.table("kernels/product", about, &columns, &table);
}

/// Times one shape; gives a table row for each path.
fn shape_rows(
    bench: &Bench,
    peaks: &[(Isa, Peak)],
    (name, inputs, outputs, count): (&str, usize, usize, usize),
) -> Vec<Vec<String>> {
    let mut rng = Rng(inputs as u64 * 10_000 + outputs as u64);
    let weights: Vec<Weights> = (0..LAYERS).map(|_| Weights::new(inputs, outputs, &mut rng)).collect();
    let x = rng.normals(BATCH * inputs);
    let mut paths: Vec<Int8> = peaks.iter().map(|(isa, _)| Int8::new(*isa, &weights, &x, count)).collect();
    let matrices = weights.iter().map(Weights::floats).collect();
    let mut floats = Floats { matrices, x: &x, out: vec![0.0; BATCH * outputs], inputs, outputs };
    paths.iter_mut().for_each(Int8::pass);
    floats.pass();
    check(&paths, outputs, &floats.out);

    let mut contest = Contest::default();
    for path in &mut paths {
        contest.add(|| path.pass());
    }
    contest.add(|| floats.pass());
    let timed = contest.run(bench, 21);
    // Name, rows, the machine's peak at this precision, and that of the same instruction set.
    let best = peaks[0].1;
    let int8 = peaks.iter().map(|(isa, own)| (format!("int8, {isa}"), count, best.int8_gops, own.int8_gops));
    let all = int8.chain([("f32".to_string(), BATCH, best.f32_gflops, best.f32_gflops)]);
    let operations = |rows: usize| (2 * LAYERS * rows * inputs * outputs) as f64 / 1e9;
    let scalar = operations(count) / timed[peaks.len() - 1].median;
    let float = operations(BATCH) / timed[peaks.len()].median;
    let row = |((path, rows, best, own), t): ((String, usize, f64, f64), Timed)| {
        let rate = operations(rows) / t.median;
        vec![
            format!("{name}, {path}"),
            rows.to_string(),
            t.rate(operations(rows)),
            percent(rate / best),
            percent(rate / own),
            times(rate / float),
            times(rate / scalar),
        ]
    };
    all.zip(timed).map(row).collect()
}

/// The same bits on every instruction set, and near the f32 product.
fn check(paths: &[Int8], outputs: usize, y: &[f32]) {
    let scalar = paths[paths.len() - 1].answer(outputs);
    for path in paths {
        assert_eq!(path.answer(outputs), scalar, "an instruction set gives other bits");
    }
    let wide = |x: &[f32]| x.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
    let near = correlation(&wide(&scalar), &wide(&y[..scalar.len()]));
    assert!(near > 0.999, "correlation with f32 is {near}");
}
