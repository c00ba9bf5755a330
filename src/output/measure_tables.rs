//! The tables of measures: actors, pairs of actors, periods.

use super::column::{Domain, Table, Type};
use super::shared_columns::{
    ACTOR_ID, ARTICLE_ID, N, N_ARTICLES, N_SENTENCES, NAME, ROLE_GROUP, SHARE_DEESCALATION, SHARE_ESCALATION,
    SHARE_NEUTRAL, STANCE_HIGH, STANCE_LOW, STANCE_MEAN, TONE_HIGH, TONE_LOW, TONE_MEAN, TYPE, required,
};
use Type::{Integer, String as Text};

/// One row per actor and role group over the whole input.
pub const ACTORS: Table = Table {
    name: "actors",
    description: "One row per actor and role group over the whole input: scores of the sentences in which the actor \
                  stands in that role, not attitudes towards the actor",
    columns: &[
        ACTOR_ID,
        NAME,
        TYPE,
        N_ARTICLES,
        N_SENTENCES,
        ROLE_GROUP,
        N,
        STANCE_MEAN,
        STANCE_LOW,
        STANCE_HIGH,
        TONE_MEAN,
        TONE_LOW,
        TONE_HIGH,
        SHARE_ESCALATION,
        SHARE_DEESCALATION,
        SHARE_NEUTRAL,
    ],
    primary_key: &["actor_id", "role_group"],
    foreign_keys: &[],
};

/// One row per article, actor and role group.
pub const ACTOR_ARTICLES: Table = Table {
    name: "actor_articles",
    description: "One row per article, actor and role group: actors.csv within each article",
    columns: &[
        ARTICLE_ID,
        ACTOR_ID,
        NAME,
        TYPE,
        N_ARTICLES,
        N_SENTENCES,
        ROLE_GROUP,
        N,
        STANCE_MEAN,
        STANCE_LOW,
        STANCE_HIGH,
        TONE_MEAN,
        TONE_LOW,
        TONE_HIGH,
        SHARE_ESCALATION,
        SHARE_DEESCALATION,
        SHARE_NEUTRAL,
    ],
    primary_key: &["article_id", "actor_id", "role_group"],
    foreign_keys: &[(&["article_id"], "articles", &["article_id"])],
};

/// One row per pair of actors.
pub const DYADS: Table = Table {
    name: "dyads",
    description: "One row per pair of actors over the whole input: scores of the sentences in which an agent, or where \
                  there is none a source, stands against a target",
    columns: &[
        required("source_id", Text, Domain::Any, "Who acts or speaks: the actor's id, as actor_id"),
        required("target_id", Text, Domain::Any, "To whom: the actor's id, likewise"),
        required(
            "n_articles",
            Integer,
            Domain::Count,
            "Articles in which the one stands against the other, with or without a scored sentence",
        ),
        required(
            "n",
            Integer,
            Domain::Count,
            "Sentences in which the one stands against the other and whose status is ok: the n of the means",
        ),
        STANCE_MEAN,
        STANCE_LOW,
        STANCE_HIGH,
        TONE_MEAN,
        TONE_LOW,
        TONE_HIGH,
    ],
    primary_key: &["source_id", "target_id"],
    foreign_keys: &[],
};

/// One row per period, actor and role group.
pub const TIMELINE: Table = Table {
    name: "timeline",
    description: "One row per period, actor and role group, over the articles whose date is an ISO 8601 one; the file is \
                  there only where some are",
    columns: &[
        required("period", Text, Domain::Any, "Day, week or month in ISO 8601: 2031-05-01, 2031-W18, 2031-05"),
        required("actor_id", Text, Domain::Any, "The actor's id; all for every sentence of the period"),
        ROLE_GROUP,
        required(
            "n_articles",
            Integer,
            Domain::Count,
            "Articles of the period that mention the actor in any role, for all every one, with or without a scored \
             sentence",
        ),
        required(
            "n",
            Integer,
            Domain::Count,
            "Sentences of the period in which the actor has that role, for all every one, whose status is ok: the n \
             of the means",
        ),
        STANCE_MEAN,
        STANCE_LOW,
        STANCE_HIGH,
        TONE_MEAN,
        TONE_LOW,
        TONE_HIGH,
    ],
    primary_key: &["period", "actor_id", "role_group"],
    foreign_keys: &[],
};
