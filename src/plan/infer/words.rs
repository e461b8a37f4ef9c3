//! What the name of an operation says: what it does, and to what.

/// What an operation does, by its verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verb {
    /// It makes a thing.
    Create,
    /// It makes a thing, or changes the one that is there.
    Put,
    Read,
    List,
    Update,
    /// It says something of a thing that another operation made: a tag, for instance.
    Tag,
    /// No verb that says any of this: it does something with a thing.
    Other,
    /// Its verb says that it starts or makes something, and that something need not be a thing of
    /// the noun.
    Begin,
    Delete,
}

const CREATE: [&str; 7] = [
    "create", "add", "register", "publish", "new", "make", "define",
];
const READ: [&str; 6] = ["get", "describe", "read", "head", "show", "lookup"];
const LIST: [&str; 2] = ["list", "search"];
const UPDATE: [&str; 13] = [
    "update",
    "modify",
    "patch",
    "replace",
    "change",
    "set",
    "edit",
    "rename",
    "configure",
    "associate",
    "attach",
    "disassociate",
    "detach",
];
const DELETE: [&str; 6] = [
    "delete",
    "remove",
    "deregister",
    "unregister",
    "destroy",
    "unpublish",
];
const BEGIN: [&str; 18] = [
    "start", "submit", "send", "import", "allocate", "request", "copy", "restore", "upload",
    "initiate", "purchase", "generate", "run", "launch", "clone", "accept", "issue", "export",
];
/// Words behind which a name says what the thing belongs to.
const OF: [&str; 8] = ["by", "for", "in", "of", "from", "with", "to", "on"];

/// A name of an operation, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) verb: Verb,
    /// What it is about, in the singular: `picture-frame-hook`.
    pub(crate) noun: String,
    /// Whether the name has it in the plural.
    pub(crate) plural: bool,
}

impl Words {
    /// Takes the name of an operation's folder apart: its words, with dashes between them.
    pub(crate) fn of(slug: &str) -> Self {
        let mut words = slug.split('-').filter(|word| !word.is_empty());
        let first = words.next().unwrap_or_default();
        let rest: Vec<&str> = words.take_while(|word| !OF.contains(word)).collect();
        let noun = rest.join("-");
        let singular = singular(&noun);
        let about_tags = matches!(singular.as_str(), "tag" | "tag-resource" | "resource-tag");
        let verb = match first {
            "tag" | "untag" => Verb::Tag,
            _ if about_tags => Verb::Tag,
            "put" => Verb::Put,
            word if CREATE.contains(&word) => Verb::Create,
            word if READ.contains(&word) => Verb::Read,
            word if LIST.contains(&word) => Verb::List,
            word if UPDATE.contains(&word) => Verb::Update,
            word if DELETE.contains(&word) => Verb::Delete,
            word if BEGIN.contains(&word) => Verb::Begin,
            _ => Verb::Other,
        };
        Self {
            verb,
            plural: noun != singular,
            noun: singular,
        }
    }
}

/// The text with its last word in the singular.
pub(crate) fn singular(noun: &str) -> String {
    let cut = |end: &str| noun.strip_suffix(end).map(str::to_owned);
    if let Some(stem) = cut("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    if let Some(stem) = cut("elves") {
        return format!("{stem}elf");
    }
    for end in ["sses", "shes", "ches", "xes", "zes", "iases", "tuses"] {
        if noun.ends_with(end) {
            return noun.get(..noun.len() - 2).unwrap_or(noun).to_owned();
        }
    }
    let as_it_is = ["ss", "us", "sis", "ias"];
    match as_it_is.iter().any(|end| noun.ends_with(end)) {
        true => noun.to_owned(),
        false => cut("s").unwrap_or_else(|| noun.to_owned()),
    }
}

/// The noun with its article.
pub(crate) fn a(noun: &str) -> String {
    match noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => format!("an {noun}"),
        false => format!("a {noun}"),
    }
}

/// A name of a member or a noun in small letters, with nothing between its words.
pub(crate) fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// What the end of a member's name says that its value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    Arn,
    Id,
    /// Nothing is said.
    Bare,
}

