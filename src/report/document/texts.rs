//! Every text of a report, and what it stems from: so that secrets are taken out of values alone,
//! and a sink can make all of them plain.
//!
//! Each form is taken apart member by member: one that gets another member does not compile until
//! it is told here what that holds.

use std::collections::BTreeMap;

use super::{
    Body, DataPlane, Ending, Evidence, EvidenceKind, Example, HeldBaseline, HeldImplemented, Left,
    Planned, PromiseFacts, Refused, Report, ReportedAnswer, ReportedCase, ReportedCause,
    ReportedExchange, ReportedFinding, ReportedOperation, ReportedPromise, ReportedSide,
    ReportedStep, Run, SpentBudget, Stopped, Tool, Traffic,
};

/// What is done with the texts of a report.
pub(crate) trait Texts {
    /// A word that others refer to, or that a reader knows: an id, a class, a role.
    fn word(&mut self, _: &mut String) {}
    /// What contracts, case files and we say.
    fn ours(&mut self, _: &mut String) {}
    /// What stems from a target, or from what was sent to it.
    fn value(&mut self, _: &mut String) {}
    /// A header field, name and value.
    fn header(&mut self, name: &mut String, value: &mut String) {
        self.value(name);
        self.value(value);
    }
    /// What a body holds.
    fn body(&mut self, body: &mut Body) {
        let Body {
            text,
            hex,
            bytes: _,
            cut: _,
        } = body;
        text.iter_mut().chain(hex).for_each(|text| self.value(text));
    }
}

impl Report {
    /// Goes through every text of the report.
    pub(crate) fn each(&mut self, texts: &mut impl Texts) {
        let Self {
            version: _,
            tool,
            run,
            operations,
            plan,
            exit,
            headline,
            stopped,
            accepted_any: _,
            counts: _,
            requests: _,
            findings,
            promises,
            cases,
            notes,
            baseline,
            implemented,
            budget,
            leftovers,
            data_plane,
            refused,
            causes,
            traffic,
        } = self;

        let Tool { name, version } = tool;
        let Planned {
            digest,
            cases: _,
            selected: _,
            share: _,
        } = plan;

        let Ending { code: _, meaning } = exit;
        [name, version, digest, meaning]
            .into_iter()
            .for_each(|text| texts.ours(text));
        run.each(texts);
        for ReportedOperation {
            slug,
            state: _,
            why,
            cases: _,
        } in operations
        {
            texts.word(slug);
            why.iter_mut().for_each(|why| texts.value(why));
        }
        texts.value(headline);

        if let Some(Stopped {
            kind: _,
            why,
            enough: _,
        }) = stopped
        {
            texts.value(why);
        }
        findings.iter_mut().for_each(|finding| finding.each(texts));
        promises.iter_mut().for_each(|promise| promise.each(texts));
        cases.iter_mut().for_each(|case| case.each(texts));
        notes.iter_mut().for_each(|note| texts.value(note));

        if let Some(HeldBaseline {
            file,
            remove,
            expired,
            masked: _,
        }) = baseline
        {
            texts.ours(file);
            for entries in [remove, expired] {
                keys(entries, texts);
                entries.values_mut().for_each(|why| texts.ours(why));
            }
        }

        if let Some(HeldImplemented { file, lost, new }) = implemented {
            texts.ours(file);
            lost.iter_mut().chain(new).for_each(|name| texts.word(name));
        }

        if let Some(SpentBudget {
            time,
            meant: _,
            fired: _,
            left,
        }) = budget
        {
            texts.ours(time);
            left.iter_mut().for_each(|promise| texts.word(promise));
        }

        for Left { what, why } in leftovers {
            texts.value(what);
            texts.value(why);
        }

        if let Some(DataPlane { not_offered }) = data_plane {
            not_offered.iter_mut().for_each(|why| texts.value(why));
        }
        causes.iter_mut().for_each(|cause| cause.each(texts));
        traffic.each(texts);
        // Digests.
        let Refused {
            controls: _,
            subjects: _,
        } = refused;
    }
}

