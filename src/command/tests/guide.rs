//! The README and the guide as their readers use them: every command in them is carried out, each
//! flag that they name is there, and `help` prints the pages.
//!
//! The commands of a block `sh` are run one after another, and those of a block `console` after
//! each `$`. A comment `# exit code N` says how a command ends; without one, it succeeds. A block
//! whose fence says `illustrative` is not run here, because it needs a network or takes minutes;
//! of one whose fence says `ci`, `.ci/run` runs every command.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Served, check, proofmark, said, say, serve};

/// What stands before the commands of a block: the plan in small, and campaigns that are short.
/// What an example is about does not depend on how many cases there are.
const SMALL: &str = r#"
set -eu
proofmark() {
  case "${1:-}" in
    run)
      case " $* " in
        *" --operation "* | *" --service "*) command proofmark "$@" --samples 0 ;;
        *) command proofmark "$@" BatchSize::range --samples 0 ;;
      esac
      ;;
    diff) command proofmark "${@/60s/1s}" BatchSize::range --samples 0 ;;
    matrix) command proofmark "$@" --samples 0 ;;
    self-check)
      case "${2:-}" in
        --*) command proofmark "$@" ;;
        *) command proofmark "$1" "${2:-batch-size-max-none}" ;;
      esac
      ;;
    fuzz)
      # On a machine with much other work, a second may not be enough for one sequence.
      for time in 1s 10s 60s; do
        command proofmark "${@/10m/$time}" && return
        [ $? = 4 ] || return 1
      done
      ;;
    *) command proofmark "$@" ;;
  esac
}
"#;

/// The `proofmark.toml` of the examples.
const TARGETS: &str = r#"
[targets."moto-5.0"]
endpoint = "http://127.0.0.1:5000"
cases = 20

[targets."moto-5.2"]
endpoint = "http://127.0.0.1:5002"
cases = 20

[targets.staging]
endpoint = "http://127.0.0.1:5000"
cases = 20
"#;

/// The endpoints that examples name.
struct Endpoints(Vec<(&'static str, Served)>);

impl Endpoints {
    /// Those that a text names: one that conforms, one with a defect, and another that conforms.
    fn of(text: &str) -> Self {
        let defect: &[&str] = &["--defect", "batch-size-min-zero"];
        let known = [
            ("http://127.0.0.1:5000", &[] as &[&str]),
            ("http://127.0.0.1:5001", defect),
            ("http://127.0.0.1:5002", &[]),
        ];
        let named = known.into_iter().filter(|(url, _)| text.contains(url));
        Self(
            named
                .map(|(url, arguments)| (url, serve(arguments)))
                .collect(),
        )
    }

    /// The text with the addresses of these endpoints.
    fn put_into(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (url, served)| {
            text.replace(url, &served.url)
        })
    }
}

/// A block of commands in a document.
struct Block {
    line: usize,
    /// What stands behind the name of its language.
    marks: Vec<String>,
    commands: Vec<String>,
}

/// The blocks of commands of a document.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(fence) = line.strip_prefix("```") else {
            continue;
        };
        let inside = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| !line.starts_with("```"));
        let inside: Vec<&str> = inside.collect();
        let mut words = fence.split_whitespace().map(str::to_owned);
        let commands = match words.next().as_deref() {
            Some("sh") => inside.iter().map(|line| (*line).to_owned()).collect(),
            Some("console") => inside
                .iter()
                .filter_map(|line| line.strip_prefix("$ "))
                .map(str::to_owned)
                .collect(),
            _ => continue,
        };
        blocks.push(Block {
            line: at + 1,
            marks: words.collect(),
            commands,
        });
    }
    blocks
}

/// The README and the pages of the guide.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = std::fs::read_dir(root.join("src/guide")).expect("the guide");
    let mut documents: Vec<PathBuf> = pages
        .map(|entry| entry.expect("a page").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    documents.push(root.join("README.md"));
    documents.push(root.join("cases/README.md"));
    documents.sort();
    documents
}

