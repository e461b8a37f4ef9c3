//! Which of two faults a target reports: its order of checks, asked with requests that have both.
//!
//! No page promises an order, so nothing here is a finding. It tells what a client will see, and
//! what a case with two faults could be held against.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::contract::constraint;
use crate::contract::{Basis, Level, Service};
use crate::judge::{Role, error_type};
use crate::plan::Plan;
use crate::plan::case::{BodyDraft, Case, CaseId, Expect, Origin, PathDraft, Step, Variant};
use crate::run::{Ended, Event, RunOptions, Runner};
use crate::support::sink::one_line;
use crate::wire::exchange::Answer;
use crate::wire::target::Target;

/// One fault of a request, each in another place of it, so that any two go together.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// Its name in the table.
    pub(crate) name: &'static str,
    pub(crate) says: String,
    /// The class of violation that its refusals are known by; none where no family is documented.
    class: Option<&'static str>,
    change: Change,
}

/// What makes a request faulty.
#[derive(Clone, Debug)]
enum Change {
    Method(&'static str),
    Header(&'static str, String),
    Labels(String),
    CutBody,
    Member(String, Value),
    /// Sent while the transition that this state begins is going on.
    AtOnce(Map<String, Value>),
}

/// What a target reports of each fault alone, and of every two together.
#[derive(Clone, Debug)]
pub(crate) struct Precedence {
    /// The faults the target refuses, and how.
    pub(crate) refused: Vec<(Fault, String)>,
    /// Those it does not, and what it answers instead.
    pub(crate) taken: Vec<(Fault, String)>,
    /// For each two of the refused: which is reported.
    wins: Vec<Vec<Winner>>,
}

/// Which of two faults an answer reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Winner {
    Row,
    Column,
    /// Both are answered alike.
    Either,
    /// The answer is like that to neither.
    Neither,
}

/// An identifier of nothing.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

/// Asks a target.
///
/// # Errors
/// How the run ended, where it ended before every request was answered, or no answer came to a
/// request.
pub(crate) async fn precedence(
    plan: &Plan,
    target: Target,
    options: RunOptions,
    stop: watch::Receiver<bool>,
) -> Result<(Precedence, Ended), Ended> {
    let faults = faults(plan);
    let mut wanted: Vec<Vec<&Fault>> = faults.iter().map(|f| vec![f]).collect();
    for (at, one) in faults.iter().enumerate() {
        wanted.extend(faults[at + 1..].iter().map(|other| vec![one, other]));
    }
    let cases: Vec<Case> = wanted.iter().map(|faults| case(plan, faults)).collect();
    let places: Vec<usize> = (0..cases.len()).collect();
    let mut answers: Vec<Option<Answer>> = vec![None; cases.len()];
    let asked = std::sync::Arc::new(Plan {
        cases,
        ..plan.clone()
    });

    let runner = Runner::new(asked, target, options);
    let ended = runner
        .run(&places, stop, |event| {
            if let Event::Judged(result) = event {
                let seen = result.observation.as_ref();
                let seen = seen.and_then(|seen| seen.at(Role::Subject));
                answers[result.index] = seen.and_then(|e| e.answer()).cloned();
            }
        })
        .await;

    if ended.stopped.is_some() || answers.iter().all(Option::is_none) {
        return Err(ended);
    }
    Ok((compare(&plan.service, &faults, &answers), ended))
}

/// The faults that requests of this operation can have, in the order in which services mostly look
/// for them.
fn faults(plan: &Plan) -> Vec<Fault> {
    let contract = &plan.contract;
    let fault = |name, says: &str, class, change| Fault {
        name,
        says: says.to_owned(),
        class,
        change,
    };
    let forged = format!(
        "AWS4-HMAC-SHA256 Credential=proofmark/20180101/${{region}}/{}/aws4_request, \
         SignedHeaders=host, Signature={}",
        plan.service.signing_name,
        "0".repeat(64)
    );
    let mut faults = vec![
        fault(
            "route",
            "another method than the documented one",
            Some("route"),
            Change::Method("PATCH"),
        ),
        fault(
            "signature",
            "a forged signature",
            None,
            Change::Header("authorization", forged),
        ),
        fault(
            "syntax",
            "a body that is cut off",
            Some("syntax"),
            Change::CutBody,
        ),
    ];
    let named = |name: &String| plan.binding.reference.get(name);
    let shape = |name: &String| contract.member(name).map(|m| contract.resolve(&m.shape));
    let ranged = plan.binding.values.keys().find_map(|name| {
        let broken = constraint::range::breaks(shape(name)?.range()?)
            .into_iter()
            .next()?;
        Some((name.clone(), broken.value))
    });
    let typed = plan.binding.values.keys().find_map(|name| {
        let apart = named(name).is_none() && ranged.as_ref().is_none_or(|(other, _)| other != name);
        let value = Value::from("proofmark");
        let broken =
            apart && constraint::kind::admits(shape(name)?, &value) == constraint::Zone::Invalid;
        broken.then(|| (name.clone(), value))
    });
    let member = |name, class, (of, value): (String, Value)| {
        fault(
            name,
            &format!("{of} {value}"),
            Some(class),
            Change::Member(of, value),
        )
    };
    faults.extend(typed.map(|broken| member("type", "type", broken)));
    faults.extend(ranged.map(|broken| member("constraint", "range", broken)));
    let labels = Change::Labels(UNKNOWN.to_owned());
    faults.push(fault(
        "resource",
        "an unknown identifier in the path",
        Some("unknown-resource"),
        labels,
    ));
    if let Some((name, reference)) = plan.binding.reference.first() {
        let absent = (name.clone(), Value::from(reference.absent.as_str()));
        faults.push(member("reference", "unknown-reference", absent));
    }
    let mut other: Map<String, Value> =
        serde_json::from_str(&plan.binding.given).unwrap_or_default();
    for (_, value) in &mut other {
        *value = value
            .as_bool()
            .map_or_else(|| value.clone(), |b| Value::from(!b));
    }
    let says = "sent during another update";
    faults.push(fault(
        "transition",
        says,
        Some("in-transition"),
        Change::AtOnce(other),
    ));
    faults
}

/// A request with these faults, and valid otherwise.
fn case(plan: &Plan, faults: &[&Fault]) -> Case {
    let sample = plan.sample();
    let generator = plan.generator(&sample);
    let mut members = generator.given().clone();
    let given = generator.request(&members);
    let (mut request, mut given, mut at_once) = (given.clone(), given, false);
    let mut cut = false;
    for fault in faults {
        match &fault.change {
            Change::Method(method) => request.method = (*method).to_owned(),
            Change::Header(name, value) => {
                request.headers.push(((*name).to_owned(), value.clone()))
            }
            Change::Labels(value) => {
                if let PathDraft::Labels { labels, .. } = &mut request.path {
                    labels
                        .values_mut()
                        .for_each(|label| label.clone_from(value));
                }
            }
            Change::CutBody => cut = true,
            Change::Member(name, value) => {
                members.insert(name.clone(), value.clone());
            }
            Change::AtOnce(state) => {
                given = generator.request(state);
                at_once = true;
            }
        }
    }
    let mut text = Value::Object(members).to_string();
    if cut {
        text.pop();
    }
    request.body = BodyDraft::Text(text);
    let mut steps = Step::about(request, Expect::Probe("unsettled".to_owned()), given, None);
    if let Some(subject) = steps.last_mut() {
        subject.at_once = at_once;
    }
    Case {
        id: CaseId(
            faults
                .iter()
                .map(|f| f.name)
                .collect::<Vec<_>>()
                .join(" with "),
        ),
        says: String::new(),
        origin: Origin::Derived,
        atoms: vec![plan.contract.atom_id("request::http")],
        variant: Variant::ANY,
        steps,
        basis: Basis::Inferred,
        level: Level::Should,
        why: "No page gives an order".to_owned(),
    }
}

fn compare(service: &Service, faults: &[Fault], answers: &[Option<Answer>]) -> Precedence {
    let (mut refused, mut taken) = (Vec::new(), Vec::new());
    for (fault, answer) in faults.iter().zip(answers) {
        let told = answer
            .as_ref()
            .map_or_else(|| "no answer".to_owned(), |a| outcome(service, a));
        let refuses = answer.as_ref().is_some_and(|a| a.status >= 400);
        (if refuses { &mut refused } else { &mut taken }).push((fault.clone(), told));
    }
    let place = |name: &str| faults.iter().position(|f| f.name == name).unwrap_or(0);
    let pair = |one: usize, other: usize| {
        let (low, high) = (one.min(other), one.max(other));
        // Those before it, each with all after it; then the ones of its own.
        let before: usize = (0..low).map(|at| faults.len() - at - 1).sum();
        faults.len() + before + high - low - 1
    };
    let wins = refused.iter().map(|(row, _)| {
        let columns = refused.iter().map(|(column, _)| {
            let (one, other) = (place(row.name), place(column.name));
            if one == other {
                return Winner::Either;
            }
            match (
                &answers[one],
                &answers[other],
                answers.get(pair(one, other)).and_then(Option::as_ref),
            ) {
                (Some(a), Some(b), Some(both)) => winner(service, (row, a), (column, b), both),
                _ => Winner::Neither,
            }
        });
        columns.collect()
    });
    Precedence {
        wins: wins.collect(),
        refused,
        taken,
    }
}

/// Which of two faults an answer reports: the one that is answered just so alone, else by its
/// status and error type, else the one whose family of refusals it belongs to.
fn winner(
    service: &Service,
    one: (&Fault, &Answer),
    other: (&Fault, &Answer),
    both: &Answer,
) -> Winner {
    let kind = |answer: &Answer| (answer.status, error_type(service, answer));
    let family = |fault: &Fault| {
        let (status, named) = kind(both);
        fault
            .class
            .and_then(|c| service.family(c))
            .is_some_and(|f| f.admits(status, named.as_deref()))
    };

    let ways = [
        (
            one.1.status == both.status && one.1.body == both.body,
            other.1.status == both.status && other.1.body == both.body,
        ),
        (kind(one.1) == kind(both), kind(other.1) == kind(both)),
        (family(one.0), family(other.0)),
    ];

    match ways.into_iter().find(|(row, column)| row != column) {
        Some((true, _)) => Winner::Row,
        Some(_) => Winner::Column,
        None if ways[1].0 || ways[2].0 => Winner::Either,
        None => Winner::Neither,
    }
}

fn outcome(service: &Service, answer: &Answer) -> String {
    let named = error_type(service, answer)
        .map(|n| format!(" {n}"))
        .unwrap_or_default();
    format!("status {}{named}", answer.status)
}

impl Precedence {
    /// Whether the target refuses no two of the faults: then it has no order of checks that could
    /// be told.
    pub(crate) fn is_empty(&self) -> bool {
        self.refused.len() < 2
    }

