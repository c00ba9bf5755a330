"""The columns of the output contract, typed in here a second time on purpose: the program is checked against it."""

from __future__ import annotations

MEASURES = ["n", "stance_mean", "stance_low", "stance_high", "tone_mean", "tone_low", "tone_high"]
SHARES = ["share_escalation", "share_deescalation", "share_neutral"]
ACTOR = ["actor_id", "name", "type", "n_articles", "n_sentences", "role_group", *MEASURES, *SHARES]

SENTENCES = [
    *["article_id", "sentence_id", "start", "end", "kind", "lang", "voice", "source_actor"],
    *["stance", "stance_score", "p_escalation", "p_deescalation", "p_neutral"],
    *["tone", "tone_score", "p_positive", "p_negative", "p_tone_neutral"],
    *["n_tokens", "n_windows", "status", "text"],
]
MENTIONS = ["article_id", "sentence_id", "start", "end", "surface", "actor_id", "role", "p_role", "resolved_by"]
ARTICLES = [
    *["article_id", "title", "date", "source", "lang", "n_sentences", "n_scored", "n_attributed"],
    *MEASURES[1:],
    *SHARES,
    *["duplicate_of", "status"],
]

#: File -> columns in order.
COLUMNS: dict[str, list[str]] = {
    "sentences.csv": SENTENCES,
    "mentions.csv": MENTIONS,
    "actors.csv": ACTOR,
    "actor_articles.csv": ["article_id", *ACTOR],
    "articles.csv": ARTICLES,
    "dyads.csv": ["source_id", "target_id", "n_articles", *MEASURES],
    "timeline.csv": ["period", "actor_id", "role_group", "n_articles", *MEASURES],
}
#: Files that every run writes; the others are checked where they are.
ALWAYS = ["sentences.csv", "mentions.csv", "actors.csv", "actor_articles.csv", "dyads.csv", "articles.csv"]

#: Heads: label column -> (score column, {label: probability column} in the order that breaks ties).
HEADS: dict[str, tuple[str, dict[str, str]]] = {
    "stance": (
        "stance_score",
        {"escalation": "p_escalation", "deescalation": "p_deescalation", "neutral": "p_neutral"},
    ),
    "tone": (
        "tone_score",
        {"positive": "p_positive", "negative": "p_negative", "neutral": "p_tone_neutral"},
    ),
}
SCORE_CELLS = [cell for label, (score, chances) in HEADS.items() for cell in (label, score, *chances.values())]

#: Closed sets of values, by column.
VALUES: dict[str, set[str]] = {
    "kind": {"headline", "sentence", "furniture"},
    "voice": {"author", "source"},
    "stance": {"escalation", "deescalation", "neutral"},
    "tone": {"positive", "negative", "neutral"},
    "role": {"source", "agent", "target", "mention"},
    "resolved_by": {"list", "ner", "name_part", "office", "pronoun", "quote"},
    "role_group": {"any", "source", "agent", "target"},
}
STATUS: dict[str, set[str]] = {
    "sentences.csv": {"ok", "furniture", "no_words", "low_confidence"},
    "articles.csv": {"ok", "empty", "no_scored"},
}
