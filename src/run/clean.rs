//! Removing what earlier runs, or this one, left on a target, known by the names that runs give.

use super::look::Sight;
use super::{Leftover, Runner};
use crate::plan::fixture::{Clean, is_token, quoted};
use crate::support::template::Bindings;

/// Something that an earlier run left.
#[derive(Clone, Debug)]
pub(crate) struct Stray {
    /// The kind of thing, and its name.
    pub(crate) what: String,
    /// The token of the run that made it.
    pub(crate) run: String,
    kind: usize,
    known: Bindings,
}

/// What a look at a target for what earlier runs left has shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cleaned {
    /// What they left, in the order in which it is to be removed.
    pub(crate) strays: Vec<Stray>,
    /// How many kinds of things could be listed.
    pub(crate) listed: usize,
    /// Those that could not.
    pub(crate) unlisted: Vec<Unlisted>,
}

/// A kind of thing that could not be listed.
#[derive(Clone, Debug)]
pub(crate) struct Unlisted {
    /// The kind.
    pub(crate) what: String,
    /// What the target answered.
    pub(crate) why: String,
    /// Whether the target failed, and does not only lack such things.
    pub(crate) failed: bool,
}

/// What of this run was still there when all had been removed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Swept {
    /// What was removed now.
    pub(crate) removed: Vec<String>,
    /// What is still there.
    pub(crate) left: Vec<Leftover>,
}

/// So often is looked again after a removal: of what has versions a list may show one at a time.
const LOOKS: usize = 8;

impl Runner {
    /// Looks for what this run made and did not remove, and removes it: requests that a target took
    /// for others may have made things that nobody was told of.
    pub(crate) async fn sweep(&self) -> Swept {
        let runner = Self {
            client: self.client.removing(),
            ..self.clone()
        };
        let mut swept = Swept::default();
        for _ in 0..LOOKS {
            let strays = runner.strays(Some(&self.options.token)).await.strays;
            swept.left.clear();
            let before = swept.removed.len();
            for stray in strays {
                match runner.remove_stray(&stray).await {
                    Ok(()) if swept.removed.contains(&stray.what) => {}
                    Ok(()) => swept.removed.push(stray.what),
                    Err(why) => swept.left.push(Leftover {
                        what: stray.what,
                        why,
                    }),
                }
            }
            if swept.removed.len() == before {
                break;
            }
        }
        swept
    }

    /// Lists what earlier runs left; `run` names the token of the only one that is meant.
    pub(crate) async fn strays(&self, run: Option<&str>) -> Cleaned {
        let mut cleaned = Cleaned::default();
        for (kind, clean) in self.plan.fixtures.clean.iter().enumerate() {
            let things = match self.look(&clean.find, &self.given_names()).await {
                Sight::Things(things) => {
                    cleaned.listed += 1;
                    things
                }
                Sight::Unseen { refused: true, .. } if clean.optional => continue,
                Sight::Unseen { why, lacks, .. } => {
                    cleaned.unlisted.push(Unlisted {
                        what: clean.id.clone(),
                        why,
                        failed: !lacks,
                    });
                    continue;
                }
            };
            let is_run = |token: &str| run.map_or_else(|| is_token(token), |run| run == token);
            for thing in &things {
                let Some((run, known)) = clean.ours(thing, is_run) else {
                    continue;
                };
                cleaned.strays.push(Stray {
                    what: named(clean, thing, &known),
                    run,
                    kind,
                    known,
                });
            }
        }

        cleaned
    }

    /// Removes one, and says why it is still there where that is so.
    pub(crate) async fn remove_stray(&self, stray: &Stray) -> Result<(), String> {
        let Some(clean) = self.plan.fixtures.clean.get(stray.kind) else {
            return Ok(());
        };
        let known = stray.known.clone().over(&self.given_names());
        for undo in &clean.undo {
            if let Some(left) = self.remove_one(undo, &known, None).await {
                return Err(left.why);
            }
        }
        Ok(())
    }
}

/// What a thing is called: for what has no name of its own, its identifier and what it belongs to.
fn named(clean: &Clean, thing: &serde_json::Value, known: &Bindings) -> String {
    let name = thing
        .pointer(&clean.name)
        .and_then(|name| name.as_str())
        .unwrap_or_default();

    match clean
        .capture
        .keys()
        .find_map(|captured| known.get(captured))
    {
        Some(identity) => format!(
            "{} {} of {name}",
            clean.id,
            quoted(identity).trim_matches('"')
        ),
        None => format!("{} {name}", clean.id),
    }
}
