//! Any text as a file: it is refused with a line that is there, or means the same when it is
//! printed and read again.

use super::built_in::plan;
use crate::contract::{Contract, load_operation, load_service, print_operation, print_service};
use crate::plan::case::{Action, Case, CaseId, Origin};
use crate::plan::fixture::load_fixtures;
use crate::support::files::{FileError, Source};

/// Contract, service and fixture files: any text loads, or is refused with a message that has one
/// line of its file. A contract or service that loads is the same once it is printed and read
/// again.
///
/// # Panics
/// Where a loader does, a message names a line that the text does not have, or what is printed is
/// another contract.
pub fn any_contract_is_answered(bytes: &[u8]) {
    let file = source(bytes);
    let _ = load_fixtures(&file).map_err(|e| told(&file, &e));
    let service = load_service(&file).map_err(|e| told(&file, &e)).ok();
    if let Some(service) = &service {
        let printed = reprinted(&file, print_service);
        let read = load_service(&printed).unwrap_or_else(|e| panic!("{e}\n{}", printed.text));
        assert_eq!(
            format!("{read:?}"),
            format!("{service:?}"),
            "{}",
            printed.text
        );
    }

    let service = service.as_ref().unwrap_or(&plan().service);
    let contract = load_operation(&file, "any", service).map_err(|e| told(&file, &e));
    if let Ok(contract) = contract {
        let printed = reprinted(&file, print_operation);
        let read = load_operation(&printed, "any", service)
            .unwrap_or_else(|e| panic!("{e}\n{}", printed.text));
        assert_eq!(content(&read), content(&contract), "{}", printed.text);
    }
}

/// Case files: any text loads, or is refused; what loads can be filled in, and is the same case
/// once it is printed and read again.
///
/// # Panics
/// Where the loader does, a message names a line that the text does not have, a case that loaded
/// cannot be filled in, or what is printed is another case.
pub fn any_case_file_is_answered(bytes: &[u8]) {
    let file = source(bytes);
    let plan = plan();
    match plan.read_cases(&file, "any") {
        Ok(cases) => {
            for case in cases {
                can_be_filled_in(&case);
                is_read_back(&case);
            }
        }
        Err(error) => told(&file, &error),
    }
}

/// Each request of a case can be filled in, once what its steps make has a name.
fn can_be_filled_in(case: &Case) {
    let plan = plan();
    let mut known = plan.sample();
    let made = case.steps.iter().filter(|s| s.action == Action::Create);
    for name in made.filter_map(|step| step.on.as_deref()) {
        known.set(name, "made");
    }
    for step in &case.steps {
        if let Err(error) = step.request.bind(&known, &plan.service.signing_name) {
            panic!("{} was loaded, but cannot be filled in: {error}", case.id);
        }
    }
}

/// A case that the format has words for is read back as it was, but for its id.
fn is_read_back(case: &Case) {
    let plan = plan();
    let Some(text) = plan.print_case(case, "a") else {
        return;
    };
    let printed = Source {
        name: "printed.toml".to_owned(),
        text,
    };

    let read = plan.read_cases(&printed, "printed");
    let read = read.unwrap_or_else(|e| panic!("{e}\n{}\n{case:?}", printed.text));
    let plain = |case: &Case| {
        format!(
            "{:?}",
            Case {
                id: CaseId(String::new()),
                origin: Origin::Derived,
                ..case.clone()
            }
        )
    };

    assert_eq!(
        read.iter().map(plain).collect::<Vec<_>>(),
        [plain(case)],
        "{}",
        printed.text
    );
}

fn source(bytes: &[u8]) -> Source {
    Source {
        name: "any.toml".to_owned(),
        text: String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The file as it is printed; printing that again changes nothing.
fn reprinted(file: &Source, print: impl Fn(&Source) -> Result<String, FileError>) -> Source {
    let once = print(file).unwrap_or_else(|e| panic!("{e}: it was loaded, but cannot be printed"));
    let printed = Source {
        name: file.name.clone(),
        text: once,
    };
    let twice = print(&printed).unwrap_or_else(|e| panic!("{e}\n{}", printed.text));
    assert_eq!(twice, printed.text);
    printed
}

/// What a contract says, without the tables by which its promises are found: those have no order.
fn content(contract: &Contract) -> String {
    let Contract {
        operation,
        slug,
        revision,
        source,
        http,
        input,
        output,
        errors,
        rules,
        shapes,
        atoms,
        ..
    } = contract;

    format!(
        "{:#?}",
        (
            operation,
            slug,
            revision,
            source,
            http,
            (input, output, errors, rules, shapes),
            atoms
        )
    )
}

/// A complaint is about a line that is there.
fn told(file: &Source, error: &FileError) {
    let lines = file.text.matches('\n').count() + 1;
    assert!(
        error.line.is_none_or(|line| (1..=lines).contains(&line)),
        "{error}: the file has {lines} lines"
    );
    assert!(!error.message.is_empty(), "a complaint without words");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::support::files::Files;

    /// One of the files built in, with one stretch of it replaced.
    fn edited(files: &'static [&'static str]) -> impl Strategy<Value = String> {
        let path = prop::sample::select(files);
        (
            path,
            any::<prop::sample::Index>(),
            0_usize..40,
            r#"[\[\]{}"'=.,\n a-z0-9$-]{0,12}"#,
        )
            .prop_map(|(path, at, cut, more)| {
                let mut text = Files::Embedded.read(path).expect("a file").text;
                let floor = |text: &str, at: usize| {
                    (0..=at)
                        .rev()
                        .find(|i| text.is_char_boundary(*i))
                        .unwrap_or(0)
                };
                let start = floor(&text, at.index(text.len()));
                let end = floor(&text, (start + cut).min(text.len())).max(start);
                text.replace_range(start..end, &more);
                text
            })
    }

    const CONTRACTS: &[&str] = &[
        "lambda/service.toml",
        "lambda/fixtures.toml",
        "lambda/update-event-source-mapping/contract.toml",
        "lambda/update-event-source-mapping/contract.current.toml",
        "lambda/create-event-source-mapping/contract.toml",
    ];

    const CASES: &[&str] = &[
        "lambda/update-event-source-mapping/identifiers.toml",
        "lambda/update-event-source-mapping/lifecycle.toml",
        "lambda/update-event-source-mapping/methods-and-headers.toml",
        "lambda/update-event-source-mapping/sequences.toml",
    ];

    proptest! {
        #![proptest_config(crate::harness::testing::property_tests(1))]

        #[test]
        fn contracts(text in edited(CONTRACTS)) {
            any_contract_is_answered(text.as_bytes());
        }

        #[test]
        fn contracts_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            any_contract_is_answered(&bytes);
        }

        #[test]
        fn case_files(text in edited(CASES)) {
            any_case_file_is_answered(text.as_bytes());
        }
    }

    /// Each file built in is printed and read again whole.
    #[test]
    fn files_built_in() {
        for path in CONTRACTS {
            any_contract_is_answered(Files::Embedded.read(path).expect("a file").text.as_bytes());
        }
        for path in CASES {
            any_case_file_is_answered(Files::Embedded.read(path).expect("a file").text.as_bytes());
        }
    }
}
