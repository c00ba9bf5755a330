//! `ModelRef`: a model repository and the revision of it that is meant, `ORG/NAME[@REVISION]`.
//!
//! Both parts become folder names in the cache and parts of an address, so whatever could leave the cache or change
//! the address is refused here, once.

use crate::error::{Error, Result, Stage};
use hf_hub::{Repo, RepoType};
use std::fmt;
use std::str::FromStr;

/// A model repository and a revision: a branch, a tag or a commit hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRef {
    org_name: String,
    revision: String,
}

impl ModelRef {
    /// `ORG/NAME`.
    pub fn org_name(&self) -> &str {
        &self.org_name
    }

    /// The revision, `main` where none was written.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Whether the revision is a whole commit hash, which names the same files for ever.
    pub fn is_commit(&self) -> bool {
        is_commit(&self.revision)
    }

    /// The repository at this revision, as hf-hub writes it.
    pub(super) fn repo(&self) -> Repo {
        self.repo_at(&self.revision)
    }

    /// The repository at another revision.
    pub(super) fn repo_at(&self, revision: &str) -> Repo {
        Repo::with_revision(self.org_name.clone(), RepoType::Model, revision.to_owned())
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.org_name, self.revision)
    }
}

/// Whether `text` is a whole Git commit hash: 40 lower-case hexadecimal digits.
pub(super) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

impl FromStr for ModelRef {
    type Err = Error;

    /// Reads `ORG/NAME` or `ORG/NAME@REVISION`.
    ///
    /// # Errors
    /// Anything the hub would not accept as a name (letters, digits, `-`, `_`, `.`; 96 at most; no `--` or `..`; not
    /// beginning or ending with `-` or `.`) or Git as a revision.
    fn from_str(text: &str) -> Result<Self> {
        let bad =
            |cause: String, hint: &str| Error::new(Stage::Hub, cause).place(format!("model \"{text}\"")).hint(hint);
        let example = "write ORG/NAME or ORG/NAME@REVISION, like intfloat/multilingual-e5-small@main";
        if text.contains("://") {
            return Err(bad("an address is not a model name".into(), example));
        }
        let (org_name, revision) = text.split_once('@').unwrap_or((text, "main"));
        let Some((org, name)) = org_name.split_once('/') else {
            return Err(bad("the organisation is missing".into(), example));
        };
        for (what, part) in [("organisation", org), ("name", name)] {
            if let Some(fault) = name_fault(part) {
                return Err(bad(format!("the {what} {fault}"), example));
            }
        }
        if let Some(fault) = revision_fault(revision) {
            return Err(bad(format!("the revision {fault}"), "give a branch, a tag or a commit hash"));
        }
        Ok(Self { org_name: org_name.to_owned(), revision: revision.to_owned() })
    }
}

/// What is wrong with an organisation's or a repository's name.
fn name_fault(part: &str) -> Option<&'static str> {
    if part.is_empty() {
        Some("is empty")
    } else if part.len() > 96 {
        Some("is longer than 96 characters")
    } else if !part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
        Some("may hold letters, digits, `-`, `_` and `.` only")
    } else if part.contains("..") || part.contains("--") {
        Some("may not hold `..` or `--`")
    } else if part.starts_with(['-', '.']) || part.ends_with(['-', '.']) {
        Some("may not begin or end with `-` or `.`")
    } else {
        None
    }
}

/// What is wrong with a revision; slashes are fine (`refs/pr/5`), a step upwards is not.
fn revision_fault(revision: &str) -> Option<&'static str> {
    if revision.is_empty() {
        Some("is empty")
    } else if revision.len() > 200 {
        Some("is longer than 200 characters")
    } else if !revision.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/')) {
        Some("may hold letters, digits, `-`, `_`, `.` and `/` only")
    } else if revision.contains("..") {
        Some("may not hold `..`")
    } else if revision.split('/').any(|part| part.is_empty() || part.starts_with(['.', '-']) || part.ends_with('.')) {
        Some("has a part that is empty or begins or ends with `.`, or begins with `-`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_revision_means_main() {
        let model: ModelRef = "tanjung-lab/mini.bert_2".parse().unwrap();
        assert_eq!((model.org_name(), model.revision()), ("tanjung-lab/mini.bert_2", "main"));
        assert_eq!(model.to_string(), "tanjung-lab/mini.bert_2@main");
        assert!(!model.is_commit());
    }

    #[test]
    fn branches_tags_pull_requests_and_commits_are_revisions() {
        for revision in ["v1.0", "refs/pr/5", "feature/new_head", "0123456789abcdef0123456789abcdef01234567"] {
            let model: ModelRef = format!("tanjung/mini@{revision}").parse().unwrap();
            assert_eq!(model.revision(), revision);
        }
        assert!("a/b@0123456789abcdef0123456789abcdef01234567".parse::<ModelRef>().unwrap().is_commit());
        assert!(!"a/b@0123456789abcdef".parse::<ModelRef>().unwrap().is_commit());
    }

    #[test]
    fn names_that_could_leave_the_cache_are_refused() {
        let long = format!("a/{}", "b".repeat(97));
        for bad in [
            "",
            "mini",
            "/",
            "a/",
            "/b",
            "a/b/c",
            "../b",
            "a/..",
            "./b",
            "a/.b",
            "a/b.",
            "-a/b",
            "a/b-",
            "a--b/c",
            "a\\b/c",
            "a/b c",
            "a/b\n",
            "a/b?x",
            "a/b%2e",
            "à/b",
            "https://hub.example/a/b",
            &long,
        ] {
            let error = bad.parse::<ModelRef>().expect_err(bad).to_string();
            assert!(error.contains("hint: write ORG/NAME"), "{bad}: {error}");
        }
    }

    #[test]
    fn revisions_that_could_leave_the_cache_are_refused() {
        for bad in
            ["", "..", "../main", "a/../b", "/main", "main/", "a//b", ".git", "a/.b", "a b", "a@b", "a\\b", "-x", "v1."]
        {
            let error = format!("tanjung/mini@{bad}").parse::<ModelRef>().expect_err(bad).to_string();
            assert!(error.contains("the revision "), "{bad}: {error}");
        }
    }
}
