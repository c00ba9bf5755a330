//! Pass rates as Markdown tables whose columns also line up in a terminal.

use super::{Duel, Pair, Report, Tally};
use crate::train::eval_table::{DASH, number, table};

const ALL: &str = "all";

/// All of a report: a line for each phenomenon in each language, the sums, the mean and the worst.
pub fn report(report: &Report) -> String {
    let header = [
        "phenomenon",
        "language",
        "sets",
        "passed",
        "rate",
        "sentences",
        "right",
        "tone sets",
        "tone passed",
        "tone rate",
    ];
    let mut lines = Vec::new();
    for sum in &report.phenomena {
        let own: Vec<&Tally> = report.cells.iter().filter(|c| c.phenomenon == sum.phenomenon).collect();
        lines.extend(own.iter().map(|t| line(t)));
        lines.extend((own.len() > 1).then(|| line(sum)));
    }
    lines.extend(report.langs.iter().map(line));
    lines.extend((report.langs.len() > 1).then(|| line(&report.total)));
    format!(
        "# {}\n\n{}\nMean rate over phenomena: {:.3}. Lowest: {:.3}, {}.\n",
        report.name,
        table(&header.map(String::from), &lines, 2),
        report.mean,
        report.worst_rate,
        report.worst
    )
}

/// What the words of [`report`] mean.
pub fn note() -> &'static str {
    "A set passes if all its sentences get their gold stance. In brackets: 95 % intervals (Wilson). The mean gives every \
     phenomenon equal weight, over all languages. `tone sets`: sets in which a sentence has a gold tone; such a set passes \
     if all those sentences get it.\n"
}

/// Two systems, a line for each phenomenon.
pub fn pair(pair: &Pair) -> String {
    let (a, b) = (&pair.a, &pair.b);
    let header = [
        "phenomenon".into(),
        "sets".into(),
        a.clone(),
        b.clone(),
        format!("only {a}"),
        format!("only {b}"),
        "p".into(),
    ];
    let line = |d: &Duel| {
        let name = d.phenomenon.clone().unwrap_or_else(|| ALL.into());
        let counts = [d.sets, d.a, d.b, d.only_a, d.only_b].map(|n| n.to_string());
        std::iter::once(name).chain(counts).chain([format!("{:.4}", d.p)]).collect()
    };
    let lines: Vec<Vec<String>> = pair.phenomena.iter().chain([&pair.total]).map(line).collect();
    format!(
        "# {a} against {b}\n\n{}\nSets passed. `p`: McNemar's exact test, two-sided, not corrected for the number of \
         phenomena.\n",
        table(&header, &lines, 1)
    )
}

fn line(t: &Tally) -> Vec<String> {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| ALL.into());
    let rate = match (t.rate, t.low, t.high) {
        (Some(rate), Some(low), Some(high)) => format!("{rate:.3} [{low:.3}, {high:.3}]"),
        _ => DASH.to_owned(),
    };
    let mut line = vec![name(&t.phenomenon), name(&t.lang), t.sets.to_string(), t.passed.to_string(), rate];
    line.extend([t.sentences, t.right, t.tone_sets, t.tone_passed].map(|n| n.to_string()));
    line.push(number(t.tone_rate));
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::report::tests::{said, set};
    use crate::model::labels::{Stance, Tone};

    #[test]
    fn a_line_for_each_phenomenon_and_language_and_one_for_their_sum() {
        let gold = [(Stance::Neutral, None), (Stance::Escalation, Some(Tone::Negative))];
        let sets = [set("a", "id", "x|y", &gold), set("b", "en", "x|y", &gold), set("c", "en", "z", &gold)];
        let said = [said(Stance::Neutral, Tone::Neutral), said(Stance::Escalation, Tone::Negative)];
        let said: Vec<_> = said.into_iter().cycle().take(6).collect();
        let text = report(&Report::of("tiny", &sets, &said).unwrap());
        let starts: Vec<String> = text.lines().skip(4).map(|l| l.chars().take(24).collect()).collect();
        for (line, want) in starts.iter().zip([
            "| x\\|y       | en       ",
            "| x\\|y       | id",
            "| x\\|y       | all",
            "| z          | en",
        ]) {
            assert!(line.starts_with(want), "{text}");
        }
        assert!(text.contains("| all        | all      |    3 |      3 | 1.000 [0.439, 1.000] |"), "{text}");
        assert!(text.ends_with("Mean rate over phenomena: 1.000. Lowest: 1.000, x|y.\n"), "{text}");
        let widths: std::collections::BTreeSet<usize> =
            text.lines().filter(|l| l.starts_with('|')).map(|l| l.chars().count()).collect();
        assert_eq!(widths.len(), 1, "{text}");
    }
}
