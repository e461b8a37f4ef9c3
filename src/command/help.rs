//! `proofmark help TOPIC`: the pages of the guide, as plain text, and the commands that name them.

mod text;

use std::ffi::OsString;

use clap::Command;

use crate::guide::PAGES;
use crate::report::Exit;
use crate::support::echo;

use super::output;
use text::plain;

/// The page of the guide that says more about a command.
const ABOUT: &[(&str, &str)] = &[
    ("run", "running"),
    ("clean", "running"),
    ("precedence", "running"),
    ("init", "targets"),
    ("explain", "findings"),
    ("replay", "findings"),
    ("fixtures", "findings"),
    ("list", "verdicts"),
    ("coverage", "verdicts"),
    ("fuzz", "fuzzing"),
    ("merge", "reports"),
    ("schema", "reports"),
    ("judge", "recordings"),
    ("matrix", "comparing"),
    ("diff", "comparing"),
    ("drift", "comparing"),
    ("lint", "case-files"),
    ("cases", "operations"),
    ("import", "operations"),
    ("infer", "operations"),
    ("serve", "trust"),
    ("self-check", "trust"),
    ("patterns", "trust"),
    ("completions", "install"),
    ("man", "install"),
];

/// The command, with the topics of the guide in its help, and the topic of each of its commands.
pub(super) fn with_topics(command: Command) -> Command {
    let more = command.get_after_help().map(ToString::to_string);
    let help = [topics(), more.unwrap_or_default()].join("\n");
    ABOUT
        .iter()
        .fold(command.after_help(help), |command, (name, topic)| {
            command.mut_subcommand(name, |sub| {
                let own = sub.get_after_help().map(|help| format!("{help}\n\n"));
                let line = format!("The guide: `proofmark help {topic}`");
                sub.after_help(own.unwrap_or_default() + &line)
            })
        })
}

/// Answers `help TOPIC`, and `help` with a word that is neither a topic nor a command. Clap answers
/// everything else.
pub(super) fn answer(command: &Command, arguments: &[OsString]) -> Option<Exit> {
    let [_, help, word] = arguments else {
        return None;
    };
    let word = word.to_str().filter(|_| help == "help")?;
    if let Some(page) = PAGES.iter().find(|page| page.topic == word) {
        output::print(&plain(page.text));
        return Some(Exit::Conforms);
    }

    let commands = command.get_subcommands().map(Command::get_name);
    let known: Vec<&str> = commands
        .chain(PAGES.iter().map(|page| page.topic))
        .collect();
    if known.contains(&word) || word == "help" || word.starts_with('-') {
        return None;
    }
    output::tell(&format!(
        "proofmark: `{}` is no command and no topic of the guide{}\n`proofmark help` lists both",
        echo::shown(word),
        echo::did_you_mean(word, known)
    ));
    Some(Exit::Usage)
}

/// A line for each topic.
fn topics() -> String {
    let width = PAGES.iter().map(|page| page.topic.len()).max().unwrap_or(0);
    let lines: String = PAGES
        .iter()
        .map(|page| format!("  {:width$}  {}\n", page.topic, page.about))
        .collect();
    format!("The guide, `proofmark help TOPIC`:\n{lines}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::{ABOUT, PAGES};
    use crate::command::arguments::Cli;

    #[test]
    fn every_command_has_a_page_and_no_page_has_the_name_of_a_command() {
        let cli = Cli::command();
        let commands: BTreeSet<&str> = cli.get_subcommands().map(|sub| sub.get_name()).collect();
        let told: BTreeSet<&str> = ABOUT.iter().map(|(name, _)| *name).collect();
        assert_eq!(told, commands);

        let topics: BTreeSet<&str> = PAGES.iter().map(|page| page.topic).collect();
        for (name, topic) in ABOUT {
            assert!(topics.contains(topic), "{name}: there is no page {topic}");
        }
        // `help NAME` can mean one thing only.
        let both: Vec<_> = topics.intersection(&commands).collect();
        assert!(both.is_empty(), "{both:?}");
    }
}
