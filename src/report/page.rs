//! `Page`: the templates, and the frame that lets nothing from outside in.
//!
//! A page carries its style and script itself; its policy names both by their hashes and allows nothing else, so that
//! even a sentence that passed for markup could neither run nor fetch anything. Whatever a template prints is made safe
//! by [`super::safe::html`], but for the markup that this module's neighbours made.

use super::safe;
use super::words::Words;
use crate::cli::locale::Language;
use crate::error::{Error, Result, Stage};
use base64::Engine as _;
use minijinja::value::Serde;
use minijinja::{Environment, Output, State, UndefinedBehavior, Value, context};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");
const TEMPLATES: [(&str, &str); 4] = [
    ("shell.html", include_str!("page/shell.html")),
    ("macros.html", include_str!("page/macros.html")),
    ("report.html", include_str!("page/report.html")),
    ("article.html", include_str!("page/article.html")),
];

/// The templates, read once.
pub(super) struct Pages<'a> {
    templates: Environment<'static>,
    words: &'a Words,
    policy: String,
}

impl<'a> Pages<'a> {
    /// # Errors
    /// A template that the program carries is broken.
    pub fn new(words: &'a Words) -> Result<Self> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_formatter(print);
        for (name, text) in TEMPLATES {
            templates.add_template(name, text).map_err(|e| broken(name, &e))?;
        }
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
            hash(STYLE),
            hash(SCRIPT)
        );
        Ok(Self { templates, words, policy })
    }

    /// A page from the template `name`; `title` stands in the browser's tab.
    ///
    /// # Errors
    /// The template asks for what `content` does not have.
    pub fn render(&self, name: &str, title: &str, content: impl Serialize) -> Result<String> {
        let frame = context! {
            title => title,
            lang => match self.words.language { Language::Id => "id", Language::En => "en" },
            policy => self.policy.as_str(),
            style => STYLE,
            script => SCRIPT,
            w => Value::from(Serde(self.words.all())),
        };
        let template = self.templates.get_template(name).map_err(|e| broken(name, &e))?;
        template.render(context! { ..Value::from(Serde(content)), ..frame }).map_err(|e| broken(name, &e))
    }
}

/// Prints a value: markup as it stands, everything else made safe.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> std::result::Result<(), minijinja::Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => out.write_str(&safe::html(text)).map_err(minijinja::Error::from),
        _ => minijinja::escape_formatter(out, state, value),
    }
}

fn broken(name: &str, e: &minijinja::Error) -> Error {
    Error::new(Stage::Write, format!("{e:#}")).file(name).hint("this is a fault of nuansa: please report it")
}

fn hash(text: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text)))
}
