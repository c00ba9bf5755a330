//! `nuansa explain` on the tiny model.

use crate::support::{nuansa, stderr, tiny};
use serde_json::Value;

fn explain(args: &[&str]) -> std::process::Output {
    nuansa().arg("explain").args(args).arg("--model").arg(tiny()).output().unwrap()
}

#[test]
fn a_pipe_gets_one_object_a_sentence_whose_words_slice_it() {
    let sentences = ["Évora menolak tawaran  itu.", "他拒绝提议。", "Diam"];
    let output = explain(&sentences);
    assert!(output.status.success(), "{}", stderr(&output));
    let lines = String::from_utf8(output.stdout).unwrap();
    let told: Vec<Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(told.len(), sentences.len());
    let words: Vec<usize> = told.iter().map(|t| t["words"].as_array().unwrap().len()).collect();
    assert_eq!(words, [4, 5, 0], "a sentence of one word leaves nothing to be read without it");
    for sentence in &told {
        let text: Vec<char> = sentence["text"].as_str().unwrap().chars().collect();
        for word in sentence["words"].as_array().unwrap() {
            let at = |field: &str| usize::try_from(word[field].as_u64().unwrap()).unwrap();
            let slice: String = text[at("start")..at("end")].iter().collect();
            assert_eq!(slice, word["word"].as_str().unwrap());
            assert!(word["stance"].is_number() && word["tone"].is_number());
        }
    }
    assert_eq!(explain(&sentences).stdout, lines.as_bytes(), "the same bytes again");
}

#[test]
fn weights_are_what_leaving_a_word_out_does_to_the_log_odds() {
    let probability = |sentence: &str| {
        let told: Value = serde_json::from_slice(&explain(&[sentence]).stdout).unwrap();
        let p: Vec<f64> = told["p_stance"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).collect();
        (told, p)
    };
    let (told, whole) = probability("Arunika menolak tawaran itu");
    let (_, left) = probability("Arunika tawaran itu");
    let label = (0..3).max_by(|a, b| whole[*a].total_cmp(&whole[*b])).unwrap();
    let odds = |p: f64| (p / (1.0 - p)).ln();
    let weight = told["words"][1]["stance"].as_f64().unwrap();
    assert!((weight - (odds(whole[label]) - odds(left[label]))).abs() < 1e-4, "{told}");
}

#[test]
fn faithfulness_is_told_for_both_heads() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("s.txt");
    std::fs::write(&input, "Arunika menolak tawaran itu.\n\nBenara menutup selat semalam.\nDiam\n").unwrap();
    let output = explain(&["--input", input.to_str().unwrap(), "--faithfulness"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["sentences"], 2, "one word leaves nothing to leave out");
    for head in ["stance", "tone"] {
        let fall = |name: &str| told[head][name].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&fall("more")) && fall("heaviest").abs() <= 1.0 && fall("random").abs() <= 1.0);
    }
}

#[test]
fn what_has_no_words_is_refused() {
    let output = explain(&["Arunika diam.", " … "]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("sentence 2 has no words"), "{}", stderr(&output));
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().join("empty.txt");
    std::fs::write(&empty, "\n \n").unwrap();
    let output = explain(&["--input", empty.to_str().unwrap()]);
    assert!(stderr(&output).contains("no sentence") && stderr(&output).contains("empty.txt"), "{}", stderr(&output));
    assert_eq!(nuansa().arg("explain").output().unwrap().status.code(), Some(2));
}
