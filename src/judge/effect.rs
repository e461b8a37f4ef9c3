//! What an update must change, and what it must keep: rules over the answer and the reads around
//! it.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::answer::Checks;
use super::success::seconds;
use super::{Role, Symptom, json, shown};
use crate::contract::{Level, Presence, RuleKind};
use crate::plan::case::Case;

impl Checks<'_> {
    /// The values sent are the values of this answer. `settled`: it is a read after the transition
    /// has ended.
    pub(super) fn stored(
        &mut self,
        sent: &Map<String, Value>,
        object: &Map<String, Value>,
        settled: bool,
    ) {
        for rule in &self.contract.rules {
            let Some(value) = rule.kind.input().and_then(|input| sent.get(input)) else {
                continue;
            };
            if let Some(broken) = shown::told(&rule.kind, value, object, settled) {
                self.check(&rule.path, "valid", broken);
            } else if let RuleKind::Stored { output, .. } = &rule.kind {
                self.dropped(&rule.path, output, value, object, settled);
            }
        }
    }

    /// What a request made is what it made when it was sent before.
    pub(super) fn carried_out_once(
        &mut self,
        main: &str,
        first: &Map<String, Value>,
        again: &Map<String, Value>,
    ) {
        for rule in &self.contract.rules {
            let RuleKind::Fresh { output } = &rule.kind else {
                continue;
            };
            let (Some(was), Some(is)) = (first.get(output), again.get(output)) else {
                continue;
            };
            let broken = (!json::same(was, is)).then(|| {
                (
                    Symptom::Created,
                    format!("{output}: {was}, as the first time"),
                    format!("{output}: {is}"),
                )
            });
            self.check(main, "valid", broken);
        }
    }

    /// A member that was accepted is shown, where an answer may lack it.
    ///
    /// That is no more than a warning: a service may know that the member is of no use to the
    /// resource at hand.
    fn dropped(
        &mut self,
        path: &str,
        output: &str,
        value: &Value,
        object: &Map<String, Value>,
        settled: bool,
    ) {
        let optional = self
            .contract
            .output_member(output)
            .is_some_and(|m| m.presence == Presence::Optional);
        if !optional || object.is_empty() || shown::is_nothing(value) {
            return;
        }
        let symptom = if settled {
            Symptom::NotStored
        } else {
            Symptom::NotEchoed
        };
        let broken = (
            symptom,
            format!("{output}: {value}"),
            format!("{output}: no such member"),
        );
        self.check_at(path, "valid", Level::Should, Some(broken));
    }

    /// What a request leaves out is as if its default had been sent.
    pub(super) fn defaults(
        &mut self,
        sent: &Map<String, Value>,
        object: &Map<String, Value>,
        settled: bool,
    ) {
        let contract = self.contract;
        for (rule, input, value) in contract.defaults(sent) {
            let told = self
                .contract
                .rules
                .iter()
                .filter(|other| other.kind.input() == Some(input));
            for broken in told.filter_map(|other| shown::told(&other.kind, value, object, settled))
            {
                self.check(&rule.path, "valid", broken);
            }
        }
    }

    /// What was not sent is as it was.
    pub(super) fn unsent_kept(
        &mut self,
        sent: &Map<String, Value>,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) {
        let Some(rule) = self
            .contract
            .rules
            .iter()
            .find(|r| matches!(r.kind, RuleKind::UnsentUnchanged))
        else {
            return;
        };
        let path = &rule.path;

        for rule in &self.contract.rules {
            let Some((input, output)) = rule.kind.sent_and_shown() else {
                continue;
            };
            if sent.contains_key(input) {
                continue;
            }
            let (was, is) = (before.get(output), after.get(output));
            let (Some(was), Some(is)) = (was, is) else {
                continue;
            };
            let broken = (!json::same(was, is)).then(|| {
                let expected = format!("{output} as before: {was}");
                (
                    Symptom::Changed,
                    expected,
                    format!("{output}: {is}, though {input} was not sent"),
                )
            });
            self.check(path, "valid", broken);
        }
    }

    /// What never changes is as it was, and the answer agrees with the read after it.
    pub(super) fn consistent(
        &mut self,
        before: Option<&Map<String, Value>>,
        answer: Option<&Map<String, Value>>,
        after: &Map<String, Value>,
    ) {
        for rule in &self.contract.rules {
            let path = &rule.path;
            match &rule.kind {
                RuleKind::Immutable { output } => {
                    let Some(was) = before.and_then(|b| b.get(output)) else {
                        continue;
                    };
                    for (role, shown) in [(Role::Subject, answer), (self.role, Some(after))] {
                        let Some(is) = shown.and_then(|s| s.get(output)) else {
                            continue;
                        };
                        let broken = (!json::same(was, is)).then(|| {
                            (
                                Symptom::Mutated,
                                format!("{output}: {was}"),
                                format!("{output}: {is}"),
                            )
                        });
                        // What the answer alone has wrong, the read after it does not show.
                        let read = self.role;
                        self.role = if broken.is_some() { role } else { read };
                        self.check(path, "valid", broken);
                        self.role = read;
                    }
                }
                RuleKind::ReadBack { outputs } => {
                    for output in outputs {
                        let (Some(answered), Some(read)) =
                            (answer.and_then(|a| a.get(output)), after.get(output))
                        else {
                            continue;
                        };
                        let broken = (!json::same(answered, read)).then(|| {
                            let expected = format!("{output} as answered: {answered}");
                            (
                                Symptom::ReadDisagrees,
                                expected,
                                format!("{output} as read: {read}"),
                            )
                        });
                        self.check(path, "valid", broken);
                    }
                }
                _ => {}
            }
        }
    }

    /// A refused request changed nothing.
    pub(super) fn refusal_kept(
        &mut self,
        class: &str,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) {
        for rule in &self.contract.rules {
            let path = &rule.path;
            match &rule.kind {
                RuleKind::RefusalKeeps { outputs } => {
                    for output in outputs {
                        self.kept(path, class, output, before, after);
                    }
                }
                // A settled state is decided by what was accepted, so a refusal does not move it
                // either.
                RuleKind::State {
                    output,
                    transitional,
                    ..
                } => {
                    let at_rest = |o: &Map<String, Value>| {
                        o.get(output)
                            .and_then(Value::as_str)
                            .is_some_and(|s| !transitional.iter().any(|t| t == s))
                    };
                    if at_rest(before) && at_rest(after) {
                        self.kept(
                            "rule::refusal-changes-nothing",
                            class,
                            output,
                            before,
                            after,
                        );
                    }
                }
                _ => {}
            }
        }
    }

    /// A request that is no update changed nothing that updates change, nor the state at rest.
    pub(super) fn no_effect(
        &mut self,
        path: &str,
        case: &Case,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) {
        for rule in &self.contract.rules {
            let (RuleKind::Stored { output, .. }
            | RuleKind::Resolved { output, .. }
            | RuleKind::State { output, .. }
            | RuleKind::Immutable { output }) = &rule.kind
            else {
                continue;
            };
            let (Some(was), Some(is)) = (before.get(output), after.get(output)) else {
                continue;
            };
            let broken = (!json::same(was, is)).then(|| {
                let expected = format!("{output} as before: {was}");
                (
                    Symptom::Changed,
                    expected,
                    format!("{output}: {is}, by a request that is no update"),
                )
            });
            self.check_at(path, case.expect().class(), case.level, broken);
        }
    }

    fn kept(
        &mut self,
        path: &str,
        class: &str,
        output: &str,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) {
        let (Some(was), Some(is)) = (before.get(output), after.get(output)) else {
            return;
        };
        let broken = (!json::same(was, is)).then(|| {
            (
                Symptom::ChangedByRefusal,
                format!("{output} as before: {was}"),
                format!("{output}: {is}, by a refused request"),
            )
        });
        self.check(path, class, broken);
    }

    /// From one successful update to the next, what only goes forward did not go back.
    pub(super) fn forward(&mut self, earlier: &Map<String, Value>, later: &Map<String, Value>) {
        for rule in &self.contract.rules {
            let RuleKind::Advances { output } = &rule.kind else {
                continue;
            };
            let (Some(Value::Number(was)), Some(Value::Number(is))) =
                (earlier.get(output), later.get(output))
            else {
                continue;
            };
            let back =
                json::compare(is.as_str(), was.as_str()).is_some_and(std::cmp::Ordering::is_lt);
            let broken = back.then(|| {
                (
                    Symptom::WentBack,
                    format!("{output} of at least {was}"),
                    format!("{output}: {is}"),
                )
            });
            self.check(&rule.path, "valid", broken);
        }
    }

    /// A read after an update shows no earlier time than the update's answer.
    ///
    /// A read may cut the time: AWS was seen to show whole minutes in reads and milliseconds in the
    /// answers to updates. So the time of the answer is cut to what the read shows before the two
    /// are compared.
    pub(super) fn not_before(&mut self, answered: &Map<String, Value>, read: &Map<String, Value>) {
        for rule in &self.contract.rules {
            let RuleKind::Advances { output } = &rule.kind else {
                continue;
            };
            let (Some(was), Some(is)) = (answered.get(output), read.get(output)) else {
                continue;
            };
            let (Some(earliest), Some(time)) = (plain_seconds(was), plain_seconds(is)) else {
                continue;
            };
            let broken = (time < cut_like(earliest, time) - LEAST_SECONDS).then(|| {
                let expected = format!("{output} not before the update that was answered, {was}");
                (
                    Symptom::WentBack,
                    expected,
                    format!("{output} as read: {is}"),
                )
            });
            self.check(&rule.path, "valid", broken);
        }
    }

    /// Of a case about what a request leaves alone, expects what was there before it.
    ///
    /// Whether the case came upon what it had asked for is another promise's: a member that was not
    /// sent, and is as it was, kept this one.
    pub(super) fn expect_as_found(
        &self,
        path: &str,
        expected: &mut IndexMap<String, Value>,
        sent: &Map<String, Value>,
        before: &Map<String, Value>,
    ) {
        let is_it = |id: &str| path.strip_prefix("rule::") == Some(id);
        if !self
            .contract
            .rules
            .iter()
            .any(|r| matches!(r.kind, RuleKind::UnsentUnchanged) && is_it(&r.id))
        {
            return;
        }
        for rule in &self.contract.rules {
            let (RuleKind::Stored { input, output } | RuleKind::Resolved { input, output, .. }) =
                &rule.kind
            else {
                continue;
            };
            if let (false, Some(value), Some(was)) = (
                sent.contains_key(input),
                expected.get_mut(output),
                before.get(output),
            ) {
                value.clone_from(was);
            }
        }
    }

    /// The members a written case expects, in an answer or in a read after it.
    pub(super) fn then(
        &mut self,
        path: &str,
        expected: &IndexMap<String, Value>,
        object: &Map<String, Value>,
        settled: bool,
    ) {
        let states: Vec<&str> = self
            .contract
            .rules
            .iter()
            .filter_map(|r| match &r.kind {
                RuleKind::State { output, .. } => Some(output.as_str()),
                _ => None,
            })
            .collect();

        for (member, value) in expected {
            // A state is expected in the end; on the way there it has other names.
            if !settled && states.contains(&member.as_str()) {
                continue;
            }
            let answered = object.get(member).unwrap_or(&Value::Null);
            // A rule about what was sent has said so already.
            let told = format!("{member}: ");
            if self
                .judgement
                .findings
                .iter()
                .any(|f| f.role == self.role && f.actual.starts_with(&told))
            {
                continue;
            }
            let symptom = if settled {
                Symptom::NotStored
            } else {
                Symptom::NotEchoed
            };
            let broken = (!json::same(value, answered)).then(|| {
                (
                    symptom,
                    format!("{member}: {value}"),
                    format!("{member}: {answered}"),
                )
            });
            self.check(path, "valid", broken);
        }
    }
}

