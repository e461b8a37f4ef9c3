//! Carrying out the data plane: records put, the resource changed, and what its functions received
//! read back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::Runner;
use super::leftover::Leftover;
use super::look::Sight;
use super::step::otherwise;
use super::waits::Waits;
use crate::judge::{
    DataPlaneJudgement, DataPlaneSeen, Delivery, Quiet, judge_data_plane, throttles,
};
use crate::plan::data_plane::{Change, DataPlane};
use crate::plan::fixture::{Call, Capture, Undo, is_segment};
use crate::support::template::Bindings;
use crate::wire::exchange::Exchange;

/// So many pages of what a function received are read.
const PAGES: usize = 50;
/// A target is quiet once nothing came for so many times what a delivery took.
const PATIENCE: u32 = 3;

/// The data plane on its way.
struct Phase<'a> {
    runner: &'a Runner,
    plane: &'a DataPlane,
    bindings: Bindings,
    /// The functions' names.
    first: String,
    other: String,
    /// The resources that were made and not deleted.
    resources: Vec<String>,
    /// What a creation was about of which nobody knows what came of it.
    unclear: Option<Bindings>,
    /// How long nothing may come before it is taken that nothing will.
    quiet: Duration,
}

impl Runner {
    /// Tests the data plane, and removes what that made. `number`: no other test of it in this run
    /// has it.
    pub(super) async fn data_plane(
        &self,
        plane: &DataPlane,
        number: usize,
        leftovers: &mut Vec<Leftover>,
    ) -> DataPlaneJudgement {
        let mut bindings = self.given_names();
        bindings.set("worker", number.to_string());
        let (mut undo, made) = self.make_steps(plane, &mut bindings).await;
        let seen = match made {
            Ok(()) => {
                let (seen, resources) = self.carry_out(plane, &bindings).await;
                for own in resources {
                    undo.push((
                        Undo {
                            call: plane.delete.clone(),
                            wait: None,
                            prepares: false,
                        },
                        own,
                    ));
                }
                seen
            }
            Err(why) => Err(why),
        };
        for (undo, bindings) in undo.iter().rev() {
            leftovers.extend(self.remove_one(undo, bindings, None).await);
        }
        match seen {
            // What was cut short says nothing of what did not come.
            _ if self.stopped() => DataPlaneJudgement::default(),
            Ok(seen) => judge_data_plane(&self.plan.contract, &plane.promises, &seen),
            Err(why) => DataPlaneJudgement::not_offered(&self.plan.contract, &plane.promises, why),
        }
    }

    /// Makes what the data plane needs: how to undo it, and why it could not all be made, where
    /// that is so.
    async fn make_steps(
        &self,
        plane: &DataPlane,
        bindings: &mut Bindings,
    ) -> (Vec<(Undo, Bindings)>, Result<(), String>) {
        let mut undo = Vec::new();
        for step in &plane.steps {
            if self.stopped() {
                return (undo, Err("interrupted".to_owned()));
            }
            let (captured, made, trouble) = match self.step(step, bindings).await {
                Ok(captured) => (captured, true, None),
                Err(trouble) => {
                    let made = trouble.made().is_some();
                    (
                        otherwise(step, bindings).unwrap_or_default(),
                        made,
                        Some(trouble.why()),
                    )
                }
            };
            for (name, value) in captured.iter() {
                bindings.set(name, value);
            }
            if made {
                // The last request of a step is to be carried out last, and the whole list goes
                // backwards.
                undo.extend(
                    step.undo
                        .iter()
                        .rev()
                        .map(|u| (u.clone(), bindings.clone())),
                );
            }
            if let Some(why) = trouble.filter(|_| !step.optional && step.otherwise.is_empty()) {
                return (undo, Err(format!("fixture {}: {why}", step.id)));
            }
        }

        (undo, Ok(()))
    }

