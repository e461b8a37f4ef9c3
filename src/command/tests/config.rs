//! The configuration file: how it is found, what outranks it, and what differs in a CI.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Said, check, proofmark, said, serve};

const FEW: &str = "BatchSize::range";

/// A folder that looks like a repository, for as long as this lives.
pub struct Project {
    folder: PathBuf,
}

impl Project {
    pub fn new(name: &str, file: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("project-{name}-{}", std::process::id()));
        std::fs::create_dir_all(folder.join(".git")).expect("a folder");
        std::fs::create_dir_all(folder.join("deep")).expect("a folder");
        if !file.is_empty() {
            std::fs::write(folder.join("proofmark.toml"), file).expect("a file");
        }
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// The binary in that folder, where it reads the file.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = proofmark();
        command
            .env_remove("PROOFMARK_NO_CONFIG")
            .current_dir(&self.folder)
            .args(arguments);
        command
    }

    /// What it says there, with these variables.
    #[track_caller]
    pub fn check(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
        code: i32,
        words: &[&str],
    ) -> Said {
        let output = self
            .command(arguments)
            .envs(variables.iter().copied())
            .output();
        let said = said(output.expect("the binary starts"));
        let all = format!("{}\n{}", said.out, said.err);
        assert_eq!(said.code, Some(code), "{arguments:?} {variables:?}\n{all}");
        for word in words {
            assert!(
                all.contains(word),
                "`{word}` is not in what {arguments:?} says:\n{all}"
            );
        }
        said
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_target_of_the_file() {
    let served = serve(&["--defect", "batch-size-min-zero"]);
    let file = "default-target = 'dead'\n[targets.dead]\nendpoint = 'http://127.0.0.1:9'\n\
                [targets.live]\nendpoint = '${URL}'\nheaders = { x-key = '${KEY:-none}' }\ntimeout = '2s'\n\
                revision = 'current'\njobs = 2\n";
    let project = Project::new("target", file);
    let url = [("URL", served.url.as_str())];
    let found = project.check(
        &["run", FEW, "--target", "live"],
        &url,
        1,
        &["(current)", "--target live"],
    );
    assert!(!found.out.contains("--endpoint"), "{}", found.out);
    project.check(&["run", FEW], &url, 3, &["cannot be reached"]);
    // What is listed is what would be fired, and listing needs no URL.
    let listed = project
        .check(&["list", "--target", "live"], &[], 0, &[])
        .out;
    assert_eq!(
        listed,
        project
            .check(&["list", "--revision", "current"], &[], 0, &[])
            .out
    );
    assert_ne!(listed, project.check(&["list"], &[], 0, &[]).out);
    project.check(
        &["run", FEW],
        &[("PROOFMARK_TARGET", "live"), url[0]],
        1,
        &["(current)"],
    );
    project.check(
        &["run", FEW, "--target", "live"],
        &[],
        2,
        &["proofmark.toml:5: the variable URL is not set"],
    );
    project.check(
        &["run", FEW, "--target", "life"],
        &url,
        2,
        &["there is no target `life`: did you mean `live`?"],
    );
    // Flags outrank the environment, and that outranks the file, of which it then takes nothing.
    let endpoint = [("PROOFMARK_ENDPOINT", served.url.as_str())];
    project.check(&["run", FEW], &endpoint, 1, &["(2018)", "--endpoint http"]);
    project.check(
        &["run", FEW, "--target", "dead"],
        &endpoint,
        3,
        &["cannot be reached"],
    );
    project.check(
        &["run", FEW, "--target", "live", "--revision", "2018"],
        &url,
        1,
        &["(2018)"],
    );
    project.check(&["run", FEW, "--reference"], &endpoint, 0, &["CONFORMS"]);
    let both = ["run", FEW, "--target", "live", "--endpoint", &served.url];
    project.check(
        &both,
        &[("URL", "http://127.0.0.1:9")],
        1,
        &["(current)", "--target live --endpoint"],
    );
}

#[test]
fn where_the_file_is() {
    let project = Project::new(
        "where",
        "default-target = 'dead'\n[targets.dead]\nendpoint = 'http://127.0.0.1:9'\n",
    );
    let dead =
        |command: &mut Command| said(command.output().expect("the binary starts")).code == Some(3);
    assert!(dead(
        project
            .command(&["run", FEW])
            .current_dir(project.path().join("deep"))
    ));
    project.check(&["run", FEW, "--no-config"], &[], 0, &["CONFORMS"]);
    project.check(
        &["run", FEW],
        &[("PROOFMARK_NO_CONFIG", "1")],
        0,
        &["CONFORMS"],
    );
    let elsewhere = Project::new("elsewhere", "");
    let file = project.path().join("proofmark.toml").display().to_string();
    elsewhere.check(&["run", FEW], &[], 0, &["CONFORMS"]);
    elsewhere.check(&["run", FEW, "--config", &file], &[], 3, &[]);
    elsewhere.check(&["run", FEW], &[("PROOFMARK_CONFIG", &file)], 3, &[]);
    elsewhere.check(
        &["run", FEW, "--config", "absent.toml"],
        &[],
        2,
        &["absent.toml"],
    );
    elsewhere.check(
        &["run", FEW, "--target", "dead"],
        &[],
        2,
        &["there is no proofmark.toml"],
    );
    std::fs::write(&file, "[targets.a]\nendpoint = 'x'\nrat = 3\n").expect("a file");
    project.check(
        &["run", FEW],
        &[],
        2,
        &["proofmark.toml:3: unknown key `rat`: did you mean `rate`?"],
    );
}

#[test]
fn in_a_ci() {
    let file =
        "[targets.dead]\nendpoint = 'http://127.0.0.1:9'\n[profiles.ci]\nsettle-timeout = '1s'\n";
    let project = Project::new("ci", file);
    let ci = [("CI", "true")];
    project.check(&["run", FEW], &[], 0, &["CONFORMS"]);
    project.check(
        &["run", FEW],
        &ci,
        2,
        &["no target is named", "--reference"],
    );
    project.check(&["run", FEW, "--reference"], &ci, 0, &["CONFORMS"]);
    project.check(&["run", FEW, "--profile", "dev"], &ci, 0, &["CONFORMS"]);
    project.check(
        &["run", FEW, "--profile", "prod"],
        &[],
        2,
        &["expected dev or ci"],
    );
    // A clone without such a file is judged as it is elsewhere, and told of.
    let plain = Project::new("plain-ci", "");
    plain.check(
        &["run", FEW],
        &ci,
        0,
        &[
            "CONFORMS",
            "no target is named: this judges the built-in reference",
        ],
    );
    plain.check(
        &["run", FEW, "--profile", "ci"],
        &[],
        2,
        &["no target is named"],
    );
    plain.check(
        &["run", FEW],
        &[("PROOFMARK_PROFILE", "ci")],
        2,
        &["no target is named"],
    );
    // No file is written.
    let chance = [
        "run",
        "sampled",
        "--reference",
        "--defect",
        "chance-13-refused",
    ];
    plain.check(
        &chance,
        &ci,
        1,
        &["is not kept: profile ci writes it only to --regressions FILE"],
    );
    let kept = plain.path().join("proofmark-regressions.toml");
    assert!(!kept.exists());
    plain.check(&chance, &[], 1, &["written      "]);
    assert!(kept.exists());
    // That one is which a flag names.
    let named = plain.path().join("named.toml");
    let chance = [&chance[..], &["--regressions", "named.toml"]].concat();
    plain.check(&chance, &ci, 1, &["written      "]);
    assert!(named.exists());
    // A campaign has a folder of its own, so that nothing it finds is lost.
    let campaign = [
        "fuzz",
        "--reference",
        "--max-sequences",
        "500",
        "--max-findings",
        "1",
    ];
    let campaign = [
        &campaign[..],
        &["--defect", "pair-batch-size-disabled-lost"],
    ]
    .concat();
    plain.check(
        &campaign,
        &ci,
        1,
        &["written   target/proofmark/fuzz/regressions.toml"],
    );
}

#[test]
fn init() {
    let project = Project::new("init", "");
    project.check(&["init"], &[], 0, &["proofmark.toml is written"]);
    project.check(&["init"], &[], 2, &["is there already"]);
    project.check(&["run", FEW], &[("PORT", "9")], 3, &["cannot be reached"]);
    project.check(
        &["init", "no/such/folder.toml"],
        &[],
        2,
        &["no/such/folder.toml"],
    );
}

#[test]
fn completions_and_pages() {
    check(
        &["completions", "bash"],
        0,
        &["--settle-timeout", "complete -F"],
    );
    check(&["completions", "zsh"], 0, &["#compdef proofmark"]);
    check(&["completions", "cmd"], 2, &["bash"]);
    check(&["man"], 0, &[".TH proofmark", "Exit codes"]);
    let project = Project::new("man", "");
    project.check(&["man", "--dir", "pages"], &[], 0, &[]);
    let read =
        |name: &str| std::fs::read_to_string(project.path().join("pages").join(name)).expect(name);
    assert!(read("proofmark.1").contains(".TH proofmark"));
    assert!(read("proofmark-run.1").contains("\\-\\-settle\\-timeout"));
    assert!(read("proofmark-self-check.1").contains("proofmark\\-self\\-check"));
}

#[test]
fn a_target_has_a_baseline_of_its_own() {
    let served = serve(&["--defect", "batch-size-min-zero"]);
    let file = format!(
        "[targets.a]\nendpoint = '{}'\nbaseline = 'known.toml'\n",
        served.url
    );
    let project = Project::new("baseline", &file);
    let run = ["run", FEW, "--target", "a", "--no-regressions"];
    project.check(
        &run,
        &[],
        2,
        &["no file", "known.toml", "--baseline-update"],
    );
    project.check(
        &[&run[..], &["--baseline-update"]].concat(),
        &[],
        0,
        &["known.toml", " added"],
    );
    project.check(&run, &[], 0, &["CONFORMS, but for"]);
}
