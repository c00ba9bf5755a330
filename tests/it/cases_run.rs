//! Cases of running: killed and gone on, without a network, scored again.

use crate::cases_support::{Desk, column, open_bundle, record};
use crate::support::{corpus, data_files, nuansa, stderr};
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::Path;

#[cfg(unix)]
#[test]
fn five_thousand_articles_killed_three_times_lose_and_double_nothing() {
    let desk = Desk::new();
    let input = corpus(&desk.path(""), 5000);
    let whole = desk.path("whole");
    let begun = std::time::Instant::now();
    let run = desk.run(&input, &[]);
    let took = begun.elapsed();
    std::fs::rename(&run.out, &whole).unwrap();
    for part in [2, 3, 5] {
        let mut child = desk.command(&input, &["--resume", "-q"]).spawn().unwrap();
        std::thread::sleep(took * part / 8);
        // SIGKILL
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let output = desk.command(&input, &["--resume"]).output().unwrap();
    assert_eq!(output.status.code(), run.code, "{}", stderr(&output));
    assert_eq!(data_files(&desk.path("out")), data_files(&whole));
    let ids = column(&crate::support::table(&whole.join("articles.csv")), "article_id");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "no id is there twice");
}

/// The program with every way to a network led to `server`.
fn watched(server: &str, args: &[&str], files: &[&Path]) -> std::process::Output {
    let mut command = nuansa();
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "HF_ENDPOINT"] {
        command.env(name, server);
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy").env_remove("HF_HUB_OFFLINE");
    command.args(args).args(files).output().unwrap()
}

#[test]
fn a_model_folder_is_used_without_a_network_and_a_file_it_lacks_is_named_not_fetched() {
    let desk = Desk::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let input = desk.put("a.txt", "Tarvania menolak usul itu.");
    let bundle = desk.path("bundle");
    open_bundle(&bundle);
    let (out, model) = (desk.path("out"), bundle.to_str().unwrap());
    let begun = std::time::Instant::now();
    let output = watched(&server, &["score", "--model", model, "--out", out.to_str().unwrap()], &[&input]);
    assert!(output.status.success() && begun.elapsed().as_secs() < 20, "{}", stderr(&output));
    for name in ["config.json", "tokenizer.json", "encoder.safetensors", "words.q4", "nuansa.toml"] {
        let file = bundle.join(name);
        let bytes = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let output = watched(&server, &["score", "--model", model, "--out", out.to_str().unwrap()], &[&input]);
        assert_eq!(output.status.code(), Some(1));
        let said = stderr(&output);
        assert!(said.contains(name) && said.contains(model) && said.contains("hint: "), "{said}");
        std::fs::write(&file, bytes).unwrap();
    }
    let lost = desk.path("tanjung/model");
    let output =
        watched(&server, &["score", "--model", lost.to_str().unwrap(), "--out", out.to_str().unwrap()], &[&input]);
    assert!(stderr(&output).contains(lost.to_str().unwrap()), "{}", stderr(&output));
    let asked = listener.accept();
    assert!(asked.is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock), "a connection was tried");
}

#[test]
fn a_folder_with_its_report_and_pages_is_scored_again_without_force() {
    let desk = Desk::new();
    let input = desk.put("a.jsonl", record("../../x", "Tarvania menolak usul itu.") + &record("b", "Warga menunggu."));
    let run = desk.scored(&input, &[]);
    let before = data_files(&run.out);
    let page = run.out.join("report.html");
    let output = nuansa().arg("report").arg(&run.out).arg("--out").arg(&page).arg("--pages").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let pages: BTreeSet<String> = std::fs::read_dir(run.out.join("report-pages"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(pages.iter().eq(["00001.html", "00002.html"]), "named by number, never by id: {pages:?}");
    let output = desk.command(&input, &[]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!page.exists() && !run.out.join("report-pages").exists());
    assert_eq!(data_files(&run.out), before);
}
