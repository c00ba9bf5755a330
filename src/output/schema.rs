//! `Table` and `Column`: every column of every CSV file, with its type, meaning and constraints.
//!
//! Names, order and meaning are a public interface. The writers' headers, `datapackage.json` and the README's tables
//! are made from this table or checked against it.

pub use super::column::{Column, Domain, Table, Type};
pub use super::measure_tables::{ACTOR_ARTICLES, ACTORS, DYADS, TIMELINE};

use super::shared_columns::{
    ARTICLE_ID, END, SENTENCE_ID, SHARE_DEESCALATION, SHARE_ESCALATION, SHARE_NEUTRAL, STANCE_HIGH, STANCE_LOW,
    STANCE_MEAN, START, TONE_HIGH, TONE_LOW, TONE_MEAN, optional, required,
};
use Type::{Integer, Number, String as Text};

/// One row per sentence, headline or piece of page furniture.
pub const SENTENCES: Table = Table {
    name: "sentences",
    description: "One row per sentence, headline or piece of page furniture",
    columns: &[
        ARTICLE_ID,
        SENTENCE_ID,
        START,
        END,
        required("kind", Text, Domain::Kinds, "What the span is; headlines count in means, furniture never"),
        optional("lang", Text, Domain::Any, "Language of the span (ISO 639-1); empty where nothing tells"),
        optional(
            "voice",
            Text,
            Domain::Voices,
            "Whose words they are, the author's or a source's; empty where nothing tells",
        ),
        optional(
            "source_actor",
            Text,
            Domain::Any,
            "The actor whose words they are, ambiguous where two fit; empty where unknown",
        ),
        optional("stance", Text, Domain::Stances, "Which way the sentence moves the conflict, the most probable label"),
        optional("stance_score", Number, Domain::Score, "p_escalation - p_deescalation"),
        optional("p_escalation", Number, Domain::Share, "Probability of stance escalation"),
        optional("p_deescalation", Number, Domain::Share, "Probability of stance deescalation"),
        optional("p_neutral", Number, Domain::Share, "Probability of stance neutral"),
        optional("tone", Text, Domain::Tones, "The nuance of the wording, the most probable label"),
        optional("tone_score", Number, Domain::Score, "p_positive - p_negative"),
        optional("p_positive", Number, Domain::Share, "Probability of tone positive"),
        optional("p_negative", Number, Domain::Share, "Probability of tone negative"),
        optional("p_tone_neutral", Number, Domain::Share, "Probability of tone neutral"),
        optional("n_tokens", Integer, Domain::Count, "Tokens of the sentence; empty where it was not scored"),
        optional(
            "n_windows",
            Integer,
            Domain::Count,
            "Windows it was read in, more than 1 where it is longer than 510 tokens; empty where it was not scored",
        ),
        required(
            "status",
            Text,
            Domain::SentenceStatuses,
            "ok, or why it is left out of means; low_confidence where the probability of the stance or of the tone \
             label is below --min-confidence",
        ),
        required("text", Text, Domain::Any, "The span with each run of white space made one space"),
    ],
    primary_key: &["article_id", "sentence_id"],
    foreign_keys: &[(&["article_id"], "articles", &["article_id"])],
};

/// One row per actor mention.
pub const MENTIONS: Table = Table {
    name: "mentions",
    description: "One row per mention of an actor",
    columns: &[
        ARTICLE_ID,
        SENTENCE_ID,
        START,
        END,
        optional(
            "surface",
            Text,
            Domain::Any,
            "The words of the mention with each run of white space made one space; empty, with start = end, where a \
             quotation goes on whose source stands in an earlier sentence",
        ),
        required(
            "actor_id",
            Text,
            Domain::Any,
            "The actor's id: that of the actor list, else person: or org: with the name; ambiguous where two actors fit, \
             and then it counts for neither",
        ),
        required("role", Text, Domain::Roles, "What the actor does in the sentence"),
        optional("p_role", Number, Domain::Share, "Probability of the role; empty where no model gave it"),
        required("resolved_by", Text, Domain::Resolutions, "How the mention was tied to the actor"),
    ],
    primary_key: &[],
    foreign_keys: &[(&["article_id", "sentence_id"], "sentences", &["article_id", "sentence_id"])],
};

