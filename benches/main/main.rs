//! One bench binary. Every bench asserts its answer before it is timed, and all texts are distinct sentences.
//!
//! `cargo bench --bench main -- NAME…` runs the benches whose names contain one of the words; `benches/README.md` lists them.
//! What is compared is timed in turns ([`timer`]) and printed as Markdown tables; what stands alone goes through criterion.

#![expect(clippy::unwrap_used, reason = "a bench fails like a test")]
#![expect(clippy::print_stdout, reason = "tables go there")]

mod attribution;
mod batches;
mod corpus;
mod curve;
mod encoder;
mod files;
mod kernels;
mod memory;
mod model;
mod paced;
mod plain;
mod program;
mod report;
mod rowwise;
mod timer;
mod tokenise;

use report::Bench;

fn main() {
    nuansa::kernels::pools::run_on_caller();
    if paced::training() {
        return;
    }
    let mut bench = Bench::from_environment();
    kernels::products(&mut bench);
    rowwise::rows(&mut bench);
    rowwise::attention(&mut bench);
    encoder::encoder(&mut bench);
    batches::batches(&mut bench);
    tokenise::tokenise(&mut bench);
    files::files(&mut bench);
    attribution::attribution(&mut bench);
    curve::curve(&mut bench);
    memory::memory(&mut bench);
    plain::segmentation(&mut bench);
    plain::training_step(&mut bench);
    bench.criterion.final_summary();
}
