//! Pages of a list: followed to the end they show each item once.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::answer::Checks;
use super::criteria::Judge;
use super::shown::Broken;
use super::{Judgement, Observation, Role, Symptom, Verdict};
use crate::contract::Pagination;
use crate::wire::exchange::Exchange;
use crate::wire::members;

type Members<'e> = Cow<'e, Map<String, Value>>;

impl Judge<'_> {
    /// The pages that were fetched, held against the list before and after them.
    ///
    /// Others may add and remove items meanwhile: only an item that stands in both lists has to be
    /// on a page.
    pub(super) fn pages(
        &self,
        seen: &Observation,
        pages: &Pagination,
        main: &str,
        judgement: &mut Judgement,
    ) -> Verdict {
        let fetched: Vec<&Exchange> = seen.all(Role::Subject).collect();
        // The last was looked at already.
        for exchange in fetched.iter().rev().skip(1) {
            self.write(exchange, Role::Subject, &seen.variant, judgement);
        }

        let shown: Vec<Members<'_>> = fetched.iter().filter_map(|e| self.shown(e)).collect();
        let whole =
            [Role::Given, Role::After].map(|role| seen.at(role).and_then(|e| self.shown(e)));
        let [Some(before), Some(after)] = &whole else {
            return Verdict::Skip("the whole list was not shown to compare with".to_owned());
        };
        if shown.len() != fetched.len() {
            return Verdict::Skip("a page shows nothing to compare".to_owned());
        }
        let limit = pages
            .page_size
            .as_ref()
            .and_then(|size| Some((size, self.page_size(fetched.first()?, size)?)));
        match compared(pages, &shown, [before, after], limit) {
            Err(why) => Verdict::Skip(why.to_owned()),
            Ok(broken) => {
                let mut checks = Checks::new(self.oracle, Role::Subject, judgement);
                checks.check(main, "valid", broken);
                Verdict::Pass
            }
        }
    }

    /// The members that an accepted answer shows.
    fn shown<'e>(&self, exchange: &'e Exchange) -> Option<Members<'e>> {
        members::shown(self.oracle.contract, exchange).filter(|_| exchange.accepted())
    }

    /// How many items a request asks for.
    fn page_size(&self, exchange: &Exchange, member: &str) -> Option<usize> {
        let sent = members::sent(self.oracle.contract, &exchange.request);
        usize::try_from(sent.get(member)?.as_u64()?).ok()
    }
}