/// The commands as a script that ends where one of them ends otherwise than its comment says.
fn script(block: &Block) -> String {
    let mut script = SMALL.to_owned();
    for command in &block.commands {
        let code = command
            .split("# exit code ")
            .nth(1)
            .map_or("0", |code| code.trim());
        let shown = command.replace('\'', "'\\''");
        let _ = write!(
            script,
            "set +e\n{command}\ncode=$?\nset -e\n\
             [ $code = {code} ] || {{ echo \"exit code $code: \"'{shown}' >&2; exit 99; }}\n"
        );
    }
    script
}

/// A folder with what the examples of one document find in theirs.
fn folder(name: &str, endpoints: &Endpoints) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("guide-{name}"));
    // What an earlier run of this test left there would be found again.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("bin")).expect("a folder");
    // Nothing above this folder is looked for.
    std::fs::create_dir(folder.join(".git")).expect("a folder");
    let program = env!("CARGO_BIN_EXE_proofmark");
    let exec = format!("#!/bin/sh\nexec '{program}' \"$@\"\n");
    let path = folder.join("bin/proofmark");
    std::fs::write(&path, exec).expect("a file");
    let marked = Command::new("chmod").arg("+x").arg(&path).status();
    assert!(marked.expect("chmod").success());

    std::fs::write(folder.join("targets.toml"), endpoints.put_into(TARGETS)).expect("a file");
    folder
}

/// Carries out the examples of a document. Gives what went wrong.
fn carry_out(document: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(document).expect("a document");
    // Each document has endpoints of its own, because `clean` removes what others made.
    let named = match text.contains("--target") || text.contains("matrix") {
        true => format!("{text}{TARGETS}"),
        false => text.clone(),
    };
    let endpoints = &Endpoints::of(&named);
    let parts: Vec<_> = document.components().rev().take(2).collect();
    let name = format!(
        "{}-{}",
        parts[1].as_os_str().display(),
        parts[0].as_os_str().display()
    );
    let blocks = blocks(&text);
    let runnable = blocks.iter().filter(|block| block.marks.is_empty());
    let folder = folder(&name, endpoints);
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", folder.join("bin").display());
    let mut faults = Vec::new();
    for block in runnable {
        // The file that `init` would write is there only where no example writes it.
        let writes_targets = block.commands.iter().any(|c| c.contains("proofmark init"));
        if !writes_targets {
            let file = folder.join("proofmark.toml");
            std::fs::copy(folder.join("targets.toml"), file).expect("a file");
        }
        let mut bash = Command::new("bash");
        for (name, value) in proofmark().get_envs() {
            match value {
                Some(value) => bash.env(name, value),
                None => bash.env_remove(name),
            };
        }
        bash.env_remove("PROOFMARK_NO_CONFIG");
        bash.env("PATH", &path).current_dir(&folder);
        bash.args(["-c", &endpoints.put_into(&script(block))]);
        let said = said(bash.output().expect("bash"));
        if said.code != Some(0) {
            let shown = document.display();
            faults.push(format!(
                "{shown}:{}\n{}\n{}",
                block.line, said.out, said.err
            ));
        }
    }
    faults
}

#[test]
fn every_command_of_the_readme_and_the_guide_does_what_it_says() {
    let faults: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = documents()
            .into_iter()
            .map(|document| scope.spawn(move || carry_out(&document)))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a worker"))
            .collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn the_baseline_of_the_guide_is_one() {
    let guide = include_str!("../../guide/ci.md");
    let example = guide.split("```toml\n").nth(1).expect("an example");
    let example = example.split("```").next().expect("an example");
    let path = format!("{}/guide-known.toml", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, example).expect("a file");
    let filters = ["run", "BatchSize::range", "--samples", "0"];
    let arguments = ["--defect", "batch-size-min-zero", "--baseline", &path];
    let mut command = proofmark();
    command.args(filters).args(arguments);
    // Later, the entry of the example has expired.
    command.env("PROOFMARK_TODAY", "2026-12-01");
    let said = said(command.output().expect("the binary starts"));
    assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.err);
    assert!(
        said.out.contains("0 is taken for the default"),
        "{}",
        said.out
    );
}

