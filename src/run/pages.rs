//! The pages of a list, fetched one after another.

use std::sync::Arc;

use serde_json::Value;

use super::Runner;
use crate::contract::Pagination;
use crate::wire::exchange::{Exchange, Request};
use crate::wire::members;

/// No more pages than this are fetched: a target may hold more items than anybody wants to wait for.
const MOST_PAGES: usize = 200;

impl Runner {
    /// The pages from that request on, until one has no successor, is refused, or leads back.
    pub(super) async fn pages(&self, first: &Arc<Request>, pages: &Pagination) -> Vec<Exchange> {
        let contract = &self.plan.contract;
        let mut fetched: Vec<Exchange> = Vec::new();
        let mut tokens: Vec<Value> = Vec::new();
        let mut request = Arc::clone(first);
        while fetched.len() < MOST_PAGES {
            let exchange = self.client.send(&request).await;
            let shown = members::shown(contract, &exchange).filter(|_| exchange.accepted());
            let token = shown.and_then(|members| pages.next(&members).cloned());
            fetched.push(exchange);

            let Some(token) = token.filter(|token| !tokens.contains(token)) else {
                break;
            };
            let Some(following) = members::with(contract, first, &pages.input_token, &token) else {
                break;
            };
            tokens.push(token);
            request = Arc::new(following);
        }
        fetched
    }
}
