//! `attribution`: what the token heads and the rules of attribution cost beside the scoring of the same articles.

use crate::corpus::here;
use crate::model::BATCH_TOKENS;
use crate::report::{Bench, percent};
use crate::timer::Contest;
use nuansa::actors::speech::Lexicon;
use nuansa::actors::{ActorList, Attributor, Matcher, Tagged};
use nuansa::engine::{Scorer, ScorerOptions};
use nuansa::model::checkpoint::hex_sha256;
use nuansa::model::network::is_token_head;
use nuansa::text::{Document, Folded, Kind, one_line, segment};
use std::hint::black_box;
use std::path::Path;

/// An article, cut, with what the token heads found in its spans.
struct Article {
    text: String,
    document: Document,
    tagged: Vec<Vec<Tagged>>,
}

/// Times scoring without token heads, with them, and attribution from what they found.
pub fn attribution(bench: &mut Bench) {
    if !bench.wants("attribution") {
        return;
    }
    let options = ScorerOptions { threads: 1, batch_tokens: BATCH_TOKENS, repeats: 0, ..ScorerOptions::default() };
    let with = Scorer::load(&here("models/default"), options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    without_token_heads(&here("models/default"), folder.path());
    let without = Scorer::load(folder.path(), options).unwrap();
    if !with.backend().has_token_heads() {
        println!("attribution: the shipped model has no token heads; nothing to compare");
        return;
    }
    assert!(!without.backend().has_token_heads());

    let (mut articles, mut texts) = (Vec::new(), Vec::new());
    for file in files(&here("examples/articles")) {
        let text = std::fs::read_to_string(file).unwrap();
        let document = segment(&text, None);
        let read = |s: &nuansa::text::Sentence| s.kind != Kind::Furniture && s.has_words;
        let own: Vec<String> =
            document.sentences.iter().filter(|s| read(s)).map(|s| one_line(&text[s.bytes.clone()])).collect();
        let mut found = with.score(&own).unwrap().into_iter();
        let tags = |s: &nuansa::text::Sentence| {
            let folded = Folded::of(&text[s.bytes.clone()]);
            let tagged = if read(s) { found.next().unwrap().tagged } else { Vec::new() };
            tagged.into_iter().map(|t| Tagged { bytes: folded.back(&t.bytes), ..t }).collect()
        };
        let tagged = document.sentences.iter().map(tags).collect();
        texts.extend(own);
        articles.push(Article { text, document, tagged });
    }
    for (a, b) in with.score(&texts).unwrap().iter().zip(without.score(&texts).unwrap()) {
        assert_eq!((a.stance, a.tone), (b.stance, b.tone), "token heads must not move the others");
    }
    let list = ActorList::builtin().unwrap();
    let matcher = Matcher::new(&list).unwrap();
    let attributor = Attributor::new(&list, &matcher, Lexicon::builtin().unwrap());
    let attribute = || -> usize {
        let told = articles.iter().map(|a| attributor.attribute(&a.text, &a.document, &a.tagged));
        told.map(|t| t.sentences.iter().map(|s| s.mentions.len()).sum::<usize>()).sum()
    };
    let mentions = attribute();
    assert!(mentions > texts.len() / 2, "{mentions} mentions in {} sentences", texts.len());

    let mut contest = Contest::default();
    contest.add(|| assert_eq!(without.score(&texts).unwrap().len(), texts.len()));
    contest.add(|| assert_eq!(with.score(&texts).unwrap().len(), texts.len()));
    contest.add(|| assert_eq!(black_box(attribute()), mentions));
    let timed = contest.run(bench, 9);
    let base = timed[0].median;
    let row = |name: &str, i: usize, share: f64| {
        vec![
            name.to_owned(),
            format!("{:.1} ({:.1}–{:.1})", timed[i].median * 1e3, timed[i].low * 1e3, timed[i].high * 1e3),
            percent(share),
        ]
    };
    let table = [
        row("sentences scored, without token heads", 0, 1.0),
        row("sentences scored, with token heads", 1, timed[1].median / base),
        row("attribution of the articles", 2, timed[2].median / base),
    ];
    let about = format!(
        "{} articles of `examples/articles` with {} sentences and {mentions} mentions, one thread.",
        articles.len(),
        texts.len()
    );
    bench.table("attribution", &about, &["", "ms", "of the first"], &table);
}

/// The articles of a folder, by name.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<_> = entries.filter(|p| p.extension().is_some_and(|e| e == "txt")).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// The bundle `from`, but for its token heads, in the folder `to`.
fn without_token_heads(from: &Path, to: &Path) {
    const WEIGHTS: &str = "encoder.safetensors";
    const MANIFEST: &str = "nuansa.toml";
    for entry in std::fs::read_dir(from).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file()) {
        let name = entry.file_name().unwrap();
        if name != WEIGHTS && name != MANIFEST {
            std::fs::copy(&entry, to.join(name)).unwrap();
        }
    }
    let bytes = std::fs::read(from.join(WEIGHTS)).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let kept =
        safetensors::serialize(tensors.tensors().into_iter().filter(|(name, _)| !is_token_head(name)), None).unwrap();
    let manifest = std::fs::read_to_string(from.join(MANIFEST)).unwrap();
    std::fs::write(to.join(MANIFEST), manifest.replace(&hex_sha256(&bytes), &hex_sha256(&kept))).unwrap();
    std::fs::write(to.join(WEIGHTS), kept).unwrap();
}