/// Ends of names of members that name a thing.
const ENDS: [(&str, Kind); 5] = [
    ("name", Kind::Name),
    ("arn", Kind::Arn),
    ("identifier", Kind::Id),
    ("uuid", Kind::Id),
    ("id", Kind::Id),
];
/// Further ends, of members that are known to name the thing that an operation is about.
const MORE_ENDS: [&str; 3] = ["number", "key", "version"];

/// Whether a member names a thing of that noun, and by what: `ShelfName` names a shelf, and so
/// does `shelf`.
pub(crate) fn names_thing(member: &str, noun: &str) -> Option<Kind> {
    let (member, noun) = (plain(member), plain(noun));
    let rest = member.strip_prefix(noun.as_str())?;
    if noun.is_empty() {
        return None;
    }
    if rest.is_empty() {
        return Some(Kind::Bare);
    }
    ENDS.iter()
        .find_map(|(end, kind)| (*end == rest).then_some(*kind))
}

/// Whether a member says by itself that it names the thing that its operation is about: `Name`,
/// `Id`, `Arn`.
pub(crate) fn names_itself(member: &str) -> Option<Kind> {
    let member = plain(member);
    ENDS.iter()
        .find_map(|(end, kind)| (*end == member).then_some(*kind))
}

/// A member's name without what its end says: that of `VersionNumber` is `version`.
pub(crate) fn base(member: &str) -> String {
    let member = plain(member);
    let ends = ENDS.iter().map(|(end, _)| *end).chain(MORE_ENDS);
    let cut = ends.filter_map(|end| member.strip_suffix(end));
    let cut = cut
        .filter(|base| !base.is_empty())
        .min_by_key(|base| base.len());
    cut.map_or_else(|| member.clone(), str::to_owned)
}

/// Whether a value of that member is an ARN, or a URL: text that is no segment of a path.
pub(crate) fn is_long(member: &str) -> bool {
    let member = plain(member);
    member.ends_with("arn") || member.ends_with("url") || member.ends_with("uri")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_operations_are_taken_apart() {
        for (slug, verb, noun, plural) in [
            ("create-shelf", Verb::Create, "shelf", false),
            ("list-shelves", Verb::List, "shelf", true),
            ("list-versions-by-shelf", Verb::List, "version", true),
            ("get-policies", Verb::Read, "policy", true),
            (
                "delete-picture-frame-hook",
                Verb::Delete,
                "picture-frame-hook",
                false,
            ),
            ("tag-resource", Verb::Tag, "resource", false),
            ("list-tags-for-resource", Verb::Tag, "tag", true),
            ("put-shelf-lock", Verb::Put, "shelf-lock", false),
            ("invoke", Verb::Other, "", false),
            ("describe-addresses", Verb::Read, "address", true),
            ("get-status", Verb::Read, "status", false),
            ("create-alias", Verb::Create, "alias", false),
            ("list-aliases", Verb::List, "alias", true),
            ("list-schemas", Verb::List, "schema", true),
            ("get-apis", Verb::Read, "api", true),
            ("get-analysis", Verb::Read, "analysis", false),
            ("start-job", Verb::Begin, "job", false),
            ("", Verb::Other, "", false),
        ] {
            let words = Words::of(slug);
            assert_eq!(
                (words.verb, words.noun.as_str(), words.plural),
                (verb, noun, plural),
                "{slug}"
            );
        }
    }

    #[test]
    fn members_name_things() {
        for (member, noun, kind) in [
            ("ShelfName", "shelf", Some(Kind::Name)),
            ("shelf", "shelf", Some(Kind::Bare)),
            ("jobQueueArn", "job-queue", Some(Kind::Arn)),
            ("BrokerId", "broker", Some(Kind::Id)),
            ("DomainName", "domain-name", Some(Kind::Bare)),
            ("ShelfVersion", "shelf", None),
            ("ShelfRole", "shelf", None),
            ("Name", "shelf", None),
            ("Name", "", None),
        ] {
            assert_eq!(names_thing(member, noun), kind, "{member} {noun}");
        }
        assert_eq!(names_itself("Name"), Some(Kind::Name));
        assert_eq!(names_itself("UUID"), Some(Kind::Id));
        assert_eq!(names_itself("title"), None);
        assert_eq!(base("VersionNumber"), base("Version"));
    }
}
