//! What is inferred of small contracts, and of the service models that are at hand; and what is
//! concluded from answers.

use std::collections::BTreeMap;

use super::families::Families;
use super::family::Source;
use super::{Inferred, Outcome, Recipes, Trial, infer, print};
use crate::contract::{Contract, Service, load_operation, load_service};
use crate::plan::fixture::load_fixtures;
use crate::support::files::{Files, Source as File};

/// An operation: its folder, its method and path, its members, and those of its answer.
type Operation<'a> = (&'a str, &'a str, &'a str, &'a str);

/// A service with shelves, on which books stand, and with a lamp.
const SHELVES: [Operation<'_>; 13] = [
    (
        "create-book",
        "POST /shelves/{ShelfId}/books",
        "ShelfId! Title!",
        "BookId Title",
    ),
    (
        "create-shelf",
        "POST /shelves",
        "Label! Size",
        "ShelfId ShelfArn",
    ),
    (
        "delete-book",
        "DELETE /shelves/{ShelfId}/books/{BookId}",
        "ShelfId! BookId!",
        "",
    ),
    (
        "delete-lamp",
        "DELETE /shelves/{ShelfId}/lamp",
        "ShelfId!",
        "",
    ),
    ("delete-shelf", "DELETE /shelves/{ShelfId}", "ShelfId!", ""),
    (
        "get-book",
        "GET /shelves/{ShelfId}/books/{BookId}",
        "ShelfId! BookId!",
        "BookId Title",
    ),
    (
        "get-shelf",
        "GET /shelves/{ShelfId}",
        "ShelfId!",
        "ShelfId ShelfArn Label",
    ),
    (
        "list-books",
        "GET /shelves/{ShelfId}/books",
        "ShelfId!",
        "Books[BookId,Title]",
    ),
    ("list-shelves", "GET /shelves", "", "Shelves[ShelfId,Label]"),
    (
        "put-lamp",
        "PUT /shelves/{ShelfId}/lamp",
        "ShelfId! Colour!",
        "Colour",
    ),
    ("start-fire", "POST /fires", "Colour!", ""),
    (
        "tag-resource",
        "POST /tags/{ResourceArn}",
        "ResourceArn! Colour!",
        "",
    ),
    (
        "update-shelf",
        "PATCH /shelves/{ShelfId}",
        "ShelfId! Label",
        "ShelfId Label",
    ),
];

fn service() -> Service {
    let file = Files::Embedded.read("todo/service.toml").expect("a file");
    load_service(&file).expect("a service")
}

/// The contracts of these operations.
fn contracts(operations: &[Operation<'_>]) -> Vec<Contract> {
    let service = service();
    let load = |(slug, http, input, output): &Operation<'_>| {
        let (method, uri) = http.split_once(' ').expect("a method and a path");
        let name: String = slug
            .split('-')
            .map(|word| {
                let (first, rest) = word.split_at(1);
                format!("{}{rest}", first.to_uppercase())
            })
            .collect();
        let mut text = format!(
            "operation = \"{name}\"\nrevision = \"x\"\nsource = \"x\"\n[http]\nmethod = \"{method}\"\n\
             uri = \"{uri}\"\ncode = 200\nsection = \"x\"\n"
        );
        for word in input.split_whitespace() {
            let name = word.trim_end_matches('!');
            text.push_str(&format!("[input.{name}]\ntype = \"string\"\n"));
            if word.ends_with('!') {
                text.push_str("required = true\n");
            }
            if uri.contains(&format!("{{{name}}}")) {
                text.push_str("location = \"label\"\n");
            }
        }
        let mut shapes = String::new();
        for word in output.split_whitespace() {
            match word.split_once('[') {
                None => text.push_str(&format!(
                    "[output.{word}]\ntype = \"string\"\npresence = \"optional\"\n"
                )),
                Some((list, members)) => {
                    text.push_str(&format!(
                        "[output.{list}]\ntarget = \"{list}\"\npresence = \"optional\"\n"
                    ));
                    shapes.push_str(&format!("[shape.{list}]\ntype = \"list\"\nmember = {{ target = \"One\" }}\n[shape.One]\ntype = \"structure\"\n"));
                    for member in members.trim_end_matches(']').split(',') {
                        shapes.push_str(&format!(
                            "[shape.One.members.{member}]\ntype = \"string\"\n"
                        ));
                    }
                }
            }
        }
        let file = File {
            name: format!("{slug}/contract.toml"),
            text: text + &shapes,
        };
        load_operation(&file, slug, &service).expect("a contract")
    };
    operations.iter().map(load).collect()
}