/// One row per input article.
pub const ARTICLES: Table = Table {
    name: "articles",
    description: "One row per input article, also where nothing in it could be scored",
    columns: &[
        ARTICLE_ID,
        optional(
            "title",
            Text,
            Domain::Any,
            "The record's title, for a text file its headline, white space as in text",
        ),
        optional(
            "date",
            Text,
            Domain::Any,
            "The record's date, in ISO 8601 where it can be read for certain, else as it stands there",
        ),
        optional("source", Text, Domain::Any, "The record's source as it stands there"),
        optional("lang", Text, Domain::Any, "Language of the article (ISO 639-1); empty where nothing tells"),
        required("n_sentences", Integer, Domain::Count, "Rows the article has in sentences.csv"),
        required("n_scored", Integer, Domain::Count, "Those with status ok: the n of the means"),
        required(
            "n_attributed",
            Integer,
            Domain::Count,
            "Those whose source_actor is known, neither empty nor ambiguous",
        ),
        STANCE_MEAN,
        STANCE_LOW,
        STANCE_HIGH,
        TONE_MEAN,
        TONE_LOW,
        TONE_HIGH,
        SHARE_ESCALATION,
        SHARE_DEESCALATION,
        SHARE_NEUTRAL,
        optional(
            "duplicate_of",
            Text,
            Domain::Any,
            "The first article before this one whose 5-word shingles overlap by a Jaccard index of at least 0.8",
        ),
        required(
            "status",
            Text,
            Domain::ArticleStatuses,
            "ok; empty where there is no text; no_scored where no sentence has status ok",
        ),
    ],
    primary_key: &["article_id"],
    foreign_keys: &[],
};

/// Every table, in the order in which they are described.
pub const TABLES: [Table; 7] = [SENTENCES, MENTIONS, ACTORS, ACTOR_ARTICLES, DYADS, ARTICLES, TIMELINE];

#[cfg(test)]
mod tests {
    use super::*;

    fn header(table: &Table) -> String {
        table.header().collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn columns_are_the_published_ones() {
        const MEASURE: &str = "stance_mean, stance_low, stance_high, tone_mean, tone_low, tone_high, share_escalation, \
                               share_deescalation, share_neutral";
        let actor = format!("actor_id, name, type, n_articles, n_sentences, role_group, n, {MEASURE}");
        assert_eq!(
            header(&SENTENCES),
            "article_id, sentence_id, start, end, kind, lang, voice, source_actor, stance, stance_score, p_escalation, \
             p_deescalation, p_neutral, tone, tone_score, p_positive, p_negative, p_tone_neutral, n_tokens, n_windows, \
             status, text"
        );
        assert_eq!(
            header(&MENTIONS),
            "article_id, sentence_id, start, end, surface, actor_id, role, p_role, resolved_by"
        );
        assert_eq!(header(&ACTORS), actor);
        assert_eq!(header(&ACTOR_ARTICLES), format!("article_id, {actor}"));
        let measure = MEASURE.split(", share").next().unwrap_or_default();
        assert_eq!(header(&DYADS), format!("source_id, target_id, n_articles, n, {measure}"));
        assert_eq!(header(&TIMELINE), format!("period, actor_id, role_group, n_articles, n, {measure}"));
        assert_eq!(
            header(&ARTICLES),
            format!(
                "article_id, title, date, source, lang, n_sentences, n_scored, n_attributed, {MEASURE}, duplicate_of, \
                 status"
            )
        );
    }

    #[test]
    fn keys_name_columns_that_exist() {
        for table in TABLES {
            let has = |t: &Table, names: &[&str]| names.iter().all(|n| t.header().any(|h| h == *n));
            assert!(has(&table, table.primary_key), "{}", table.name);
            for (columns, other, theirs) in table.foreign_keys {
                let other = TABLES.into_iter().find(|t| t.name == *other).unwrap();
                assert!(has(&table, columns) && has(&other, theirs), "{}", table.name);
            }
        }
    }

    #[test]
    fn descriptions_are_clauses() {
        for table in TABLES {
            for column in table.columns {
                assert!(!column.description.is_empty() && !column.description.ends_with('.'), "{}", column.name);
            }
            assert_eq!(table.markdown().lines().count(), 2 + table.columns.len());
        }
    }
}
