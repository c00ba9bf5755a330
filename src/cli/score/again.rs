//! `command`: the command line by which a stopped run goes on.

/// This command with `--resume`, quoted for a shell.
pub fn command() -> String {
    of(std::env::args())
}

fn of(args: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = args.filter(|word| word != "--force").map(|word| quoted(&word)).collect();
    if !words.iter().any(|word| word == "--resume") {
        words.push("--resume".into());
    }
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./,:=@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_pasted_into_a_shell() {
        let of = |words: &[&str]| of(words.iter().map(|w| (*w).to_owned()));
        assert_eq!(of(&["nuansa", "score", "in", "--out", "a b", "--force"]), "nuansa score in --out 'a b' --resume");
        assert_eq!(of(&["nuansa", "it's", "", "--resume"]), r"nuansa 'it'\''s' '' --resume");
    }
}
