//! Files and flags that are wrong in the same way, whatever kind they are of: each is told with
//! file and line, in a few words, and in time.

use std::path::{Path, PathBuf};

use super::process::{Said, check, proofmark, said, say};

const FEW: &str = "BatchSize::range";

/// A folder of this test's own, with a copy of the case files in `cases`.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("inputs-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// Writes a file, and gives its path.
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("a file");
        path.display().to_string()
    }

    /// A folder of cases in which one file is another.
    fn cases(&self, file: &str, bytes: impl AsRef<[u8]>) -> String {
        let folder = self.0.join("cases");
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"),
            &folder,
        );
        self.file(&format!("cases/{file}"), bytes);
        folder.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy")),
        }
    }
}

/// The name of a file in a folder, and what a command is given to read it.
type Input<'a> = (&'a str, Box<dyn Fn(&Folder, &[u8]) -> Vec<String>>);

/// Every kind of file that a command reads.
fn inputs() -> Vec<Input<'static>> {
    fn plain(
        name: &'static str,
        before: &'static [&str],
        after: &'static [&str],
    ) -> Input<'static> {
        let arguments = move |folder: &Folder, bytes: &[u8]| {
            let file = [folder.file(name, bytes)];
            let before = before.iter().map(|part| (*part).to_owned());
            before
                .chain(file)
                .chain(after.iter().map(|part| (*part).to_owned()))
                .collect()
        };
        (name, Box::new(arguments))
    }
    fn of_cases(name: &'static str) -> Input<'static> {
        let arguments = move |folder: &Folder, bytes: &[u8]| {
            vec![
                "lint".to_owned(),
                "--cases".to_owned(),
                folder.cases(&format!("lambda/{name}"), bytes),
            ]
        };
        (name, Box::new(arguments))
    }
    fn corpus() -> Input<'static> {
        let arguments = |folder: &Folder, bytes: &[u8]| {
            folder.file("corpus/a.json", bytes);
            let path = folder.0.join("corpus").display().to_string();
            vec![
                "fuzz".to_owned(),
                "merge".to_owned(),
                path,
                "--into".to_owned(),
                "all".to_owned(),
            ]
        };
        ("a.json", Box::new(arguments))
    }
    fn column() -> Input<'static> {
        let arguments = |folder: &Folder, bytes: &[u8]| {
            vec![
                "matrix".to_owned(),
                "--from".to_owned(),
                format!("a={}", folder.file("column.json", bytes)),
            ]
        };
        ("column.json", Box::new(arguments))
    }
    vec![
        of_cases("service.toml"),
        of_cases("fixtures.toml"),
        of_cases("data-plane.toml"),
        of_cases("update-event-source-mapping/contract.toml"),
        of_cases("update-event-source-mapping/numbers.toml"),
        plain(
            "known.toml",
            &["run", FEW, "--reference", "--no-regressions", "--baseline"],
            &[],
        ),
        plain(
            "kept.toml",
            &["run", FEW, "--reference", "--regressions"],
            &[],
        ),
        plain("case.toml", &["replay"], &["--reference"]),
        plain("proofmark.toml", &["list", "--config"], &[]),
        plain("report.json", &["merge"], &[]),
        plain("finding.json", &["replay"], &["--reference"]),
        column(),
        plain("run.ndjson", &["judge"], &[]),
        plain("browser.har", &["judge"], &[]),
        plain("model.json", &["patterns"], &[]),
        corpus(),
    ]
}

/// What the command says to it: exit code 2, the file and that line, in less than a page and soon.
#[track_caller]
fn refused(name: &str, arguments: &[String], line: usize) -> Said {
    let said = super::process::said(
        proofmark()
            .args(arguments)
            .output()
            .expect("the binary starts"),
    );
    let place = format!(
        "{}:{line}: ",
        Path::new(name).file_name().expect("a name").display()
    );
    assert_eq!(
        said.code,
        Some(2),
        "{arguments:?}\n{}\n{}",
        said.out,
        said.err
    );
    assert!(
        said.err.contains(&place),
        "`{place}` is not in what {arguments:?} says:\n{}",
        said.err
    );
    assert!(
        said.err.len() < 4096 && !said.err.contains("panicked"),
        "{} bytes: {}",
        said.err.len(),
        said.err
    );
    said
}

#[test]
fn bytes_that_are_no_text_have_a_line() {
    let folder = Folder::new("bytes");
    for (name, arguments) in inputs() {
        let said = refused(name, &arguments(&folder, b"\n\n\"\xff\"\n"), 3);
        assert!(
            said.err
                .contains("expected UTF-8 text, found the byte 0xff; save the file as UTF-8"),
            "{}",
            said.err
        );
        let wide: Vec<u8> = "\u{feff}a = 1\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let said = refused(name, &arguments(&folder, &wide), 1);
        assert!(said.err.contains("found UTF-16"), "{}", said.err);
    }
}

