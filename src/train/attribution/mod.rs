//! How well attribution agrees with labelled articles: who is named, in what role, whom that means, and whose words a
//! sentence gives.
//!
//! [`read()`] gives the labelled [`Article`]s. Each is attributed as a whole, by the rules and what a token head found or,
//! with [`oracle`], what is labelled; a [`Tally`] counts what agrees, with [`identity`] for the rules by which a name and
//! a member of the cast are the same; a [`Report`] turns the counts of all articles into measures with intervals, and
//! [`tables`] shows them. [`Swap`] holds pairs of sentences with agent and target exchanged.

pub mod count;
pub mod gold;
pub mod identity;
pub mod oracle;
mod pairs;
mod read;
pub mod report;
mod swap;
mod table;
pub mod tally;

pub use gold::Article;
pub use pairs::pairs;
pub use read::read;
pub use report::Report;
pub use swap::{Read, Swap};
pub use table::tables;
pub use tally::Tally;

use crate::actors::{Attributor, Matcher, Tagged};
use identity::Identities;

/// What the attribution of an article gets right, given what was found in each of its sentences.
pub fn tally(article: &Article, attributor: &Attributor<'_>, matcher: &Matcher, tagged: &[Vec<Tagged>]) -> Tally {
    let (text, document) = article.document();
    let attribution = attributor.attribute(&text, &document, tagged);
    let mut tally = Tally::default();
    tally.attribution(article, &Identities::of(article, matcher), &attribution);
    tally
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::ActorList;
    use crate::actors::speech::Lexicon;
    use crate::text::Lang;
    use count::{Count, Manner, Words};
    use gold::{Said, tests::article};

    #[test]
    fn labelled_mentions_make_a_plain_article_right_in_every_count() {
        let mut gold = article(
            "a",
            Lang::ID,
            &[
                "# [Lohan|source|Tavira Lohan] Tolak Tuduhan",
                "Ketua serikat, [Tavira Lohan|source], mengatakan tuduhan itu tidak benar.",
                "“Kami tidak pernah menerima uang itu,” kata [dia|source|Tavira Lohan].",
                "Hujan turun sejak pagi.",
            ],
        );
        let names = || Some(vec!["Tavira Lohan".to_owned()]);
        gold.rows[1].said = Some(Said::Source { names: names(), direct: false });
        gold.rows[2].said = Some(Said::Source { names: names(), direct: true });
        gold.rows[3].said = Some(Said::Author);
        let list = ActorList::builtin().unwrap();
        let matcher = Matcher::new(&list).unwrap();
        let attributor = Attributor::new(&list, &matcher, Lexicon::builtin().unwrap());
        let tags = oracle::tagged(&gold, &matcher);
        let told = tally(&gold, &attributor, &matcher, &tags);
        let got = |counts: &[Count]| counts.iter().map(|c| told.get(*c)).collect::<Vec<_>>();
        assert_eq!(got(&[Count::Gold, Count::Predicted, Count::Exact, Count::SameRole]), [3, 3, 3, 3]);
        assert_eq!(got(&[Count::Right(Words::Name), Count::Right(Words::Pronoun)]), [2, 1]);
        assert_eq!(got(&[Count::SourceRight(Manner::Direct), Count::SourceRight(Manner::Indirect)]), [1, 1]);
        assert_eq!(got(&[Count::Voiced, Count::VoiceRight, Count::AuthorsGiven]), [3, 3, 0]);
        // Without a token head the list's names are all there is, and this article has none.
        assert_eq!(tally(&gold, &attributor, &matcher, &[]).get(Count::Predicted), 0);
    }
}
