//! `Summary`: what a person reads when a run is over.

use crate::actors::ActorList;
use crate::aggregate::RoleGroup;
use crate::cli::locale::Language;
use crate::model::labels::{Label, Stance, Tone};
use crate::output::{ActorRow, RowCounts, SentenceRow, SentenceStatus};
use std::fmt::Write as _;

/// Actors named in the summary.
const TOP: usize = 5;

/// Counts of labels over the scored sentences.
#[derive(Debug, Default)]
pub struct Summary {
    stance: [u64; 3],
    tone: [u64; 3],
}

impl Summary {
    /// Adds the sentences of an article.
    pub fn add(&mut self, rows: &[SentenceRow]) {
        for row in rows.iter().filter(|r| r.status == SentenceStatus::Ok) {
            if let Some(label) = row.stance.and_then(Stance::parse) {
                self.stance[label.index()] += 1;
            }
            if let Some(label) = row.tone.and_then(Tone::parse) {
                self.tone[label.index()] += 1;
            }
        }
    }

    /// The summary as lines of text.
    ///
    /// `dedup`: near duplicates were not added.
    pub fn render(
        &self,
        rows: &RowCounts,
        dedup: bool,
        actors: &[ActorRow],
        list: &ActorList,
        language: Language,
    ) -> String {
        let say = |id, en| language.pick(id, en);
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{} {}, {} {} ({} {})",
            rows.articles,
            say("artikel", plural(rows.articles, "article", "articles")),
            rows.sentences,
            say("kalimat", plural(rows.sentences, "sentence", "sentences")),
            rows.scored,
            say("dinilai", "scored"),
        );
        if rows.rejects > 0 {
            let _ = writeln!(
                out,
                "{} {}",
                rows.rejects,
                say(
                    "rekaman tidak terbaca: lihat rejects.jsonl",
                    plural(
                        rows.rejects,
                        "record could not be read: see rejects.jsonl",
                        "records could not be read: see rejects.jsonl",
                    ),
                ),
            );
        }
        let left_out = rows.duplicates * u64::from(dedup);
        if left_out > 0 {
            let _ = writeln!(
                out,
                "{left_out} {}",
                say(
                    "artikel hampir mengulang artikel lain dan tidak dihitung di bawah ini",
                    plural(
                        left_out,
                        "article nearly repeats another and is not counted below",
                        "articles nearly repeat another and are not counted below",
                    ),
                ),
            );
        }
        if self.stance.iter().sum::<u64>() > 0 {
            let stance = [say("eskalasi", "escalation"), say("deeskalasi", "de-escalation"), say("netral", "neutral")];
            let tone =
                [say("nuansa positif", "positive"), say("nuansa negatif", "negative"), say("nuansa netral", "neutral")];
            let _ = writeln!(out, "{}: {}", say("sikap", "stance"), shares(&self.stance, &stance, language));
            let _ = writeln!(out, "{}: {}", say("nada", "tone"), shares(&self.tone, &tone, language));
        }
        let mut top: Vec<&ActorRow> =
            actors.iter().filter(|a| a.role_group == RoleGroup::Any.name() && a.n > 0).collect();
        top.sort_by_key(|a| std::cmp::Reverse(a.n));
        if !top.is_empty() {
            let named = top.iter().take(TOP).map(|a| {
                let mean = a.stance_mean.map(|m| decimal(&format!("{:+.2}", m.value()), language));
                let score = mean.map(|m| format!(", {} {m}", say("sikap", "stance"))).unwrap_or_default();
                format!("{} ({}{score})", name_in(&a.actor_id, &a.name, list, language), a.n)
            });
            let named = named.collect::<Vec<_>>().join(", ");
            let _ = writeln!(out, "{}: {named}", say("aktor teratas", "top actors"));
        }
        out
    }
}

/// An actor's name in `language`, where the list has one, else `name`.
pub fn name_in<'a>(id: &str, name: &'a str, list: &'a ActorList, language: Language) -> &'a str {
    use crate::actors::Via;
    use crate::text::Lang;
    let wanted = if language == Language::Id { Lang::ID } else { Lang::EN };
    let actor = list.index_of(id).and_then(|i| list.actors().get(i));
    let names = actor.map_or(&[][..], |a| a.names.as_slice());
    match language {
        Language::En => name,
        Language::Id => names
            .iter()
            .find(|n| n.via == Via::Name && n.lang == Some(wanted))
            .and_then(|n| n.forms.first())
            .map_or(name, |f| f),
    }
}

fn plural(n: u64, one: &'static str, many: &'static str) -> &'static str {
    if n == 1 { one } else { many }
}

fn shares(counts: &[u64; 3], names: &[&str; 3], language: Language) -> String {
    let total: u64 = counts.iter().sum();
    let cells = counts.iter().zip(names).map(|(n, name)| {
        let percent = decimal(&format!("{:.1}", 100.0 * *n as f64 / total.max(1) as f64), language);
        format!("{name} {percent} %")
    });
    cells.collect::<Vec<_>>().join(", ")
}

/// A number with the decimal mark of the language.
pub fn decimal(number: &str, language: Language) -> String {
    if language == Language::Id { number.replace('.', ",") } else { number.to_string() }
}