#[test]
fn depth_has_a_line() {
    let folder = Folder::new("depth");
    for (name, arguments) in inputs() {
        // Values, dotted keys, and what is closed again are cut off at different places.
        let texts = match name.ends_with(".toml") {
            true => vec![
                format!("\n\na = {}", "[".repeat(100_000)),
                format!("\n\n{}a = 1\n", "a.".repeat(500)),
                format!("\n\n[{}a]\n", "a.".repeat(500)),
                format!("\n\na = {}1{}\n", "{a = ".repeat(5000), "}".repeat(5000)),
            ],
            false => vec![
                format!("\n\n{}", "[".repeat(100_000)),
                format!("\n\n{}1{}\n", "{\"a\":".repeat(5000), "}".repeat(5000)),
                format!(
                    "\n\n{{\"version\": {}1{}}}\n",
                    "[".repeat(5000),
                    "]".repeat(5000)
                ),
            ],
        };
        for text in texts {
            refused(name, &arguments(&folder, text.as_bytes()), 3);
        }
    }
}

#[test]
fn what_is_long_is_not_repeated_whole() {
    let folder = Folder::new("long");
    let long = "k".repeat(200_000);
    for (name, arguments) in inputs() {
        let texts = match name.ends_with(".toml") {
            true => vec![
                format!("\n{long} = 1\n"),
                format!("\n[[{long}]]\na = 1\n"),
                format!("\na = {long}\n"),
            ],
            false => vec![
                format!("\n{long}\n"),
                format!("\n{{\"version\": \"{long}\"}}"),
                format!("\n[\"{long}\"]"),
            ],
        };
        for text in texts {
            refused(name, &arguments(&folder, text.as_bytes()), 2);
        }
    }
    let id = "a::".repeat(13_000);
    let known = folder.file(
        "id.toml",
        format!("[[finding]]\nid = \"{id}b::c::d\"\nreason = \"x\"\n"),
    );
    let said = soon(&[
        "run",
        FEW,
        "--reference",
        "--no-regressions",
        "--samples",
        "0",
        "--baseline",
        &known,
    ]);
    assert!(
        said.code == Some(5) && said.out.len() < 8000,
        "{:?}, {} bytes",
        said.code,
        said.out.len()
    );
}

/// What the binary says to that, if it takes no more of the processor than an unoptimised one
/// should.
fn soon(arguments: &[&str]) -> Said {
    let script = format!(
        "ulimit -t 20; exec '{}' \"$@\"",
        env!("CARGO_BIN_EXE_proofmark")
    );
    let mut command = proofmark();
    let own: Vec<_> = command
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)))
        .collect();
    command = std::process::Command::new("bash");
    for (name, value) in own {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    said(
        command
            .args(["-c", &script, "bash"])
            .args(arguments)
            .output()
            .expect("bash"),
    )
}

#[test]
fn many_unknown_ids_are_told_soon() {
    let folder = Folder::new("many");
    let table = |n: usize| {
        format!(
            "[[finding]]\nid = \"update-event-source-mapping::request::Batch{n}::a::b\"\nreason = \"\"\n"
        )
    };
    let known = folder.file("many.toml", (0..20_000).map(table).collect::<String>());
    let said = soon(&[
        "run",
        FEW,
        "--reference",
        "--no-regressions",
        "--samples",
        "0",
        "--baseline",
        &known,
    ]);
    assert!(
        said.code == Some(5) && said.out.contains("20000 entries to remove"),
        "{:?}",
        said.code
    );
}

#[test]
fn long_arguments() {
    let (long, longer) = ("x".repeat(8000), "x".repeat(120_000));
    let flag = |text: &str| vec![format!("--{text}")];
    let of = |flag: &str, text: &str| {
        vec![
            "run".to_owned(),
            "--reference".to_owned(),
            flag.to_owned(),
            text.to_owned(),
        ]
    };
    for text in [&long, &longer] {
        let mut lines = vec![
            flag(text),
            vec!["explain".to_owned(), text.clone()],
            vec!["replay".to_owned(), text.clone()],
        ];
        let flags = [
            "--level",
            "--timeout",
            "--rate",
            "--region",
            "--basis",
            "--report",
            "--shard",
            "--profile",
        ];
        lines.extend(
            flags
                .iter()
                .chain(&["--revision", "--defect", "--cases", "--baseline"])
                .map(|flag| of(flag, text)),
        );
        for line in lines {
            let said =
                super::process::said(proofmark().args(&line).output().expect("the binary starts"));
            assert_eq!(said.code, Some(2), "{}", said.err);
            assert!(
                said.err.len() < 4096,
                "{}: {} bytes",
                line[line.len() - 2],
                said.err.len()
            );
        }
    }
    assert!(say(&["run", &long]).err.len() < 4096);
}