#[test]
fn what_is_not_run_here_is_said_to_be_illustrative_or_is_run_by_ci() {
    let ci = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/run");
    let ci = std::fs::read_to_string(ci).expect("the CI");
    let mut run = 0;
    for document in documents() {
        let text = std::fs::read_to_string(&document).expect("a document");
        for block in blocks(&text) {
            let place = format!("{}:{}", document.display(), block.line);
            match block.marks.join(" ").as_str() {
                "" => run += block.commands.len(),
                "illustrative" => {}
                "ci" => {
                    for command in &block.commands {
                        let command = command.split(" #").next().unwrap_or_default().trim();
                        assert!(
                            ci.lines().any(|line| line.contains(command)),
                            "{place}: .ci/run does not run `{command}`"
                        );
                    }
                }
                marks => panic!("{place}: `{marks}` is no mark of a block"),
            }
        }
    }
    assert!(run > 40, "only {run} commands are run");
}

#[test]
fn every_flag_and_every_topic_of_the_documents_is_there() {
    let help = say(&["--help"]).out;
    let commands = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            line.strip_prefix("  ")
                .filter(|line| !line.starts_with(' '))
        })
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| *word != "help");
    let mut known = help.clone();
    for command in commands {
        known += &say(&[command, "--help"]).out;
    }
    known += &say(&["fuzz", "merge", "--help"]).out;

    for document in documents() {
        let text = std::fs::read_to_string(&document).expect("a document");
        for (at, line) in text.lines().enumerate() {
            for flag in flags_of_proofmark(line) {
                let is_known = known
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                    .any(|word| word == flag);
                let place = format!("{}:{}", document.display(), at + 1);
                assert!(is_known, "{place}: no command has the flag {flag}");
            }
            for rest in line.split("proofmark help ").skip(1) {
                let topic = rest
                    .split(|c: char| !c.is_alphanumeric() && c != '-')
                    .next();
                // `TOPIC` stands for any.
                if let Some(topic) = topic.filter(|topic| topic.contains(char::is_lowercase)) {
                    check(&["help", topic], 0, &[]);
                }
            }
        }
    }
}

/// The flags that a line names in code: those of a command of ours, and those that stand alone.
fn flags_of_proofmark(line: &str) -> Vec<&str> {
    let spans: Vec<&str> = match line.contains("proofmark ") && !line.contains('`') {
        true => vec![line.split(" #").next().unwrap_or_default()],
        false => line.split('`').skip(1).step_by(2).collect(),
    };
    let others = [
        "cargo",
        "rustc",
        "docker",
        "--user",
        "curl",
        "nextest",
        ".ci/",
        "--network",
        "--volume",
    ];
    spans
        .into_iter()
        .filter(|span| !others.iter().any(|other| span.contains(other)))
        .flat_map(str::split_whitespace)
        .map(|word| word.split(['=', ')', ',', '"']).next().unwrap_or_default())
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .collect()
}

#[test]
fn help_prints_a_page_of_the_guide() {
    let page = check(&["help", "exit-codes"], 0, &["the target does not conform"]).out;
    assert!(page.starts_with("What each exit code means\n"), "{page}");
    for mark in ["](", "][", "```", "**"] {
        assert!(
            !page.contains(mark),
            "`{mark}` is for Markdown alone:\n{page}"
        );
    }
}

#[test]
fn help_of_a_command_names_the_page_about_it() {
    let run = check(
        &["help", "run"],
        0,
        &["--endpoint", "`proofmark help running`"],
    );
    assert_eq!(run.out, say(&["run", "--help"]).out);
    check(&["help", "self-check"], 0, &["`proofmark help trust`"]);
    check(
        &["help", "matrix"],
        0,
        &["Exit codes:", "`proofmark help comparing`"],
    );
    // `help` has no page about itself.
    check(&["help", "help"], 0, &[]);
    check(&["help", "fuzz", "merge"], 0, &["--into"]);
}

#[test]
fn help_lists_the_topics() {
    for arguments in [&["help"] as &[&str], &["--help"], &["-h"]] {
        check(
            arguments,
            0,
            &[
                "proofmark help TOPIC",
                "  cargo-test ",
                "  exit-codes ",
                "Exit codes:",
            ],
        );
    }
    let said = check(
        &["help", "exitcodes"],
        2,
        &[
            "`exitcodes` is no command and no topic",
            "did you mean `exit-codes`?",
        ],
    );
    assert!(said.out.is_empty(), "{}", said.out);
}
