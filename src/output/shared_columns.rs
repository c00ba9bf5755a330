//! The columns that several tables have.

use super::column::{Column, Domain, Type};
use Type::{Integer, Number, String as Text};

pub(super) const fn required(name: &'static str, kind: Type, domain: Domain, description: &'static str) -> Column {
    Column { name, kind, domain, required: true, description }
}

pub(super) const fn optional(name: &'static str, kind: Type, domain: Domain, description: &'static str) -> Column {
    Column { name, kind, domain, required: false, description }
}

pub(super) const ARTICLE_ID: Column = required(
    "article_id",
    Text,
    Domain::Any,
    "The record's id; for a file its path relative to the input folder; for a record without id FILE#N; \
     with its file before it where another input has the same id",
);
pub(super) const SENTENCE_ID: Column = required("sentence_id", Integer, Domain::Count, "Place in the article, from 0");
pub(super) const START: Column = required(
    "start",
    Integer,
    Domain::Count,
    "First character in the article text, counted in Unicode code points from 0",
);
pub(super) const END: Column =
    required("end", Integer, Domain::Count, "The character after the last, counted likewise");
pub(super) const STANCE_MEAN: Column =
    optional("stance_mean", Number, Domain::Score, "Mean of stance_score over the n sentences");
pub(super) const STANCE_LOW: Column = optional(
    "stance_low",
    Number,
    Domain::Any,
    "Mean - t * SE at 95 %, articles as clusters (sentences where there is one article); \
     empty where clusters are fewer than 2; not clipped",
);
pub(super) const STANCE_HIGH: Column = optional("stance_high", Number, Domain::Any, "Mean + t * SE, likewise");
pub(super) const TONE_MEAN: Column =
    optional("tone_mean", Number, Domain::Score, "Mean of tone_score over the n sentences");
pub(super) const TONE_LOW: Column = optional("tone_low", Number, Domain::Any, "Mean - t * SE at 95 %, as stance_low");
pub(super) const TONE_HIGH: Column = optional("tone_high", Number, Domain::Any, "Mean + t * SE, likewise");
pub(super) const SHARE_ESCALATION: Column =
    optional("share_escalation", Number, Domain::Share, "Share of the n sentences with stance escalation");
pub(super) const SHARE_DEESCALATION: Column =
    optional("share_deescalation", Number, Domain::Share, "Share of the n sentences with stance deescalation");
pub(super) const SHARE_NEUTRAL: Column =
    optional("share_neutral", Number, Domain::Share, "Share of the n sentences with stance neutral");

pub(super) const ACTOR_ID: Column = required(
    "actor_id",
    Text,
    Domain::Any,
    "The actor's id: that of the actor list, else person: or org: with the name",
);
pub(super) const NAME: Column =
    required("name", Text, Domain::Any, "The actor's name: that of the actor list, else as the articles have it");
pub(super) const TYPE: Column = required("type", Text, Domain::Any, "The actor's type in the actor list");
pub(super) const N_ARTICLES: Column = required(
    "n_articles",
    Integer,
    Domain::Count,
    "Articles that mention the actor in any role, with or without a scored sentence",
);
pub(super) const N_SENTENCES: Column = required(
    "n_sentences",
    Integer,
    Domain::Count,
    "Sentences that mention the actor in any role, those left out of means among them",
);
pub(super) const ROLE_GROUP: Column = required("role_group", Text, Domain::RoleGroups, "The role the row is about");
pub(super) const N: Column = required(
    "n",
    Integer,
    Domain::Count,
    "Sentences in which the actor has that role and whose status is ok: the n of the means",
);
