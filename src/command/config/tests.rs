//! What a file says, what it is refused for, and where it is looked for.

use std::path::Path;

use super::*;

const FOLDER: &str = "/project";

#[track_caller]
fn config(text: &str) -> Config {
    parsed(text).expect("a configuration")
}

fn parsed(text: &str) -> Result<Config, FileError> {
    Config::parse(
        Source {
            name: "proofmark.toml".to_owned(),
            text: text.to_owned(),
        },
        Path::new(FOLDER),
    )
}

fn variable(name: &str) -> Option<String> {
    match name {
        "PORT" => Some("5001".to_owned()),
        "MY_KEY" => Some("AKIDEXAMPLE".to_owned()),
        "MY_SECRET" => Some("hidden".to_owned()),
        _ => None,
    }
}

#[test]
fn the_sample_is_in_order() {
    let sample = config(SAMPLE);
    assert_eq!(
        sample.default_target(Profile::Ci),
        Ok(Some("local".to_owned()))
    );
    let values = sample
        .values(Some("local"), Profile::Dev, &variable)
        .expect("values");
    assert_eq!(values.endpoint.as_deref(), Some("http://127.0.0.1:5001"));
    // What stands in comments is in order too, and all keys are shown.
    let uncommented: String = SAMPLE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest)
                if rest.starts_with('[')
                    || rest.split(" = ").next().is_some_and(|k| !k.contains(' ')) =>
            {
                rest
            }
            _ => line,
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let whole = config(&uncommented);
    for key in keys::TARGET {
        assert!(
            uncommented.contains(&format!("\n{key} = ")),
            "{key} is not in the sample"
        );
    }
    let values = whole
        .values(Some("local"), Profile::Ci, &|_| Some("5002".to_owned()))
        .expect("values");
    assert_eq!(values.rate, Some(100.0));
    assert_eq!(values.settle_timeout, Some(Duration::from_secs(120)));
    assert_eq!(
        values.baseline,
        Some(Path::new(FOLDER).join("proofmark-baseline.toml"))
    );
    let start = values.start.expect("a command");
    assert_eq!(start.command, ["moto_server", "--port", "5002"]);
    assert_eq!(
        (start.ready.as_deref(), start.timeout.as_secs()),
        (Some("/moto-api/"), 60)
    );
    assert_eq!(start.folder, Path::new(FOLDER));
}

#[test]
fn the_example_of_the_guide_is_in_order() {
    let guide = include_str!("../../guide/targets.md");
    let example = guide
        .split("```toml\n")
        .filter_map(|rest| rest.split("```").next())
        .find(|text| text.contains("[targets."))
        .expect("an example");
    let example = config(example);
    assert_eq!(example.targets(), ["moto", "staging"]);
    for target in example.targets() {
        assert!(example.values(Some(target), Profile::Ci, &variable).is_ok());
    }
}

#[test]
fn the_revision_alone_needs_no_other_variable() {
    let both = config(
        "[targets.a]\nendpoint = '${ABSENT}'\nrevision = 'current'\n[targets.b]\nendpoint = 'http://x'\n\
         [profiles.ci]\nrevision = '2018'\n",
    );
    let of = |target, profile| {
        both.contract(target, profile, &variable)
            .expect("a contract")
            .revision
    };
    assert_eq!(of(Some("a"), Profile::Dev).as_deref(), Some("current"));
    assert_eq!(of(Some("a"), Profile::Ci).as_deref(), Some("2018"));
    assert_eq!(
        (of(Some("b"), Profile::Dev), of(None, Profile::Dev)),
        (None, None)
    );
}