impl Run {
    pub(crate) fn each(&mut self, texts: &mut impl Texts) {
        let Self {
            operation,
            slug,
            operations,
            revision,
            source,
            contract,
            target,
            version,
            flags,
            seed: _,
            samples: _,
            exhaustive: _,
            gate: _,
            shard: _,
            merged: _,
            shuffle: _,
        } = self;

        [operation, revision, source, contract]
            .into_iter()
            .for_each(|text| texts.ours(text));
        operations
            .iter_mut()
            .chain([slug])
            .for_each(|word| texts.word(word));
        texts.value(target);
        texts.value(flags);
        version.iter_mut().for_each(|version| texts.value(version));
    }
}

impl ReportedCase {
    pub(crate) fn each(&mut self, texts: &mut impl Texts) {
        let Self {
            place: _,
            id,
            file,
            line: _,
            promises,
            says,
            basis: _,
            level: _,
            class,
            verdict: _,
            reason,
            findings,
            requests: _,
        } = self;

        [id, class]
            .into_iter()
            .chain(promises)
            .chain(findings)
            .for_each(|text| texts.word(text));

        file.iter_mut()
            .chain([says])
            .for_each(|text| texts.ours(text));
        reason.iter_mut().for_each(|text| texts.value(text));
    }
}

impl ReportedFinding {
    pub(crate) fn each(&mut self, texts: &mut impl Texts) {
        let Self {
            id,
            promise,
            class,
            symptom,
            level: _,
            basis: _,
            requirement,
            section,
            expected,
            actual,
            count: _,
            case,
            says,
            file,
            line: _,
            place: _,
            size: _,
            role,
            sent,
            exchanges,
            shown_by: _,
            control: _,
            steps,
            curl,
            replay,
            after_others: _,
            ground,
            written,
            data_plane: _,
            repeats: _,
            known,
            unstable: _,
            retried,
            evidence,
            values: _,
        } = self;

        [id, promise, class, symptom, role]
            .into_iter()
            .chain(case)
            .for_each(|text| texts.word(text));

        [requirement, section]
            .into_iter()
            .chain(says)
            .chain(ground)
            .chain(file)
            .for_each(|text| texts.ours(text));

        let values = [expected, actual, replay]
            .into_iter()
            .chain(sent)
            .chain(curl)
            .chain(written);

        values
            .chain(known)
            .chain(retried)
            .for_each(|text| texts.value(text));

        exchanges
            .iter_mut()
            .for_each(|exchange| exchange.each(texts));
        evidence
            .iter_mut()
            .for_each(|evidence| evidence.each(texts));

        for ReportedStep {
            action,
            on,
            sent,
            refused,
        } in steps
        {
            [action]
                .into_iter()
                .chain(on)
                .chain(refused)
                .for_each(|text| texts.word(text));
            texts.value(sent);
        }
    }
}

impl ReportedExchange {
    fn each(&mut self, texts: &mut impl Texts) {
        let Self {
            role,
            step: _,
            method,
            path,
            headers,
            body,
            answer,
            silence,
        } = self;

        texts.word(role);
        [method, path]
            .into_iter()
            .chain(silence)
            .for_each(|text| texts.value(text));

        headers
            .iter_mut()
            .for_each(|(name, value)| texts.header(name, value));
        texts.body(body);

        if let Some(ReportedAnswer {
            status: _,
            headers,
            body,
        }) = answer
        {
            headers
                .iter_mut()
                .for_each(|(name, value)| texts.header(name, value));
            texts.body(body);
        }
    }
}