    /// The table, and what stands in no row of it.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from("Alone, each fault is answered with\n");
        for (fault, told) in self.refused.iter().chain(&self.taken) {
            let _ = writeln!(
                text,
                "  {:<12}{:<40}{}",
                fault.name,
                fault.says,
                one_line(told)
            );
        }
        text.push_str("\nOf two faults in one request, the target reports\n");
        let columns = || self.refused.iter().map(|(fault, _)| fault.name);
        let line = |name: &str, cells: Vec<&str>| {
            let cells = cells
                .into_iter()
                .map(|cell| format!("{cell:<12}"))
                .collect::<String>();
            format!("  {name:<12}{cells}").trim_end().to_owned()
        };
        let _ = writeln!(text, "{}", line("", columns().collect()));
        for ((row, _), wins) in self.refused.iter().zip(&self.wins) {
            let cells = wins
                .iter()
                .zip(columns())
                .map(|(winner, column)| match winner {
                    _ if column == row.name => "",
                    Winner::Row => row.name,
                    Winner::Column => column,
                    Winner::Either => "?",
                    Winner::Neither => "neither",
                });
            let _ = writeln!(text, "{}", line(row.name, cells.collect()));
        }
        text.push_str("\n?: the answer fits both.");
        if self.wins.iter().flatten().any(|w| *w == Winner::Neither) {
            text.push_str(" neither: it fits none of them.");
        }
        text.push('\n');
        for (fault, told) in &self.taken {
            let _ = writeln!(
                text,
                "Left out, as the target does not refuse it: {} ({})",
                fault.name,
                one_line(told)
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::precedence;
    use crate::harness::testing::plan;
    use crate::reference::{Options, Reference};
    use crate::run::RunOptions;
    use crate::wire::target::{Settings, Target};

    #[tokio::test]
    async fn the_order_of_the_reference() {
        let options = Options {
            settle: Duration::from_millis(40),
            ..Options::default()
        };
        let target =
            Target::service(Reference::new(options), Settings::default()).expect("a target");
        let (_sender, stop) = tokio::sync::watch::channel(false);
        let asked = precedence(&plan(), target, RunOptions::default(), stop).await;
        let (found, ended) = asked.unwrap_or_else(|ended| panic!("{ended:?}"));
        assert!(ended.leftovers.is_empty(), "{ended:?}");
        crate::harness::testing::snapshot("report", "precedence", &found.text());
    }
}
