//! A report as Markdown tables, one a section.

use super::report::Report;
use crate::train::eval_table::{measure, percent, table};

/// The tables of a report and what their words mean.
pub fn tables(report: &Report) -> String {
    let mut parts = Vec::new();
    for (k, section) in report.slices.first().map_or(&[][..], |s| &s.scores).iter().enumerate() {
        let mut header = vec!["by".to_owned(), "slice".to_owned()];
        header.extend(section.counts.iter().map(|c| c.name.to_owned()));
        header.extend(section.measures.iter().map(|m| m.name.to_owned()));
        let lines: Vec<Vec<String>> = report
            .slices
            .iter()
            .filter_map(|slice| {
                let scores = slice.scores.get(k)?;
                let mut line = vec![slice.by.to_owned(), slice.name.clone()];
                line.extend(scores.counts.iter().map(|c| c.n.to_string()));
                line.extend(scores.measures.iter().map(|m| measure(m.measure)));
                Some(line)
            })
            .collect();
        parts.push(format!("## {}\n\n{}", section.section, table(&header, &lines, 2)));
    }
    let b = report.bootstrap;
    parts.push(format!(
        "A predicted mention is one that is tied to an actor, or to several of which none can be told. Spans are paired by \
         the bytes they share, each once. A mention is right if it is tied to exactly the labelled actors, a source if it \
         is one of them; the rest is no actor, or ambiguous. In brackets: {} % percentile intervals of {} bootstrap \
         resamples (seed {}), articles drawn whole. `–`: undefined.\n",
        percent(b.level),
        b.resamples,
        b.seed
    ));
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;
    use crate::train::attribution::count::Count;
    use crate::train::attribution::tally::Tally;
    use crate::train::bootstrap::Bootstrap;

    #[test]
    fn a_section_has_a_line_per_slice_and_dashes_for_what_is_undefined() {
        let (mut one, mut two) = (Tally::default(), Tally::default());
        one.add(Count::Voiced, true);
        one.add(Count::VoiceRight, true);
        two.add(Count::Gold, true);
        let report = Report::of(&[(Some(Lang::ID), one), (Some(Lang::EN), two)], Bootstrap::default());
        let text = tables(&report);
        assert!(
            text.starts_with("## Mentions, exact spans\n\n| by       | slice  | labelled | predicted | precision |"),
            "{text}"
        );
        assert!(
            text.contains("## Voice\n\n") && text.contains("| group    | id     |         1 |    1.000 |"),
            "{text}"
        );
        assert!(text.contains("| language | en     |         0 |        – |"), "{text}");
        assert!(text.contains("95 % percentile intervals of 1000"), "{text}");
    }
}
