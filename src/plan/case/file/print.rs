//! A case as a table of a case file: what [`load_cases`](super::load_cases) reads back as the same
//! case.

mod sequence;
mod words;

use std::fmt::Write as _;

use self::words::{quoted, scalar, table};
use super::Defaults;
use crate::contract::{Contract, Service};
use crate::plan::case::{BodyDraft, Case, Draft, Expect, PathDraft, Step};
use crate::wire::exchange::Framing;

/// Writes a case as a `[[case]]` table with that id, or a sequence as a `[[sequence]]` table.
/// `None` where the format has no words for it: a request before it that is not the operation's
/// plain one, or an expectation that only derived cases have.
///
/// The table says all that the defaults of a file may say: it means the same in whichever file it
/// is put.
pub(crate) fn print_case(
    case: &Case,
    id: &str,
    contract: &Contract,
    service: &Service,
    defaults: &Defaults<'_>,
) -> Option<String> {
    let Some(subject) = case.subject() else {
        return sequence::print(case, id, defaults);
    };
    let printer = Printer {
        case,
        subject,
        contract,
        service,
        defaults,
    };

    let mut text = String::from("[[case]]\n");
    for (key, value) in printer.keys(id)? {
        let _ = writeln!(text, "{key} = {value}");
    }
    Some(text)
}

struct Printer<'a> {
    case: &'a Case,
    subject: &'a Step,
    contract: &'a Contract,
    service: &'a Service,
    defaults: &'a Defaults<'a>,
}

