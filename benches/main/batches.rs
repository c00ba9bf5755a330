//! `batches`: packed against padded, sorted against unsorted, on the int8 network and one thread.
//!
//! The padded forms fill each sentence up to the longest of its batch and encode the filling like text: the cost of a
//! network that pads, with its mask for nothing.

use crate::corpus::{sentences, spread};
use crate::model::{self, BATCH_TOKENS, six};
use crate::report::{Bench, percent, times};
use crate::timer::Contest;
use nuansa::batch::{PackedBatch, plan};
use nuansa::engine::{Backend, Raw};
use nuansa::kernels::isa::Isa;

/// Sentences of a batch where their number is fixed
const SIZE: usize = 16;
/// Sentences in all
const COUNT: usize = 1040;
/// The tokenizer's padding
const PAD: u32 = 1;

struct Form {
    name: &'static str,
    /// Places of each batch's sentences
    groups: Vec<Vec<usize>>,
    batches: Vec<PackedBatch>,
}

impl Form {
    fn new(name: &'static str, groups: Vec<Vec<usize>>, all: &[&[u32]], padded: bool) -> Self {
        let pack = |group: &Vec<usize>| {
            let longest = group.iter().map(|i| all[*i].len()).max().unwrap_or(0);
            let fill = |s: &[u32]| {
                let mut s = s.to_vec();
                s.resize(if padded { longest } else { s.len() }, PAD);
                s
            };
            let sentences: Vec<Vec<u32>> = group.iter().map(|i| fill(all[*i])).collect();
            PackedBatch::pack(sentences.iter().map(Vec::as_slice))
        };
        let batches = groups.iter().map(pack).collect();
        Self { name, groups, batches }
    }

    fn logits(&self, backend: &dyn Backend) -> Vec<Raw> {
        let (mut session, mut out) = (backend.session(), Vec::new());
        for batch in &self.batches {
            session.forward(batch, &mut out).unwrap();
        }
        out
    }

    fn tokens(&self) -> usize {
        self.batches.iter().map(PackedBatch::tokens).sum()
    }
}

/// Times the forms of a batch.
pub fn batches(bench: &mut Bench) {
    if !bench.wants("batches") {
        return;
    }
    let checkpoint = model::checkpoint();
    let ids = model::token_ids(&checkpoint, &sentences());
    let ids: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
    let (_, all) = spread(&ids, bench.size(COUNT));
    let lengths: Vec<usize> = all.iter().map(|s| s.len()).collect();
    let input: Vec<usize> = (0..all.len()).collect();
    let mut sorted = input.clone();
    sorted.sort_by_key(|i| std::cmp::Reverse(lengths[*i]));
    let groups = |order: &[usize]| order.chunks(SIZE).map(<[usize]>::to_vec).collect::<Vec<_>>();
    let forms = [
        Form::new("padded, input order, 16 a batch", groups(&input), &all, true),
        Form::new("padded, longest first, 16 a batch", groups(&sorted), &all, true),
        Form::new("packed, input order, 16 a batch", groups(&input), &all, false),
        Form::new("packed, longest first, 16 a batch", groups(&sorted), &all, false),
        Form::new("packed, the plan: longest first, 512 tokens", plan(&lengths, BATCH_TOKENS), &all, false),
    ];
    let backend = model::int8(&checkpoint, Isa::best());
    check(&forms, &lengths, &*backend);
    check_f32(&forms[2], &checkpoint);

    let mut contest = Contest::default();
    for form in &forms {
        contest.add(|| assert_eq!(form.logits(&*backend).len(), all.len()));
    }
    let timed = contest.run(bench, 5);
    let (text, first) = (lengths.iter().sum::<usize>() as f64, timed[0].median);
    let row = |(form, t): (&Form, &crate::timer::Timed)| {
        vec![
            form.name.into(),
            percent(1.0 - text / form.tokens() as f64),
            t.rate(all.len() as f64),
            format!("{:.0}", form.tokens() as f64 / t.median),
            times(first / t.median),
        ]
    };
    let rows: Vec<Vec<String>> = forms.iter().zip(&timed).map(row).collect();
    let about = format!("{}, one thread, {} sentences.", backend.kernel(), all.len());
    let columns = ["batches", "padding", "sentences/s", "tokens/s, padding included", "against the first"];
    bench.table("batches", &about, &columns, &rows);
}

/// Packed forms give the same bits, and padded ones do for sentences that needed no padding.
fn check(forms: &[Form], lengths: &[usize], backend: &dyn Backend) {
    let plan = forms.last().unwrap();
    let mut want = vec![Raw::default(); lengths.len()];
    for (i, raw) in plan.groups.concat().into_iter().zip(plan.logits(backend)) {
        want[i] = raw;
    }
    for form in forms {
        let mut equal = 0;
        let lens = form.batches.iter().flat_map(|b| b.unpack().map(<[u32]>::len).collect::<Vec<_>>());
        for ((i, len), raw) in form.groups.concat().into_iter().zip(lens).zip(form.logits(backend)) {
            if len == lengths[i] {
                assert_eq!(raw, want[i], "{}: sentence {i} depends on its batch", form.name);
                equal += 1;
            }
        }
        assert!(equal >= form.groups.len());
    }
}

/// In f32, where padding is masked, packed and padded batches of mixed lengths give the same logits.
fn check_f32(form: &Form, checkpoint: &nuansa::model::Checkpoint) {
    let logits = |backend: &dyn Backend| {
        let mut out = Vec::new();
        backend.session().forward(&form.batches[0], &mut out).unwrap();
        out
    };
    let (packed, padded) = (logits(&*model::f32(checkpoint, false)), logits(&*model::f32(checkpoint, true)));
    for (a, b) in packed.iter().zip(&padded) {
        assert!(six(a).iter().zip(six(b)).all(|(a, b)| (a - b).abs() < 1e-3), "padded and packed differ: {a:?}, {b:?}");
    }
}