/// What is wrong with pages, by the list before and after them. `Err` says why they tell nothing.
fn compared(
    pages: &Pagination,
    shown: &[Members<'_>],
    [before, after]: [&Members<'_>; 2],
    limit: Option<(&String, usize)>,
) -> Result<Option<Broken>, &'static str> {
    let (first, last) = (pages.items(before), pages.items(after));
    let stay: Vec<&Value> = first.iter().filter(|item| last.contains(item)).collect();
    let broken = too_large(pages, shown, limit)
        .or_else(|| token_again(pages, shown))
        .or_else(|| not_once(pages, shown, &stay));
    match shown.len() {
        0 | 1 if broken.is_none() => Err("all items are on one page"),
        _ => Ok(broken),
    }
}

/// A page with more items than were asked for.
fn too_large(
    pages: &Pagination,
    shown: &[Members<'_>],
    limit: Option<(&String, usize)>,
) -> Option<Broken> {
    let (member, most) = limit?;
    let sizes = shown.iter().map(|page| pages.items(page).len());
    let (place, size) = sizes.enumerate().find(|(_, size)| *size > most)?;
    Some((
        Symptom::OutOfContract,
        format!("at most {most} items on a page, as {member} says"),
        format!("{size} items on page {}", place + 1),
    ))
}

/// A token that leads back to a page that was shown.
fn token_again(pages: &Pagination, shown: &[Members<'_>]) -> Option<Broken> {
    let tokens: Vec<&Value> = shown.iter().filter_map(|page| pages.next(page)).collect();
    let again = tokens
        .iter()
        .enumerate()
        .find(|(place, token)| tokens.iter().take(*place).any(|other| other == *token));
    let (place, token) = again?;
    Some((
        Symptom::StandsStill,
        format!("a {} that leads to a new page", pages.output_token),
        format!(
            "page {} gives the {} {token} of an earlier page",
            place + 1,
            pages.output_token
        ),
    ))
}

/// An item that stands on two pages or, where the end was reached, on none.
fn not_once(pages: &Pagination, shown: &[Members<'_>], stay: &[&Value]) -> Option<Broken> {
    let on_pages: Vec<&Value> = shown.iter().flat_map(|page| pages.items(page)).collect();
    let ended = shown.last().is_some_and(|page| pages.next(page).is_none());
    let count = |item: &Value| on_pages.iter().filter(|other| **other == item).count();
    let is_wrong = |count: usize| count > 1 || (count == 0 && ended);

    let (item, count) = stay
        .iter()
        // What stands twice in the whole list may be two items that look alike.
        .filter(|item| stay.iter().filter(|other| other == item).count() == 1)
        .map(|item| (item, count(item)))
        .find(|(_, count)| is_wrong(*count))?;
    let symptom = match count {
        0 => Symptom::Missing,
        _ => Symptom::MemberTwice,
    };
    Some((
        symptom,
        format!("one page with the item {item}"),
        format!("it stands {count} times on {} pages", shown.len()),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pages() -> Pagination {
        Pagination {
            input_token: "Marker".to_owned(),
            output_token: "Next".to_owned(),
            items: vec!["Items".to_owned()],
            page_size: Some("Max".to_owned()),
        }
    }

    fn members(pages: &[Value]) -> Vec<Members<'static>> {
        let of = |page: &Value| page.as_object().cloned().unwrap_or_default();
        pages.iter().map(|page| Cow::Owned(of(page))).collect()
    }

    #[test]
    fn items_stand_once() {
        let (a, b) = (json!("a"), json!("b"));
        let stay = [&a, &b];
        let told = |of: &[Value]| not_once(&pages(), &members(of), &stay).map(|b| b.0);
        let page = |items: &[&str], next: Option<&str>| json!({"Items": items, "Next": next});
        assert_eq!(told(&[page(&["a"], Some("1")), page(&["b"], None)]), None);
        let twice = [page(&["a"], Some("1")), page(&["a", "b"], None)];
        assert_eq!(told(&twice), Some(Symptom::MemberTwice));
        let lost = [page(&["a"], Some("1")), page(&[], None)];
        assert_eq!(told(&lost), Some(Symptom::Missing));
        // The walk was not followed to its end.
        assert_eq!(told(&[page(&["a"], Some("1"))]), None);
    }

    #[test]
    fn one_page_alone_tells_little() {
        let told = |of: &[Value], whole: &[&str], most: usize| {
            let whole = members(&[json!({ "Items": whole })]);
            let [whole] = whole.as_slice() else {
                return Err("no list");
            };
            let max = "Max".to_owned();
            let found = compared(&pages(), &members(of), [whole, whole], Some((&max, most)));
            found.map(|broken| broken.map(|broken| broken.0))
        };
        let all = [json!({"Items": ["a", "b"]})];
        assert!(told(&all, &["a", "b"], 5).is_err());
        assert!(told(&[json!({"Items": ["a"]})], &["a"], 1).is_err());
        // The limit is not kept, or the second page is missing.
        let large = Ok(Some(Symptom::OutOfContract));
        assert_eq!(told(&all, &["a", "b"], 1), large);
        let missing = Ok(Some(Symptom::Missing));
        assert_eq!(told(&[json!({"Items": ["a"]})], &["a", "b"], 1), missing);
        let two = [
            json!({"Items": ["a"], "Next": "1"}),
            json!({"Items": ["b"]}),
        ];
        assert_eq!(told(&two, &["a", "b"], 1), Ok(None));
    }

    #[test]
    fn pages_have_their_size_and_tokens_are_new() {
        let two = members(&[
            json!({"Items": ["a", "b"], "Next": "1"}),
            json!({"Next": "1"}),
        ]);
        let max = "Max".to_owned();
        assert!(too_large(&pages(), &two, Some((&max, 1))).is_some());
        assert!(too_large(&pages(), &two, Some((&max, 2))).is_none());
        let again = token_again(&pages(), &two).map(|broken| broken.0);
        assert_eq!(again, Some(Symptom::StandsStill));
        let new = members(&[json!({"Next": "1"}), json!({"Next": "2"}), json!({})]);
        assert!(token_again(&pages(), &new).is_none());
    }
}