#[test]
fn a_profile_stands_in_for_a_target() {
    let both = config(
        "default-target = 'a'\n[targets.a]\nendpoint = 'http://localhost'\nrate = 5\njobs = 2\nstart = ['x']\n\
         [targets.b]\nendpoint = 'http://localhost:2'\nallow-host = 'h'\n\
         [profiles.ci]\ndefault-target = 'b'\nrate = '60/min'\nready-timeout = 1.5\n",
    );
    assert_eq!(both.targets(), ["a", "b"]);
    assert_eq!(both.default_target(Profile::Dev), Ok(Some("a".to_owned())));
    assert_eq!(both.default_target(Profile::Ci), Ok(Some("b".to_owned())));
    let of = |target, profile| both.values(target, profile, &variable).expect("values");
    assert_eq!(
        (
            of(Some("a"), Profile::Dev).rate,
            of(Some("a"), Profile::Ci).rate
        ),
        (Some(5.0), Some(1.0))
    );
    assert_eq!(of(Some("a"), Profile::Ci).jobs, Some(2));
    assert_eq!(
        of(Some("a"), Profile::Ci)
            .start
            .map(|s| s.timeout.as_millis()),
        Some(1500)
    );
    assert_eq!(of(Some("b"), Profile::Dev).allow_host, ["h"]);
    // For an endpoint that is no target of the file the profile holds as well.
    assert_eq!(
        of(None, Profile::Ci),
        Values {
            rate: Some(1.0),
            ..Values::default()
        }
    );
}

#[test]
fn only_the_target_that_is_chosen_needs_its_variables() {
    let both = config(
        "[targets.a]\nendpoint = 'http://localhost:${PORT}'\n[targets.b]\nendpoint = 'http://${ABSENT}'\nrate = '${R}'\n",
    );
    let values = both
        .values(Some("a"), Profile::Dev, &variable)
        .expect("values");
    assert_eq!(values.endpoint.as_deref(), Some("http://localhost:5001"));
    let error = both
        .values(Some("b"), Profile::Dev, &variable)
        .expect_err("no ABSENT");
    assert_eq!(
        error.to_string(),
        "proofmark.toml:4: the variable ABSENT is not set; `${ABSENT:-…}` would give it a default"
    );
    assert!(
        both.values(Some("b"), Profile::Dev, &|_| Some("x".to_owned()))
            .is_err_and(|e| e.line == Some(5))
    );
}

