//! The structure of a pattern: a tree whose nodes are the places that covers and violations speak
//! of.

use super::class::Set;

pub(super) type NodeId = usize;

pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
    pub(super) size: u64,
}

pub(super) struct Node {
    pub(super) kind: Kind,
    /// A stable name made of the pattern's structure alone.
    pub(super) place: String,
    /// Its name as one of several alternatives.
    pub(super) branch: Option<String>,
    pub(super) parent: Option<NodeId>,
    /// Whether an anchor or a look-around stands in this node.
    pub(super) looks: bool,
}

pub(super) enum Kind {
    Literal(String),
    Class(Set),
    Concat(Vec<NodeId>),
    Alternate(Vec<NodeId>),
    Repeat {
        inner: NodeId,
        min: u32,
        max: Option<u32>,
    },
    Group(NodeId),
    Look {
        ahead: bool,
        negated: bool,
        inner: NodeId,
    },
    Start,
    End {
        strict: bool,
    },
    Boundary {
        negated: bool,
    },
}

impl Tree {
    pub(super) fn kind(&self, node: NodeId) -> &Kind {
        &self.nodes[node].kind
    }

    pub(super) fn looks(&self, node: NodeId) -> bool {
        self.nodes[node].looks
    }

    pub(super) fn children(&self, node: NodeId) -> &[NodeId] {
        match self.kind(node) {
            Kind::Concat(children) | Kind::Alternate(children) => children,
            Kind::Repeat { inner, .. } | Kind::Group(inner) | Kind::Look { inner, .. } => {
                std::slice::from_ref(inner)
            }
            _ => &[],
        }
    }

    /// The node and what encloses it, innermost first.
    pub(super) fn ancestry(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(node), |&node| self.nodes[node].parent)
    }

    /// Whether the node stands in a look-around, where it consumes nothing.
    pub(super) fn is_aside(&self, node: NodeId) -> bool {
        self.ancestry(node)
            .any(|node| matches!(self.kind(node), Kind::Look { .. }))
    }

    /// How many parts the pattern has once its repetitions are written out.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Nodes in the order of the pattern's text.
    pub(super) fn in_order(&self) -> Vec<NodeId> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut pending = vec![self.root];
        while let Some(node) = pending.pop() {
            order.push(node);
            pending.extend(self.children(node).iter().rev());
        }
        order
    }

    pub(super) fn measure(&self, node: NodeId) -> u64 {
        let inner = self.children(node).iter().fold(1, |sum: u64, &child| {
            sum.saturating_add(self.measure(child))
        });
        match self.kind(node) {
            Kind::Literal(text) => text.len() as u64,
            Kind::Repeat { min, max, .. } => {
                inner.saturating_mul(u64::from(max.unwrap_or(*min)).max(1))
            }
            _ => inner,
        }
    }
}