/// What is inferred where the target answers so.
fn inferred(
    operations: &[Operation<'_>],
    recipes: &str,
    answer: impl Fn(&Trial) -> Outcome,
) -> Inferred {
    let (contracts, service) = (contracts(operations), service());
    let recipes = Recipes::load(&File {
        name: "recipes.toml".to_owned(),
        text: recipes.to_owned(),
    });
    let recipes = recipes.expect("recipes");
    let attempt = async |trial: &Trial| -> Result<Outcome, ()> {
        let contract = contracts.get(trial.place).expect("an operation");
        // What would not load is not sent.
        match trial.plan(contract, &service, "us-east-1") {
            Ok(_) => Ok(answer(trial)),
            Err(error) => panic!("{}: {error}", contract.slug),
        }
    };
    let inferring = infer((&contracts, &service), &recipes, "us-east-1", attempt);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(inferring).expect("no error")
}

/// The operations with a binding.
fn bound(inferred: &Inferred) -> Vec<&str> {
    let with = inferred
        .operations
        .iter()
        .filter(|tried| tried.binding.is_some());
    with.map(|tried| tried.slug.as_str()).collect()
}

#[test]
fn families_stand_in_the_order_of_their_lives() {
    let contracts = contracts(&SHELVES);
    let families = Families::of(&contracts);
    let slug = |place: Option<usize>| place.map(|place| contracts[place].slug.as_str());
    let told: Vec<_> = families
        .all
        .iter()
        .map(|family| {
            let parts = family.identity.iter().map(|part| match &part.source {
                Source::Name(member) => format!("{} is {member}", part.member),
                Source::Answer(shown) => format!("{} at {}", part.member, shown.pointer()),
                Source::Parent(parent) => {
                    format!("{} of {}", part.member, families.all[*parent].noun)
                }
                Source::Given => format!("{}?", part.member),
            });
            let parts: Vec<String> = parts.collect();
            (
                family.noun.as_str(),
                parts.join(", "),
                slug(family.list),
                slug(family.delete),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "shelf",
                "ShelfId at /ShelfId".to_owned(),
                Some("list-shelves"),
                Some("delete-shelf")
            ),
            (
                "book",
                "ShelfId of shelf, BookId at /BookId".to_owned(),
                Some("list-books"),
                Some("delete-book")
            ),
            (
                "lamp",
                "ShelfId of shelf".to_owned(),
                None,
                Some("delete-lamp")
            ),
        ]
    );
}

#[test]
fn a_name_of_ours_is_the_one_that_says_so() {
    let contracts = contracts(&[
        (
            "create-vault",
            "PUT /{accountId}/vaults/{vaultName}",
            "accountId! vaultName!",
            "",
        ),
        (
            "delete-vault",
            "DELETE /{accountId}/vaults/{vaultName}",
            "accountId! vaultName!",
            "",
        ),
    ]);
    let families = Families::of(&contracts);
    let sources: Vec<&Source> = families.all[0]
        .identity
        .iter()
        .map(|part| &part.source)
        .collect();
    assert_eq!(
        sources,
        [&Source::Given, &Source::Name("vaultName".to_owned())]
    );
}

#[test]
fn everything_that_a_model_says_is_bound_where_all_is_accepted() {
    let all = inferred(&SHELVES, "", |_| Outcome::Accepted);
    let without = ["start-fire"];
    let expected = SHELVES.iter().map(|operation| operation.0);
    let expected: Vec<&str> = expected.filter(|slug| !without.contains(slug)).collect();
    assert_eq!(bound(&all), expected);

    let text = print("todo", &all);
    for line in [
        "capture = { shelf = { json = \"/ShelfId\", segment = true } }",
        "undo = [{ call = { service = \"\", method = \"DELETE\", path = \"/shelves/${shelf}\" } }]",
        "label = { ShelfId = \"${shelf}\", BookId = \"${book}\" }",
        "label = { ResourceArn = \"${shelf_arn}\" }",
        "# start-fire: not tried,",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let file = File {
        name: "fixtures.toml".to_owned(),
        text: text.clone(),
    };
    let fixtures = load_fixtures(&file).expect("what is written loads");
    assert_eq!(fixtures.bindings.len(), expected.len());
    // The same answers, the same bytes.
    assert_eq!(
        print("todo", &inferred(&SHELVES, "", |_| Outcome::Accepted)),
        text
    );
}

#[test]
fn what_is_refused_is_listed_with_what_was_answered() {
    let refused = Outcome::Refused {
        status: 400,
        named: Some("Odd\nthing".to_owned()),
    };
    let none = inferred(&SHELVES, "", |_| refused.clone());
    assert_eq!(bound(&none), [""; 0]);
    let text = print("todo", &none);
    assert!(
        text.contains("# create-shelf: refused with status 400 Odd thing.\n"),
        "{text}"
    );
    assert!(
        text.contains("# get-shelf: not tried, ShelfId names a shelf, and none could be made.\n"),
        "{text}"
    );
    let file = File {
        name: "fixtures.toml".to_owned(),
        text,
    };
    load_fixtures(&file).expect("a file without tables loads");
}

/// Without a fixture of its own each request has something made for it.
#[test]
fn what_no_list_shows_is_made_before_each_request() {
    let operations: Vec<Operation<'_>> = SHELVES
        .into_iter()
        .filter(|operation| operation.0 != "list-shelves" && operation.0 != "get-shelf")
        .collect();
    let all = inferred(&operations, "", |_| Outcome::Accepted);
    let update = all
        .operations
        .iter()
        .find(|tried| tried.slug == "update-shelf");
    let update = update
        .and_then(|tried| tried.binding.as_ref())
        .expect("a binding");
    assert_eq!((update.before.len(), update.needs.len()), (1, 0));
    assert_eq!(update.label["ShelfId"], "${own_shelf}");
    assert!(all.fixtures.is_empty());
}

#[test]
fn nothing_is_made_that_nothing_removes() {
    let operations: Vec<Operation<'_>> = SHELVES
        .into_iter()
        .filter(|operation| operation.0 != "delete-shelf")
        .collect();
    let sent = std::cell::RefCell::new(Vec::new());
    inferred(&operations, "", |trial| {
        sent.borrow_mut().push(trial.binding.slug.clone());
        Outcome::Accepted
    });
    assert_eq!(*sent.borrow(), ["list-shelves"]);
}

#[test]
fn what_could_not_be_removed_is_not_written() {
    let left = inferred(&SHELVES, "", |trial| match trial.binding.slug.as_str() {
        "create-shelf" => Outcome::Left,
        _ => Outcome::Accepted,
    });
    assert_eq!(bound(&left), ["list-shelves"]);
}

#[test]
fn recipes_say_what_no_name_says() {
    let recipes = "[[recipe]]\nservice = \"todo\"\noperations = [\"start-fire\"]\nmember = \"Colour\"\n\
                   value = '\"${run}-red\"'\nwhy = \"Fires are red\"\n\
                   [[recipe]]\nmember = \"Col*our\"\nvalue = '1'\nwhy = \"x\"\n";
    let all = inferred(&SHELVES, recipes, |_| Outcome::Accepted);
    let fire = all
        .operations
        .iter()
        .find(|tried| tried.slug == "start-fire");
    let fire = fire
        .and_then(|tried| tried.binding.as_ref())
        .expect("a binding");
    assert_eq!(fire.given["Colour"], "${run}-red");
}

/// The models of an installed botocore, where the tests are told of one.
#[test]
fn families_of_real_models() {
    let Some(folder) = std::env::var_os("PROOFMARK_BOTOCORE") else {
        return;
    };
    let around = crate::import::Surroundings {
        named: Some(folder.into()),
        variable: |_| None,
    };
    let mut counts = BTreeMap::new();
    for name in ["lambda", "mq", "apigatewayv2"] {
        let path = format!("botocore:{name}");
        let wanted = crate::import::Wanted::default();
        let documents = crate::import::open(path.as_ref(), &wanted, &around).expect("a model");
        let layer = crate::import::layer(name, &documents, None).expect("contracts");
        let service =
            load_service(&layer.files[&format!("{name}/service.toml")]).expect("a service");
        let contracts: Vec<Contract> = layer
            .documented
            .iter()
            .map(|folder| {
                let (_, slug) = folder.split_once('/').expect("a folder");
                let file = &layer.files[&format!("{folder}/contract.toml")];
                load_operation(file, slug, &service).expect("a contract")
            })
            .collect();
        let families = Families::of(&contracts);
        let named = families.all.iter().filter(|family| family.is_named());
        let nouns: Vec<String> = named.map(|family| family.noun.clone()).collect();
        counts.insert(name, nouns);
    }
    for (service, noun) in [
        ("lambda", "function"),
        ("lambda", "alias"),
        ("lambda", "event-source-mapping"),
        ("mq", "broker"),
        ("mq", "user"),
        ("apigatewayv2", "integration"),
    ] {
        let known = &counts[service];
        assert!(
            known.iter().any(|own| own == noun),
            "{service} {noun}: {known:?}"
        );
    }
    let place = |noun: &str| counts["lambda"].iter().position(|own| own == noun);
    assert!(place("function") < place("alias"));
}