impl ReportedPromise {
    fn each(&mut self, texts: &mut impl Texts) {
        let Self {
            id,
            says,
            section,
            basis: _,
            level: _,
            state: _,
            why,
            valid,
            invalid,
            answer,
            in_state,
            facts,
        } = self;

        texts.word(id);
        texts.ours(says);
        texts.ours(section);
        let PromiseFacts {
            tested: _,
            masked: _,
            skipped,
            untestable,
            unplanned,
            optional,
            uncounted,
        } = facts;

        why.iter_mut()
            .chain(skipped)
            .for_each(|text| texts.value(text));
        [untestable, unplanned, optional, uncounted]
            .into_iter()
            .flatten()
            .for_each(|text| texts.ours(text));

        for ReportedSide {
            state: _,
            cases: _,
            origins,
            shown_by,
            why,
            hindered,
        } in [valid, invalid, answer, in_state]
        {
            keys(origins, texts);
            keys(hindered, texts);
            shown_by
                .iter_mut()
                .for_each(|showing| texts.word(&mut showing.case));
            why.iter_mut().for_each(|text| texts.ours(text));
        }
    }
}

impl ReportedCause {
    fn each(&mut self, texts: &mut impl Texts) {
        let Self {
            id,
            kind: _,
            about,
            says,
            level: _,
            cases: _,
            findings,
            follows,
            promises,
            shown_by,
            example,
            fails: _,
            known,
        } = self;

        findings
            .iter_mut()
            .chain(follows)
            .chain(promises)
            .chain([shown_by])
            .for_each(|text| texts.word(text));

        // What a cause is about may be the words of an error.
        [id, says]
            .into_iter()
            .chain(about)
            .chain(known)
            .for_each(|text| texts.value(text));

        example.iter_mut().for_each(|example| example.each(texts));
    }
}

impl Evidence {
    fn each(&mut self, texts: &mut impl Texts) {
        let Self {
            kind,
            cases: _,
            example,
        } = self;

        let EvidenceKind {
            operation,
            fault,
            class,
            fault_member,
            names,
            came,
            member,
        } = kind;

        let words = [operation, class]
            .into_iter()
            .chain(fault)
            .chain(fault_member)
            .chain(member);

        words.for_each(|text| texts.word(text));
        *names = std::mem::take(names)
            .into_iter()
            .map(|name| changed(name, |name| texts.word(name)))
            .collect();

        texts.value(came);
        example.iter_mut().for_each(|example| example.each(texts));
    }
}

impl Example {
    fn each(&mut self, texts: &mut impl Texts) {
        let Self {
            case,
            place: _,
            by_itself: _,
            size: _,
            sent,
            expected,
            actual,
            curl,
            replay,
        } = self;

        texts.word(case);
        [sent, expected, actual, replay]
            .into_iter()
            .chain(curl)
            .for_each(|text| texts.value(text));
    }
}

impl Traffic {
    fn each(&mut self, texts: &mut impl Texts) {
        // Bodies are digests.
        let Self {
            valid,
            faults,
            moved,
            bodies: _,
        } = self;

        keys(valid, texts);
        keys(faults, texts);
        keys(moved, texts);
        faults
            .values_mut()
            .for_each(|promises| keys(promises, texts));
        let outcomes = valid
            .values_mut()
            .chain(faults.values_mut().flat_map(BTreeMap::values_mut));
        outcomes.for_each(|outcomes| values(outcomes, texts));
    }
}

/// The keys of a map of counts are values: two that become alike are counted together.
fn values(map: &mut BTreeMap<String, usize>, texts: &mut impl Texts) {
    let mut told = BTreeMap::new();
    for (text, count) in std::mem::take(map) {
        let known: &mut usize = told
            .entry(changed(text, |text| texts.value(text)))
            .or_default();
        *known = known.saturating_add(count);
    }
    *map = told;
}

fn changed(mut text: String, change: impl FnOnce(&mut String)) -> String {
    change(&mut text);
    text
}

/// The keys of a map are words.
fn keys<T>(map: &mut BTreeMap<String, T>, texts: &mut impl Texts) {
    let word = |(key, value): (String, T)| (changed(key, |key| texts.word(key)), value);
    *map = std::mem::take(map).into_iter().map(word).collect();
}
