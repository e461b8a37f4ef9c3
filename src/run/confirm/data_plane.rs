//! Trying the data plane again, as a whole: its parts stand on each other.

use tokio::time::Instant;

use crate::judge::DataPlaneJudgement;
use crate::plan::data_plane::DataPlane;
use crate::run::{Confirmation, Leftover, Retried, Runner};

impl Runner {
    /// Tries again what the data plane showed, and says what that came to.
    pub(crate) async fn confirm_data_plane(
        &self,
        plane: &DataPlane,
        judgement: &DataPlaneJudgement,
        leftovers: &mut Vec<Leftover>,
    ) -> Vec<Retried> {
        let confirm = self.options.confirm;
        if confirm.tries == 0 {
            return Vec::new();
        }
        let fails = |f: &&crate::judge::Finding| {
            f.level <= confirm.level && !self.options.known.contains(&f.id())
        };
        let findings: Vec<_> = judgement.findings.iter().filter(fails).collect();
        let unstable = Confirmation::Unstable;
        let mut all: Vec<Retried> = findings
            .iter()
            .map(|f| Retried {
                id: f.id(),
                tries: 0,
                confirmation: unstable.clone(),
                observation: None,
                shown: None,
            })
            .collect();

        let started = Instant::now();
        for number in 1..=confirm.tries {
            if self.stopped() {
                return Vec::new();
            }
            if !all.iter().any(|r| r.confirmation == unstable) {
                break;
            }
            let again = match (started.elapsed() < confirm.limit, self.budget.over()) {
                (true, None) => Ok(self.data_plane(plane, number, leftovers).await),
                (true, Some(why)) => Err(why.to_string()),
                (false, _) => Err(format!(
                    "trying it again took {} seconds",
                    confirm.limit.as_secs()
                )),
            };
            for (retried, finding) in all
                .iter_mut()
                .zip(&findings)
                .filter(|(r, _)| r.confirmation == unstable)
            {
                retried.tries += usize::from(again.is_ok());
                retried.confirmation = match &again {
                    Ok(again) if again.findings.iter().any(|f| f.id() == retried.id) => {
                        Confirmation::Confirmed
                    }
                    Ok(again) if again.exercised.contains(&finding.atom) => continue,
                    Ok(_) => {
                        Confirmation::Untried("the data plane could not be tested again".to_owned())
                    }
                    Err(why) => Confirmation::Untried(why.clone()),
                };
            }
        }

        all
    }
}
