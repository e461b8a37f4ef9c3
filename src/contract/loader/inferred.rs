//! What follows from a contract without a sentence that says so: a member that is sent is stored.

use super::super::{Basis, Level, Location, Member, OutputMember, Rule, RuleKind, Shape};

/// A rule for each member of the body that an answer shows under the same name and with the same
/// shape, where the contract has no rule about it. Where a page begins is stored nowhere.
pub(super) fn stored(
    input: &[Member],
    output: &[OutputMember],
    rules: &[Rule],
    pages: Option<&Rule>,
) -> Vec<Rule> {
    let begins = |member: &Member| pages.is_some_and(|rule| begins(&rule.kind, &member.name));
    let mut inferred: Vec<Rule> = Vec::new();
    let of_body = input.iter().filter(|m| m.location == Location::Body);
    for member in of_body.filter(|member| !begins(member)) {
        let told = rules
            .iter()
            .any(|rule| rule.kind.input() == Some(&member.name));
        let shown = output
            .iter()
            .find(|o| o.name == member.name && alike(&o.shape, &member.shape));
        let (false, Some(shown)) = (told, shown) else {
            continue;
        };

        let id = format!("{}-stored", kebab(&member.name));
        if rules.iter().chain(&inferred).any(|rule| rule.id == id) {
            continue;
        }
        inferred.push(Rule {
            path: format!("rule::{id}"),
            id,
            says: format!(
                "The {} sent is that of the resource from then on",
                member.name
            ),
            section: format!("{}; {}", member.section, shown.section),
            basis: Basis::Inferred,
            level: Level::Should,
            kind: RuleKind::Stored {
                input: member.name.clone(),
                output: shown.name.clone(),
            },
        });
    }
    inferred
}

/// Whether the member says where a page begins, or how large it is.
fn begins(kind: &RuleKind, member: &str) -> bool {
    let RuleKind::Pages(pages) = kind else {
        return false;
    };
    pages.input_token == member || pages.page_size.as_deref() == Some(member)
}

/// Whether two members have one shape: the same named one, or the same type.
fn alike(a: &Shape, b: &Shape) -> bool {
    a.target == b.target && (a.target.is_some() || a.kind == b.kind)
}

/// `OpenAPIDocument` as `open-api-document`.
fn kebab(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| characters.get(at));
        let after = characters.get(at + 1);
        let begins = character.is_uppercase()
            && before.is_some_and(|b| !b.is_uppercase() || after.is_some_and(|a| a.is_lowercase()));
        if begins {
            out.push('-');
        }
        out.extend(character.to_lowercase());
    }

    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::load_operation;
    use crate::support::files::Source;

    #[test]
    fn names_in_ids() {
        for (name, id) in [
            (
                "DocumentDBEventSourceConfig",
                "document-db-event-source-config",
            ),
            ("KMSKeyArn", "kms-key-arn"),
            ("BatchSize", "batch-size"),
            ("UUID", "uuid"),
        ] {
            assert_eq!(kebab(name), id);
        }
    }

    #[test]
    fn where_a_page_begins_is_not_stored() {
        let service = crate::harness::testing::plan().service.clone();
        let text = "operation = \"Op\"\nrevision = \"r\"\nsource = \"S\"\n[http]\nmethod = \"POST\"\nuri = \"/x\"\n\
            code = 200\nsection = \"s\"\n\
            [input.From]\ntype = \"string\"\n[input.Most]\ntype = \"long\"\n[input.Sort]\ntype = \"string\"\n\
            [output.From]\npresence = \"optional\"\ntype = \"string\"\n[output.Most]\npresence = \"optional\"\ntype = \"long\"\n\
            [output.Sort]\npresence = \"optional\"\ntype = \"string\"\n\
            [output.Items]\npresence = \"always\"\ntarget = \"Items\"\n\
            [pagination]\ninput-token = \"From\"\noutput-token = \"From\"\nitems = \"Items\"\npage-size = \"Most\"\n\
            [shape.Items]\ntype = \"list\"\nmember = { type = \"string\" }\n";
        let file = Source {
            name: "contract.toml".to_owned(),
            text: text.to_owned(),
        };
        let contract = load_operation(&file, "op", &service).expect("a contract");
        let ids: Vec<&str> = contract.rules.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(ids, ["sort-stored", "pagination"]);
    }

    #[test]
    fn each_member_that_is_sent_and_shown_is_stored() {
        let service = crate::harness::testing::plan().service.clone();
        let text = "operation = \"Op\"\nrevision = \"r\"\nsource = \"S\"\n[http]\nmethod = \"PUT\"\nuri = \"/x\"\n\
            code = 202\nsection = \"s\"\n\
            [input.Told]\ntype = \"long\"\n[input.Plain]\ntype = \"long\"\n[input.Other]\ntype = \"long\"\n\
            [input.Wide]\ntarget = \"W\"\n[input.Query]\nlocation = \"query\"\ntype = \"string\"\n\
            [output.Told]\npresence = \"optional\"\ntype = \"long\"\n[output.Plain]\npresence = \"optional\"\ntype = \"long\"\n\
            [output.Other]\npresence = \"optional\"\ntype = \"string\"\n[output.Wide]\npresence = \"optional\"\n\
            target = \"W\"\n[output.Query]\npresence = \"optional\"\ntype = \"string\"\n\
            [shape.W]\ntype = \"structure\"\n\
            [rule.told]\nsays = \"s\"\nsection = \"s\"\nstored = { input = \"Told\", output = \"Told\" }\n";
        let file = Source {
            name: "contract.toml".to_owned(),
            text: text.to_owned(),
        };
        let contract = load_operation(&file, "op", &service).expect("a contract");
        let ids: Vec<&str> = contract.rules.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(ids, ["told", "plain-stored", "wide-stored"]);
        let atom = contract.atom("rule::wide-stored").expect("a promise");
        assert_eq!((atom.basis, atom.level), (Basis::Inferred, Level::Should));
    }
}