    /// What was seen, and what the templates of the resources that are still there stand for.
    async fn carry_out(
        &self,
        plane: &DataPlane,
        bindings: &Bindings,
    ) -> (Result<DataPlaneSeen, String>, Vec<Bindings>) {
        let name = |template: &str| bindings.fill(template).map_err(|e| e.to_string());
        let (first, other) = match (name(&plane.receivers.first), name(&plane.receivers.other)) {
            (Ok(first), Ok(other)) => (first, other),
            (Err(why), _) | (_, Err(why)) => return (Err(why), Vec::new()),
        };

        let mut phase = Phase {
            runner: self,
            plane,
            bindings: bindings.clone(),
            first,
            other,
            resources: Vec::new(),
            unclear: None,
            quiet: self.options.quiet,
        };

        let seen = phase.go().await;
        let unclear = phase.unclear_resources().await;
        let named = phase.resources.iter().map(|resource| {
            let mut own = bindings.clone();
            own.set("resource", resource);
            own
        });

        let resources = named.chain(unclear).collect();
        (seen, resources)
    }
}

impl Phase<'_> {
    /// Every part in order. `Err` where the target delivers nothing to begin with.
    async fn go(&mut self) -> Result<DataPlaneSeen, String> {
        let (first, other) = (self.first.clone(), self.other.clone());
        let earliest = names("first", 2);
        self.create(&first).await?;
        self.put(&earliest).await?;
        let waits = Waits::new(self.limit());

        if self.until(&first, &earliest).await?.len() < earliest.len() {
            let limit = self.limit().as_secs_f64();
            return Err(format!(
                "no function received the records put into a stream within {limit} s"
            ));
        }

        self.quiet = (waits.elapsed() * PATIENCE)
            .max(self.quiet)
            .min(self.limit());
        let mut put_meanwhile = Vec::new();
        let disabled = self.disabled(&first, &mut put_meanwhile).await;
        let enabled = self.enabled(&first, put_meanwhile).await;
        let moved = self.moved(&first, &other).await;
        let anew = self.anew(&other, earliest).await;
        Ok(DataPlaneSeen {
            disabled,
            enabled,
            moved,
            anew,
        })
    }

    async fn disabled(&self, first: &str, put: &mut Vec<String>) -> Result<Quiet, String> {
        self.change(&self.plane.disable, first).await?;
        self.stays_quiet(first, "while", put).await
    }

    async fn enabled(&self, first: &str, before: Vec<String>) -> Result<Delivery, String> {
        if before.is_empty() {
            return Err("nothing could be put while the resource was disabled".to_owned());
        }
        self.change(&self.plane.enable, first).await?;
        let since = names("again", 1);
        self.put(&since).await?;
        self.delivery(first, None, before, since).await
    }

    async fn moved(&self, first: &str, other: &str) -> Result<(Delivery, Quiet), String> {
        self.change(&self.plane.change, other).await?;
        let mut since = Vec::new();
        let quiet = self.stays_quiet(first, "moved", &mut since).await?;
        Ok((
            self.delivery(other, Some(first), Vec::new(), since).await?,
            quiet,
        ))
    }

    /// Deletes the resource and makes it again, to the function that has not received the earliest
    /// records.
    async fn anew(&mut self, other: &str, earliest: Vec<String>) -> Result<Delivery, String> {
        if self
            .received(other)
            .await?
            .iter()
            .any(|r| earliest.contains(r))
        {
            return Err(
                "the earliest records came again before the resource was made again".to_owned(),
            );
        }

        self.delete().await?;
        self.create(other).await?;
        let since = names("fresh", 1);
        self.put(&since).await?;
        self.delivery(other, None, earliest, since).await
    }

    /// Puts records that the function should not receive, and watches. What was under way when the
    /// resource was changed may still come: a first record gives it its time, and only the next is
    /// held against the target.
    async fn stays_quiet(
        &self,
        receiver: &str,
        prefix: &str,
        put: &mut Vec<String>,
    ) -> Result<Quiet, String> {
        for record in names(prefix, 2) {
            self.put(std::slice::from_ref(&record)).await?;
            let first = put.is_empty();
            put.push(record.clone());
            let mut waits = Waits::new(self.quiet);
            loop {
                let came = self.received(receiver).await?.contains(&record);
                if (came && !first) || self.runner.stopped() || !waits.wait().await {
                    break;
                }
            }
        }

        let received = self.received(receiver).await?;
        let of = |records: &[String]| {
            records
                .iter()
                .filter(|r| received.contains(*r))
                .cloned()
                .collect()
        };

        let (first, later) = put.split_at(1.min(put.len()));
        Ok(Quiet {
            at_first: of(first),
            later: of(later),
        })
    }

    async fn delivery(
        &self,
        receiver: &str,
        elsewhere: Option<&str>,
        before: Vec<String>,
        since: Vec<String>,
    ) -> Result<Delivery, String> {
        let all: Vec<String> = before.iter().chain(&since).cloned().collect();
        let received = self.until(receiver, &all).await?;
        let elsewhere = match elsewhere {
            Some(other) => self
                .received(other)
                .await?
                .into_iter()
                .filter(|r| all.contains(r))
                .collect(),
            None => Vec::new(),
        };

        Ok(Delivery {
            before,
            since,
            received,
            elsewhere,
        })
    }

    /// Waits until the function received these, or the time for it is up: those of them that it
    /// received.
    async fn until(&self, receiver: &str, wanted: &[String]) -> Result<Vec<String>, String> {
        let mut waits = Waits::new(self.limit());
        loop {
            let received = self.received(receiver).await?;
            let came: Vec<String> = wanted
                .iter()
                .filter(|w| received.contains(*w))
                .cloned()
                .collect();
            if came.len() == wanted.len() || self.runner.stopped() || !waits.wait().await {
                return Ok(came);
            }
        }
    }

    /// Every record that the function's reports name. `Err` where there is no telling, which is not
    /// the same as none.
    async fn received(&self, receiver: &str) -> Result<BTreeSet<String>, String> {
        let read = &self.plane.received;
        let mut records = BTreeSet::new();
        let mut bindings = self.bindings.clone();
        bindings.set("receiver", receiver);
        let mut request = read.call.bind(&bindings).map_err(|e| e.to_string())?;
        for _ in 0..PAGES {
            let exchange = self.runner.client.send(&request).await;
            if exchange
                .answer()
                .is_none_or(|a| a.status >= 500 || throttles(&self.runner.plan.service, a))
            {
                return Err(self.runner.said(&exchange));
            }
            // What has written nothing yet may be unknown.
            let Some(document) = document(&exchange) else {
                break;
            };
            let texts = document
                .pointer(&read.list)
                .and_then(|l| l.as_array())
                .into_iter()
                .flatten();
            for text in texts.filter_map(|entry| entry.pointer(&read.text)?.as_str()) {
                records.extend(
                    read.record
                        .captures_iter(text)
                        .filter_map(|c| Some(c.get(1)?.as_str().to_owned())),
                );
            }
            let Some(next) = document.get(&read.next).filter(|n| n.is_string()) else {
                break;
            };
            let body = serde_json::from_slice::<serde_json::Map<_, _>>(&request.body);
            let Ok(mut body) = body else { break };
            body.insert(read.next.clone(), next.clone());
            Arc::make_mut(&mut request).body = serde_json::Value::Object(body).to_string().into();
        }
        Ok(records)
    }

    async fn put(&self, records: &[String]) -> Result<(), String> {
        for record in records {
            let mut bindings = self.bindings.clone();
            bindings.set("record", record);
            let exchange = self.send(&self.plane.put, &bindings).await?;
            if !exchange.accepted() {
                return Err(self.runner.said(&exchange));
            }
        }
        Ok(())
    }

    async fn create(&mut self, receiver: &str) -> Result<(), String> {
        self.bindings.set("receiver", receiver);
        let identity = Capture::Json(self.plane.state.resource.clone());
        if let Sight::Things(things) = self.runner.look(&self.plane.find, &self.bindings).await {
            self.runner.note_others(Some(&identity), &things);
        }
        self.unclear = Some(self.bindings.clone());
        let exchange = self.send(&self.plane.create.call, &self.bindings).await?;
        let Some(answer) = exchange.answer().filter(|_| exchange.accepted()) else {
            if exchange
                .answer()
                .is_some_and(|answer| !self.runner.may_be_done(answer))
            {
                self.unclear = None;
            }
            return Err(self.runner.said(&exchange));
        };
        let named = identity.read(&answer.body);
        let Some(resource) = named else {
            return Err(format!("{} names no resource", self.runner.said(&exchange)));
        };
        if !is_segment(&resource) || self.runner.known.is_taken(&resource) {
            let why = "names a resource that it did not make";
            return Err(format!("{}, which {why}", self.runner.said(&exchange)));
        }
        let contradiction =
            document(&exchange).and_then(|d| self.plane.find.contradiction(&d, &self.bindings));
        if let Some(contradiction) = contradiction {
            return Err(format!(
                "{}, which names another resource: {contradiction}",
                self.runner.said(&exchange)
            ));
        }
        self.unclear = None;
        self.resources.push(resource.clone());
        self.bindings.set("resource", resource);
        self.settled(&self.plane.create.until).await
    }

    /// The resources that a creation made without saying so. Those that cannot be seen are told,
    /// under a name that is not known.
    async fn unclear_resources(&self) -> Vec<Bindings> {
        let Some(known) = &self.unclear else {
            return Vec::new();
        };
        let find = &self.plane.find;
        let things = match self.runner.look(find, known).await {
            Sight::Things(things) => things,
            Sight::Unseen { .. } => return vec![known.clone()],
        };

        let identity = Capture::Json(self.plane.state.resource.clone());
        let ours = things
            .iter()
            .filter(|thing| find.is_ours(thing, known).unwrap_or(false));
        let named = ours.filter_map(|thing| identity.read(thing.to_string().as_bytes()));
        let named = named
            .filter(|resource| is_segment(resource) && !self.runner.known.is_of_others(resource));
        named
            .map(|resource| {
                let mut own = known.clone();
                own.set("resource", resource);
                own
            })
            .collect()
    }

    async fn change(&self, change: &Change, receiver: &str) -> Result<(), String> {
        let mut bindings = self.bindings.clone();
        bindings.set("receiver", receiver);
        let request = change.call.bind(&bindings).map_err(|e| e.to_string())?;
        let exchange = self.runner.update(&request).await;
        if !exchange.accepted() {
            return Err(self.runner.said(&exchange));
        }
        self.settled(&change.until).await
    }

    async fn delete(&mut self) -> Result<(), String> {
        let request = self
            .plane
            .delete
            .bind(&self.bindings)
            .map_err(|e| e.to_string())?;

        let exchange = self.runner.update(&request).await;
        if !exchange.accepted() {
            return Err(self.runner.said(&exchange));
        }
        let mut waits = Waits::new(self.limit());

        loop {
            let exchange = self.send(&self.plane.state.call, &self.bindings).await?;
            if exchange.answer().is_some_and(|a| a.status == 404) {
                self.resources.pop();
                return Ok(());
            }
            if self.runner.stopped() || !waits.wait().await {
                return Err("the resource was deleted and is still there".to_owned());
            }
        }
    }

    /// Reads the resource until it is in that state.
    async fn settled(&self, until: &str) -> Result<(), String> {
        let mut waits = Waits::new(self.limit());
        loop {
            let exchange = self.send(&self.plane.state.call, &self.bindings).await?;
            let document = document(&exchange);
            let state = document
                .as_ref()
                .and_then(|d| d.pointer(&self.plane.state.json)?.as_str());
            if state == Some(until) {
                return Ok(());
            }
            if self.runner.stopped() || !waits.wait().await {
                return Err(format!(
                    "the resource did not become {until}, but stayed {}",
                    state.unwrap_or("unread")
                ));
            }
        }
    }

    async fn send(&self, call: &Call, bindings: &Bindings) -> Result<Exchange, String> {
        let request = call.bind(bindings).map_err(|e| e.to_string())?;
        Ok(self.runner.client.send(&request).await)
    }

    fn limit(&self) -> Duration {
        self.runner.options.settle_timeout
    }
}

/// So many records of that name, of eight letters and digits each: that is Base64 as it stands,
/// which a target hands on as it came.
fn names(prefix: &str, count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("{prefix}{n:03}")).collect()
}

fn document(exchange: &Exchange) -> Option<serde_json::Value> {
    serde_json::from_slice(&exchange.answer()?.body).ok()
}