/// A key and its value, as TOML has them.
type Line = (&'static str, String);

impl Printer<'_> {
    fn keys(&self, id: &str) -> Option<Vec<Line>> {
        let case = self.case;
        let atoms = case
            .atoms
            .iter()
            .map(|a| quoted(a.path()))
            .collect::<Vec<_>>()
            .join(", ");
        let mut lines = vec![
            ("id", quoted(id)),
            ("says", quoted(&case.says)),
            ("atoms", format!("[{atoms}]")),
        ];
        lines.push(("given", quoted(self.plain(case.given()?)?)));
        if let Some(twin) = case.twin() {
            lines.push(("twin", quoted(self.plain(twin)?)));
        }
        self.request(&mut lines)?;
        let (expect, class) = match &self.subject.expect {
            Expect::Accept => ("accept", None),
            Expect::Reject(class) => ("reject", Some(class)),
            Expect::Either(class) => ("either", Some(class)),
            Expect::Probe(class) if class == "unsettled" => ("probe", None),
            Expect::Probe(class) => ("probe", Some(class)),
            Expect::LikeTwin => ("like-twin", None),
            Expect::AsTwin => ("as-twin", None),
            Expect::NoEffect(class) => ("no-effect", Some(class)),
            Expect::Model | Expect::Advances(_) | Expect::Pages(_) => return None,
        };
        lines.push(("expect", quoted(expect)));
        if let Some(class) = class {
            self.service.family(class)?;
            lines.push(("violates", quoted(class)));
        }
        lines.push(("basis", quoted(&case.basis.to_string())));
        lines.push(("level", quoted(&case.level.to_string())));
        lines.push(("why", quoted(&case.why)));
        let then = self
            .subject
            .then
            .iter()
            .map(|(member, json)| Some((member.as_str(), scalar(json)?)));
        let then = then.collect::<Option<Vec<_>>>()?;
        if !then.is_empty() {
            lines.push(("then", table(then)));
        }
        lines.push(("variant", quoted(case.variant.as_written())));
        if self.subject.at_once {
            lines.push(("settle", "false".to_owned()));
        }
        Some(lines)
    }

    /// The body of a request that is otherwise the operation's plain one.
    fn plain<'d>(&self, draft: &'d Draft) -> Option<&'d str> {
        let text = draft.text()?;
        let plain = Draft {
            body: draft.body.clone(),
            ..self.defaults.given.clone()
        };
        (*draft == plain).then_some(text)
    }

    fn request(&self, lines: &mut Vec<Line>) -> Option<()> {
        let (request, usual) = (&self.subject.request, self.defaults.given);
        match &request.body {
            BodyDraft::None => {}
            BodyDraft::Text(text) => lines.push(("body", quoted(text))),
            BodyDraft::Bytes(bytes) => {
                let hex = bytes
                    .iter()
                    .map(|b| format!("{b:02x}"))
                    .collect::<Vec<_>>()
                    .join(" ");
                lines.push(("body-hex", quoted(&hex)));
            }
        }

        if request.method != self.contract.http.method {
            lines.push(("method", quoted(&request.method)));
        }
        match (&request.path, &usual.path) {
            (path, usual) if path == usual => {}
            (PathDraft::Exact(path), _) => lines.push(("path", quoted(path))),
            (
                PathDraft::Labels { uri, labels },
                PathDraft::Labels {
                    uri: known,
                    labels: usual,
                },
            ) if uri == known => {
                let other = labels
                    .iter()
                    .filter(|(name, value)| usual.get(*name) != Some(*value));
                lines.push(("label", table(other.map(|(n, v)| (n.as_str(), quoted(v))))));
            }
            _ => return None,
        }

        let named = |headers: &[(String, String)], name: &str| {
            headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
        };
        let own = request
            .headers
            .iter()
            .filter(|header| !usual.headers.contains(header));

        let mut headers: Vec<(&str, String)> = own.map(|(n, v)| (n.as_str(), quoted(v))).collect();
        let gone = usual
            .headers
            .iter()
            .filter(|(name, _)| !named(&request.headers, name));

        headers.extend(gone.map(|(name, _)| (name.as_str(), quoted(""))));
        if !headers.is_empty() {
            lines.push(("headers", table(headers)));
        }

        match request.raw {
            None => {}
            Some(Framing::Chunked(size)) => lines.push(("chunked", size.to_string())),
            Some(_) => lines.push(("raw", "true".to_owned())),
        }

        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::harness::testing::plan;
    use crate::plan::case::{BodyDraft, Case, CaseId, Draft, Expect, Origin, Step};
    use crate::support::files::Source;

    /// Prints a case and reads it again; `None` where the format has no words for it.
    fn again(case: &Case) -> Option<(String, Case)> {
        again_among(case, "")
    }

    /// The same in a file that holds this as well.
    fn again_among(case: &Case, others: &str) -> Option<(String, Case)> {
        let plan = plan();
        let text = plan.print_case(case, "a")?;
        let file = Source {
            name: "printed.toml".to_owned(),
            text: format!("{others}{text}"),
        };

        let cases = plan
            .read_cases(&file, "printed")
            .unwrap_or_else(|e| panic!("{e}\n{text}\n{case:?}"));
        let mut own = cases
            .into_iter()
            .filter(|case| case.id.as_str().ends_with("::a"));
        let read = own.next().unwrap_or_else(|| panic!("{text}"));
        Some((text, read))
    }

    fn same(case: &Case, (text, read): &(String, Case)) {
        let alike = |case: &Case| Case {
            id: CaseId("a".to_owned()),
            origin: Origin::Derived,
            ..case.clone()
        };
        assert_eq!(
            format!("{:?}", alike(case)),
            format!("{:?}", alike(read)),
            "{text}"
        );
    }

    #[test]
    fn every_planned_case_is_read_back_as_it_was() {
        let plan = plan();
        let read = plan
            .cases
            .iter()
            .filter_map(|case| again(case).map(|read| same(case, &read)));

        let left_out = plan.cases.len() - read.count();
        // Those that only a contract gives.
        let other = |c: &&Case| matches!(c.expect(), Expect::Advances(_));
        assert!(
            left_out <= plan.cases.iter().filter(other).count(),
            "{left_out}"
        );
    }

    /// A table may be moved to any file, whatever its defaults are.
    #[test]
    fn a_printed_case_takes_no_default() {
        const OTHERS: &str = "[defaults]\natoms = [\"rule::method\"]\ngiven = '{}'\nexpect = \"reject\"\nviolates = \"route\"\n\
                              basis = \"inferred\"\nlevel = \"should\"\nvariant = \"queue\"\n\
                              [[case]]\nid = \"other\"\nsays = \"s\"\nwhy = \"w\"\n";
        let plan = plan();
        let mut read = 0;
        // Each kind of case stands in the plan many times.
        for case in plan.cases.iter().step_by(7) {
            if let Some(again) = again_among(case, OTHERS) {
                same(case, &again);
                read += 1;
            }
        }
        assert!(read > 100, "{read}");
    }

    proptest! {
        #![proptest_config(crate::harness::testing::property_tests(1))]

        #[test]
        fn any_texts(says: String, why: String, value: String, given: String, twin: String, expect in 0..3) {
            // What starts a template is no text.
            prop_assume!([&value, &given, &twin].iter().all(|text| !text.contains("${")));
            let plan = plan();
            let usual = plan.cases[0].given().expect("a valid update before");
            let body = |text: &str| Draft { body: BodyDraft::Text(serde_json::json!({ "a": text }).to_string()), ..usual.clone() };
            let (expect, twin) = match expect {
                0 => (Expect::Accept, None),
                1 => (Expect::LikeTwin, Some(body(&twin))),
                _ => (Expect::Reject("pattern".to_owned()), Some(body(&twin))),
            };

            let steps = Step::about(body(&value), expect, body(&given), twin);
            let case = Case { says, why, steps, ..plan.cases[0].clone() };
            same(&case, &again(&case).expect("the format has words for it"));
        }
    }
}