/// The least difference of two times that tells anything: answers show milliseconds, and not always
/// the same one.
const LEAST_SECONDS: f64 = 0.0015;

/// A time in seconds since 1970, where it is one.
fn plain_seconds(value: &Value) -> Option<f64> {
    let Value::Number(number) = value else {
        return None;
    };
    if seconds(value) != Some(true) {
        return None;
    }
    number.as_str().parse().ok()
}

/// A time cut to whole minutes, whole seconds or milliseconds, as another one is.
fn cut_like(time: f64, other: f64) -> f64 {
    let unit = [60.0, 1.0]
        .into_iter()
        .find(|unit| other % unit == 0.0)
        .unwrap_or(0.001);
    (time / unit).floor() * unit
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::load_operation;
    use crate::contract::oracle::Oracle;
    use crate::judge::Judgement;
    use crate::support::files::Source;

    /// A request that is sent again makes nothing: the answer names what it made the first time.
    #[test]
    fn what_is_made_again_is_told() {
        let service = crate::harness::testing::plan().service.clone();
        let text = "operation = \"Op\"\nrevision = \"r\"\nsource = \"S\"\n[http]\nmethod = \"POST\"\nuri = \"/x\"\ncode = 201\n\
            section = \"s\"\n[input.Token]\ntype = \"string\"\nidempotency-token = true\n\
            [output.Id]\npresence = \"always\"\ntype = \"string\"\n\
            [rule.new]\nsays = \"s\"\nsection = \"s\"\nfresh = { output = \"Id\" }\n";
        let file = Source {
            name: "contract.toml".to_owned(),
            text: text.to_owned(),
        };
        let contract = load_operation(&file, "op", &service).expect("a contract");
        let of = |id: &str| Map::from_iter([("Id".to_owned(), json!(id))]);
        for (again, told) in [("a", 0), ("b", 1)] {
            let mut judgement = Judgement::new();
            let oracle = Oracle::of(&contract, &service);
            let mut checks = Checks::new(oracle, Role::Subject, &mut judgement);
            checks.carried_out_once("request::Token::again", &of("a"), &of(again));
            assert_eq!(judgement.findings.len(), told, "{again}");
        }
    }
}
