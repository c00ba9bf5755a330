//! `nuansa man` and `nuansa completions`: every command and option stands in them.

use crate::support::{nuansa, stderr};
use clap::CommandFactory as _;
use nuansa::cli::Cli;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Every command by the name of its page, with its long options.
fn commands() -> BTreeMap<String, Vec<String>> {
    fn walk(command: &clap::Command, name: &str, all: &mut BTreeMap<String, Vec<String>>) {
        let options = command.get_arguments().filter(|a| !a.is_hide_set()).filter_map(clap::Arg::get_long);
        all.insert(name.to_owned(), options.map(str::to_owned).collect());
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            walk(sub, &format!("{name}-{}", sub.get_name()), all);
        }
    }
    let mut all = BTreeMap::new();
    walk(&Cli::command(), "nuansa", &mut all);
    all
}

#[test]
fn every_command_has_a_page_with_all_its_options() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("a/man1");
    let done = nuansa().args(["man", "--out"]).arg(&out).output().unwrap();
    assert!(done.status.success(), "{}", stderr(&done));
    let commands = commands();
    assert!(commands.contains_key("nuansa-score") && commands.contains_key("nuansa-models-pull"), "{commands:?}");
    for (name, options) in &commands {
        let page = std::fs::read_to_string(out.join(format!("{name}.1"))).unwrap_or_default();
        assert!(page.contains(".TH") && page.contains(".SH NAME"), "{name}");
        for option in options {
            let roff = format!("\\-\\-{}", option.replace('-', "\\-"));
            assert!(page.contains(&roff), "{name} has no {roff}");
        }
    }
    // Those of `help` beside them
    let pages = std::fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    for page in pages {
        let name = page.trim_end_matches(".1");
        assert!(commands.contains_key(name) || name.contains("-help"), "{page} is no command's");
    }
}

fn completions(shell: &str) -> String {
    let done = nuansa().args(["completions", shell]).output().unwrap();
    assert!(done.status.success(), "{}", stderr(&done));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn completions_know_every_command_and_bash_can_read_its_own() {
    let bash = completions("bash");
    for (name, options) in commands() {
        let part = name.rsplit('-').next().unwrap();
        assert!(bash.contains(part), "{name}");
        for option in options {
            assert!(bash.contains(&format!("--{option}")), "{name} --{option}");
        }
    }
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        assert!(completions(shell).contains("save-text"), "{shell}");
    }
    let Ok(mut child) = Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn() else {
        assert!(std::env::var("CI").is_err() || !cfg!(unix), "no bash");
        return;
    };
    child.stdin.take().unwrap().write_all(bash.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", stderr(&done));
}