#[test]
fn credentials_are_named_and_never_written() {
    let of = |credentials: &str| {
        config(&format!(
            "[targets.a]\nendpoint = 'http://localhost'\ncredentials = {credentials}\n"
        ))
        .values(Some("a"), Profile::Dev, &variable)
        .expect("values")
        .credentials
    };
    assert_eq!(of("'environment'").read(variable), Ok(None));
    assert_eq!(
        of("'test'")
            .read(variable)
            .map(|c| c.map(|c| c.access_key_id)),
        Ok(Some("test".to_owned()))
    );
    let named = of("{ key-variable = 'MY_KEY', secret-variable = 'MY_SECRET' }");
    assert_eq!(
        named.read(variable).map(|c| c.map(|c| c.access_key_id)),
        Ok(Some("AKIDEXAMPLE".to_owned()))
    );
    let absent = of(
        "{ key-variable = 'MY_KEY', secret-variable = 'MY_SECRET', token-variable = 'MY_TOKEN' }",
    );
    assert_eq!(
        absent.read(variable),
        Err("credentials: the variable MY_TOKEN is not set".to_owned())
    );
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let table = |line: &str| format!("[targets.a]\nendpoint = 'http://localhost'\n{line}\n");
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let wrong = [
        ("a = ".to_owned(), 1, "expected"),
        (
            "target = 1".to_owned(),
            1,
            "unknown key `target`: did you mean `targets`?",
        ),
        (
            "targets = 1".to_owned(),
            1,
            "expected a table [targets.NAME]",
        ),
        (
            "[targets]\na = 1".to_owned(),
            2,
            "expected a table [targets.a]",
        ),
        (
            "[targets.a]\nrate = 1".to_owned(),
            1,
            "expected a key `endpoint`",
        ),
        ("[profiles.dav]".to_owned(), 1, "unknown profile `dav`"),
        (
            "[profiles.ci]\nendpoint = ''".to_owned(),
            2,
            "unknown key `endpoint`",
        ),
        (
            "default-target = 'b'".to_owned(),
            1,
            "the file has no [targets.NAME]",
        ),
        (
            format!("default-target = 'b'\n{}", table("")),
            1,
            "there is no target `b`: expected one of a",
        ),
        (
            table("setle-timeout = 3"),
            3,
            "unknown key `setle-timeout`: did you mean `settle-timeout`?",
        ),
        (
            table("colour = 3"),
            3,
            "unknown key `colour`: expected one of endpoint, region",
        ),
        (table("timeout = 0"), 3, "expected a time above 0"),
        (table("timeout = 'soon'"), 3, "found `soon`"),
        (table("timeout = true"), 3, "found true or false"),
        (table("rate = '3/day'"), 3, "expected a rate"),
        (
            table("jobs = 0"),
            3,
            "expected a whole number from 1 to 512, found `0`",
        ),
        (
            table("jobs = 100000"),
            3,
            "expected a whole number from 1 to 512, found `100000`",
        ),
        (table("region = ''"), 3, "not empty"),
        (table("region = '${'"), 3, "has no `}`"),
        (table("start = 'moto'"), 3, "expected an array: the program"),
        (table("start = []"), 3, "expected an array: the program"),
        (table("start = [1]"), 3, "expected a string, found a number"),
        (
            table("ready = '/'"),
            3,
            "`ready` is of use only with `start`",
        ),
        (
            table("start = ['x']\nready = 'x'"),
            4,
            "a slash at its beginning",
        ),
        (
            table("headers = { cookie = 'a' }"),
            3,
            "a secret does not belong in this file",
        ),
        (
            table(&format!("aws_secret_access_key = '{secret}'")),
            3,
            "`aws_secret_access_key`: credentials do not",
        ),
        (
            table(&format!(
                "credentials = {{ secret-access-key = '{secret}' }}"
            )),
            3,
            "do not belong in this file",
        ),
        (
            table(&format!("credentials = '{secret}'")),
            3,
            "expected \"environment\", \"test\"",
        ),
        (
            table(&format!(
                "credentials = {{ key-variable = 'K', secret-variable = '{secret}' }}"
            )),
            3,
            "secret-variable: expected the name of an environment variable",
        ),
        (
            table("credentials = { key-variable = 'K' }"),
            3,
            "expected both",
        ),
    ];
    for (text, line, words) in wrong {
        let error = parsed(&text).expect_err(&text);
        assert_eq!(error.line, Some(line), "{text}\n{error}");
        assert!(error.message.contains(words), "{text}\n{error}");
        assert!(!error.message.contains(secret), "{error}");
    }
    let error = config(&table(""))
        .values(Some("b"), Profile::Dev, &variable)
        .expect_err("no such target");
    assert_eq!(
        error.to_string(),
        "proofmark.toml: there is no target `b`: expected one of a"
    );
}

#[test]
fn a_file_is_looked_for_up_to_the_root_of_the_repository() {
    let root = std::env::temp_dir().join(format!("proofmark-config-{}", std::process::id()));
    let (outside, repository) = (root.join("outside"), root.join("repository"));
    let deep = repository.join("a").join("b");
    for folder in [&outside, &deep, &repository.join(".git")] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    let write = |folder: &Path| std::fs::write(folder.join(FILE_NAME), SAMPLE).expect("a file");
    write(&root);
    // Neither beyond the root of a repository, nor at all beyond a folder that is in none.
    assert_eq!(Config::find(&deep), None);
    if !root.ancestors().any(|f| f.join(".git").exists()) {
        assert_eq!(Config::find(&outside), None);
    }
    write(&repository);
    assert_eq!(Config::find(&deep), Some(repository.join(FILE_NAME)));
    write(&deep);
    assert_eq!(Config::find(&deep), Some(deep.join(FILE_NAME)));
    assert!(Config::load(&deep.join(FILE_NAME)).is_ok_and(|c| c.folder == deep));
    std::fs::remove_dir_all(&root).expect("a folder of this test's own");
}
