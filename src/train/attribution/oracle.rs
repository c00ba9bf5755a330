//! Labelled mentions in the place of the token head's spans, so that the rules are measured apart from it.

use super::gold::{Article, Mention};
use super::identity::{Identities, form_of};
use crate::actors::cast::Form;
use crate::actors::{Matcher, Tagged};
use crate::aggregate::Role;

/// The labelled mentions of each sentence as spans of actors in their labelled roles. What kind of thing a name names is not
/// labelled: it is told from the words of the name's fullest form in the article, an organisation by words such as "Bank", a
/// person by two words or more.
pub fn tagged(article: &Article, matcher: &Matcher) -> Vec<Vec<Tagged>> {
    let identities = Identities::of(article, matcher);
    let tag = |text: &str, lang, m: &Mention| {
        let is_name = form_of(text, m.bytes.clone(), lang) == Form::Name;
        let name = match m.actors.as_slice() {
            [] => Some(&text[m.bytes.clone()]),
            [one] => Some(one.as_str()),
            _ => None,
        };
        Tagged {
            bytes: m.bytes.clone(),
            entity: name.filter(|_| is_name).and_then(|name| identities.entity(name)),
            is_actor: true,
            p_actor: 1.0,
            roles: [Role::Source, Role::Agent, Role::Target, Role::Mention].map(|r| f64::from(u8::from(r == m.role))),
        }
    };
    article.rows.iter().map(|row| row.mentions.iter().map(|m| tag(&row.text, row.lang, m)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::{ActorList, Entity};
    use crate::text::Lang;
    use crate::train::attribution::gold::tests::article;

    #[test]
    fn spans_and_roles_are_the_labelled_ones_and_kinds_are_told_from_names() {
        let matcher = Matcher::new(&ActorList::builtin().unwrap()).unwrap();
        let sentences =
            ["[Lohan|agent|Tavira Lohan] menolak [dia|target|Tavira Lohan] dan [Bank Odo].", "[Karbela] diam."];
        let tags = tagged(&article("a", Lang::ID, &sentences), &matcher);
        let [lohan, dia, bank] = tags[0].as_slice() else { panic!("{tags:?}") };
        assert_eq!((lohan.bytes.clone(), dia.bytes.clone()), (0..5, 14..17));
        assert_eq!((lohan.roles, dia.roles), ([0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]));
        let kinds = [lohan, dia, bank, &tags[1][0]].map(|t| t.entity);
        assert_eq!(kinds, [Some(Entity::Person), None, Some(Entity::Organisation), None]);
        assert!(tags.iter().flatten().all(|t| t.is_actor));
    }
}
