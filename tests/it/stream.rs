//! A stream of sentences through the engine, and how it ends.

use crate::support::tiny;
use nuansa::engine::{Item, Scorer, ScorerOptions};
use nuansa::{Error, Stage};
use std::sync::mpsc::channel;
use std::time::Duration;

#[test]
fn a_sink_that_fails_ends_the_stream_however_much_waits_behind_it() {
    let (done, ended) = channel();
    // A run that hung would wait for ever, and so would the test: it is another thread that waits
    std::thread::spawn(move || {
        let scorer = Scorer::load(&tiny(), ScorerOptions { threads: 2, ..ScorerOptions::default() }).unwrap();
        let text = |i: usize| format!("Dewan Bank Karenda menolak usul nomor {i} di kota {}.", i % 97);
        let items = (0..40_000).map(|i| Ok(Item { carry: i, texts: vec![text(i)] }));
        let mut sink = |i: usize, _| match i {
            0 => Err(Error::new(Stage::Write, "no space left on device")),
            _ => Ok(()),
        };
        let result = scorer.stream(items, &mut sink, &mut |_| {});
        done.send(result.unwrap_err().to_string()).unwrap();
    });
    let message = ended.recv_timeout(Duration::from_secs(60)).expect("the stream goes on without its sink");
    assert!(message.contains("no space left"), "{message}");
}
