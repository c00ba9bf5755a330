//! Threads that the system does not start.

use crate::bench;
use crate::support::{here, nuansa, tiny};
use crate::train::training;
use std::process::Command;

/// Fails with a message that names the cause and the option, and writes no result.
fn refused(command: &mut Command) {
    // No address space has room for a stack of that size, so that the first thread is refused already.
    command.env("RUST_MIN_STACK", (1_u64 << 48).to_string());
    bench::refused(command, &["the system starts no more threads", "`--threads`"]);
}

#[test]
fn a_thread_that_the_system_does_not_start_is_an_error_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let (articles, tiny) = (here("examples/articles"), tiny());
    refused(nuansa().arg("bench").arg(&articles).arg("--model").arg(&tiny));
    refused(nuansa().args(["bench", "--peak"]));
    let out = dir.path().join("out");
    refused(nuansa().arg("score").arg(&articles).arg("--out").arg(&out).arg("--model").arg(&tiny));
    assert!(!out.join("sentences.csv").exists());
    let bundle = dir.path().join("bundle");
    refused(&mut training(&here("tests/data/tiny.toml"), &here("tests/data"), &bundle, "2"));
}