#[test]
fn words_that_were_probably_meant() {
    let folder = Folder::new("meant");
    let numbers = "update-event-source-mapping/numbers.toml";
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("cases/lambda")
            .join(numbers),
    );
    let text = text.expect("a case file");
    for (from, to, meant) in [
        ("says = ", "sais = ", "did you mean `says`?"),
        (
            "expect = \"reject\"",
            "expect = \"rejct\"",
            "did you mean `reject`?",
        ),
        (
            "violates = \"type\"",
            "violates = \"tipe\"",
            "did you mean `type`?",
        ),
        (
            "basis = \"page\"",
            "basis = \"pgae\"",
            "did you mean `page`?",
        ),
        (
            "rule::batch-size-stored",
            "rule::bacth-size-stored",
            "did you mean `rule::batch-size-stored`?",
        ),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let cases = folder.cases(&format!("lambda/{numbers}"), changed);
        check(&["lint", "--cases", &cases], 2, &["numbers.toml:", meant]);
    }
    check(&["run", "--level", "mst"], 2, &["did you mean `must`?"]);
    check(&["run", "--basis", "pge"], 2, &["did you mean `page`?"]);
    check(&["run", "--report", "jnuit"], 2, &["did you mean `junit`?"]);
    check(&["run", "--class", "rnage"], 4, &["did you mean `range`?"]);
    check(
        &["run", "--revision", "curent"],
        2,
        &["did you mean `current`?"],
    );
    let id = "update-event-source-mapping::request::BatchSize::range::min::below-mni";
    check(
        &["explain", id],
        2,
        &["did you mean `update-event-source-mapping::request::BatchSize::range::min::below-min`?"],
    );
    check(
        &["replay", id],
        2,
        &["did you mean `update-event-source-mapping::request::BatchSize::range::min::below-min`?"],
    );
}

#[test]
fn regions() {
    for region in [
        "local",
        "us_east_1",
        "us-east-1\"",
        "${run}",
        "../x",
        "US-EAST-1",
    ] {
        let refusal = check(
            &["run", FEW, "--region", region],
            2,
            &["--region", "expected a region such as us-east-1"],
        );
        assert!(!refusal.err.contains(".toml"), "{}", refusal.err);
    }
    // Of a form that is right, and yet in no ARN that the page admits.
    let refusal = check(
        &["run", FEW, "--region", "us-isob-east-1"],
        2,
        &["us-isob-east-1", "request::FunctionName::pattern"],
    );
    assert!(!refusal.err.contains(".toml"), "{}", refusal.err);
    check(&["run", FEW, "--region", "eu-central-1"], 0, &["CONFORMS"]);
    let of_variable = |region: &str| {
        said(
            proofmark()
                .args(["list", FEW])
                .env("AWS_REGION", region)
                .output()
                .expect("it starts"),
        )
    };
    let wrong = of_variable("nowhere");
    assert!(
        wrong.code == Some(2) && wrong.err.contains("expected a region"),
        "{}",
        wrong.err
    );
    // A variable that is empty counts as not set.
    assert_eq!(of_variable("").code, Some(0));
    let folder = Folder::new("regions");
    let file = folder.file(
        "proofmark.toml",
        "[targets.a]\nendpoint = 'http://127.0.0.1:9'\nregion = 'here'\n",
    );
    check(
        &["list", "--config", &file],
        2,
        &["proofmark.toml:3: expected a region such as us-east-1"],
    );
    let header = "{\"proofmark-recording\":1,\"proofmark\":\"0.1.0\",\"plan\":{\"service\":\"lambda\",\
                  \"operation\":\"update-event-source-mapping\",\"revision\":null,\"region\":\"us-east-1\",\"samples\":0,\
                  \"seed\":0,\"exhaustive\":false}}\n";
    for (from, to) in [
        ("us-east-1", "here"),
        ("us-east-1", "us-isob-east-1"),
        ("\"lambda\"", "\"../lambda\""),
        ("\"samples\":0", "\"samples\":99999999999"),
    ] {
        let file = folder.file("run.ndjson", header.replace(from, to));
        check(&["judge", &file], 2, &["run.ndjson:1: "]);
    }
}
