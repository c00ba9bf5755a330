//! A small folder of scores, written by hand, so that every number of a report is known.

use std::path::Path;

/// Three articles of which the second is hostile and the third is empty.
pub fn write(folder: &Path) {
    let put = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    put("sentences.csv", &sentences());
    put(
        "mentions.csv",
        "article_id,sentence_id,start,end,surface,actor_id,role,p_role,resolved_by\n\
         a,0,0,7,Arunika,arunika,agent,0.900000,ner\n\
         a,0,18,24,Benara,benara,target,0.900000,ner\n\
         a,1,26,32,Benara,benara,source,0.800000,ner\n",
    );
    put(
        "articles.csv",
        "article_id,title,date,source,lang,n_sentences,n_scored,n_attributed,stance_mean,stance_low,stance_high,\
         tone_mean,tone_low,tone_high,share_escalation,share_deescalation,share_neutral,duplicate_of,status\n\
         a,Selat ditutup,2031-05-01,Warta,id,2,2,1,0.250000,-6.100000,6.600000,-0.350000,,,0.500000,0.500000,0.000000,,ok\n\
         \"<b>\"\"b\",<script>alert(1)</script>,2031-06-02,\u{202e}terbalik,id,2,1,0,-0.500000,,,0.100000,,,0.000000,1.000000,0.000000,,ok\n\
         c,,kemarin,,,0,0,0,,,,,,,,,,,empty\n",
    );
    put(
        "actors.csv",
        "actor_id,name,type,n_articles,n_sentences,role_group,n,stance_mean,stance_low,stance_high,tone_mean,tone_low,\
         tone_high,share_escalation,share_deescalation,share_neutral\n\
         arunika,Arunika,state,1,1,any,1,0.750000,0.500000,1.000000,-0.500000,-0.600000,-0.400000,1.000000,0.000000,0.000000\n\
         arunika,Arunika,state,1,1,agent,1,0.750000,,,-0.500000,,,1.000000,0.000000,0.000000\n\
         benara,\"Benara <i>, \"\"Raya\"\"\",state,1,2,any,2,0.250000,-6.100000,6.600000,-0.350000,,,0.500000,0.500000,0.000000\n",
    );
    put("actor_articles.csv", "article_id,actor_id\n");
    put(
        "dyads.csv",
        "source_id,target_id,n_articles,n,stance_mean,stance_low,stance_high,tone_mean,tone_low,tone_high\n\
         arunika,benara,1,1,0.750000,,,-0.500000,,\n",
    );
    put(
        "timeline.csv",
        "period,actor_id,role_group,n_articles,n,stance_mean,stance_low,stance_high,tone_mean,tone_low,tone_high\n\
         2031-05,all,any,1,2,0.250000,-6.100000,6.600000,-0.350000,,\n\
         2031-05,arunika,any,1,1,0.750000,0.500000,1.000000,-0.500000,,\n\
         2031-06,all,any,1,1,-0.500000,,,0.100000,,\n",
    );
    put(
        "rejects.jsonl",
        "{\"file\":\"in.jsonl\",\"line\":4,\"byte\":9,\"id\":null,\"reason\":\"invalid JSON <img src=x>\"}\n",
    );
    put("run.json", RUN);
}

/// The articles' texts, with paragraphs.
pub fn write_texts(folder: &Path) {
    let a = format!("{{\"id\":\"a\",\"text\":\"{FIRST}\\n\\n{SECOND}\"}}\n");
    let b = format!("{{\"id\":\"<b>\\\"b\",\"text\":\"{} ====\"}}\n", hostile());
    std::fs::write(folder.join("articles_text.jsonl"), a + &b + "{\"id\":\"c\",\"text\":\"\"}\n").unwrap();
}

const FIRST: &str = "Arunika menyerang Benara.";
const SECOND: &str = "Benara menawarkan jalan damai.";

/// A sentence of a million characters that would run, turn the page around and close its tags, if it could.
fn hostile() -> String {
    let start = "</p></details><script>alert(2)</script><img src=x onerror=alert(3)>\u{202e}\u{2066}'";
    let long = 1_000_000 - start.chars().count();
    start.to_owned() + &"x".repeat(long)
}

fn sentences() -> String {
    let hostile = hostile();
    format!(
        "article_id,sentence_id,start,end,kind,lang,voice,source_actor,stance,stance_score,p_escalation,p_deescalation,\
         p_neutral,tone,tone_score,p_positive,p_negative,p_tone_neutral,n_tokens,n_windows,status,text\n\
         a,0,0,25,headline,id,author,,escalation,0.750000,0.800000,0.050000,0.150000,negative,-0.500000,0.100000,\
         0.600000,0.300000,6,1,ok,{FIRST}\n\
         a,1,27,57,sentence,id,source,benara,deescalation,-0.250000,0.250000,0.500000,0.250000,neutral,-0.200000,\
         0.100000,0.300000,0.600000,7,1,ok,{SECOND}\n\
         \"<b>\"\"b\",0,0,1000000,sentence,id,author,,deescalation,-0.500000,0.100000,0.600000,0.300000,neutral,\
         0.100000,0.300000,0.200000,0.500000,9,3,ok,{hostile}\n\
         \"<b>\"\"b\",1,1000001,1000005,furniture,,,,,,,,,,,,,,,,furniture,====\n"
    )
}

const RUN: &str = r#"{"program": "nuansa", "version": "0.1.0", "started": "2031-06-03T08:14:30Z",
  "finished": "2031-06-03T08:15:00Z", "command": ["nuansa", "score", "in.jsonl"],
  "settings": {"inputs": ["in.jsonl"], "actors": "own.toml", "dedup": false, "period": "month"},
  "sha256": {"weights": {"model.safetensors": "00ff"}, "tokenizer": "11ee", "labels": null, "actors": "22dd"},
  "kernel": "int8, scalar", "device": "cpu", "threads": 1,
  "rows": {"records_read": 4, "articles": 3, "empty": 1, "no_scored": 0, "duplicates": 0, "dated": 2, "bad_dates": 1,
    "rejects": 1, "sentences": 4, "scored": 3, "furniture": 1, "no_words": 0, "low_confidence": 0, "mentions": 3},
  "languages_outside_training": {}, "ignored_files": [], "timings": {"total_s": 1.0}}
"#;
