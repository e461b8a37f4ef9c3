//! Recipes: what no name and no shape says of a value, such as a package of code or a role. They are
//! data, in a file.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::{Spanned, Table};

use crate::support::echo::shown;
use crate::support::files::{FileError, Source};
use crate::support::template::names;

/// Values that no name says, the first that suits counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recipes {
    recipes: Vec<Recipe>,
    /// What values may name: fixtures, as a `fixtures.toml` has them.
    pub(crate) fixtures: Vec<RecipeFixture>,
}

/// A fixture of a file of recipes.
#[derive(Clone, Debug)]
pub(crate) struct RecipeFixture {
    pub(crate) id: String,
    pub(crate) table: Table,
    /// The names that it gives.
    gives: BTreeSet<String>,
}

/// A value for members of a name.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    service: Option<String>,
    operations: Vec<String>,
    member: String,
    /// JSON, with templates in its texts.
    pub(crate) value: serde_json::Value,
    /// The fixtures that give what the value names.
    pub(crate) needs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    recipe: Vec<RecipeTable>,
    #[serde(default)]
    fixture: Vec<Spanned<Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeTable {
    service: Option<String>,
    #[serde(default)]
    operations: Vec<String>,
    member: String,
    value: Spanned<String>,
    /// For whoever reads the file.
    #[serde(rename = "why")]
    _why: String,
}

impl Recipes {
    /// Reads a file of recipes.
    ///
    /// # Errors
    /// What is wrong with it, with the line.
    pub(crate) fn load(file: &Source) -> Result<Self, FileError> {
        let document: Document = file.parse()?;
        let mut fixtures = Vec::new();
        for table in document.fixture {
            let at = table.span();
            fixtures.push(fixture(table.into_inner()).map_err(|why| file.at(at, why))?);
        }

        let mut recipes = Vec::new();
        for table in document.recipe {
            let at = table.value.span();
            let text = table.value.into_inner();
            let value = serde_json::from_str(&text);
            let value = value.map_err(|_| {
                let message = format!("value: expected JSON, found `{}`", shown(&text));
                file.at(at.clone(), message)
            })?;
            let named = names(&text).map_err(|error| file.at(at, error.to_string()))?;
            let gives =
                |fixture: &&RecipeFixture| named.iter().any(|name| fixture.gives.contains(*name));
            recipes.push(Recipe {
                service: table.service,
                operations: table.operations,
                member: table.member,
                value,
                needs: fixtures
                    .iter()
                    .filter(gives)
                    .map(|f| f.id.clone())
                    .collect(),
            });
        }
        Ok(Self { recipes, fixtures })
    }

    /// These recipes, and after them those.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.recipes.extend(others.recipes);
        let new = |fixture: &RecipeFixture| self.fixtures.iter().all(|own| own.id != fixture.id);
        let others: Vec<_> = others.fixtures.into_iter().filter(new).collect();
        self.fixtures.extend(others);
        self
    }

    /// The value of the member at that path, such as `Code.ZipFile`, in requests of the operation.
    /// `own`: only where the recipe names the service, or only where it names none; `fits`: whether
    /// a value is of the member's type.
    pub(crate) fn value(
        &self,
        of: (&str, &str),
        path: &str,
        own: bool,
        fits: impl Fn(&serde_json::Value) -> bool,
    ) -> Option<&Recipe> {
        let (service, operation) = of;
        self.recipes.iter().find(|recipe| {
            let suits = recipe.service.as_deref().is_none_or(|name| name == service);
            let meant = recipe.operations.is_empty()
                || recipe.operations.iter().any(|name| name == operation);
            let is_member = recipe.is_for(path);
            suits && meant && is_member && recipe.service.is_some() == own && fits(&recipe.value)
        })
    }

    /// Whether a recipe says by name that the operation is sent the member, required or not.
    pub(crate) fn wants(&self, (service, operation): (&str, &str), member: &str) -> bool {
        self.recipes.iter().any(|recipe| {
            recipe.service.as_deref() == Some(service)
                && recipe.operations.iter().any(|name| name == operation)
                && recipe.member == member
        })
    }
}

impl Recipe {
    /// Whether it is for the member at that path. `*RoleArn` is for each whose name ends so.
    fn is_for(&self, path: &str) -> bool {
        match self.member.strip_prefix('*') {
            Some(end) => path
                .to_ascii_lowercase()
                .ends_with(&end.to_ascii_lowercase()),
            None => {
                let before = path.strip_suffix(self.member.as_str());
                before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }
        }
    }
}

/// A fixture that stands by itself.
fn fixture(table: Table) -> Result<RecipeFixture, String> {
    let id = table.get("id").and_then(toml::Value::as_str);
    let id = id.ok_or("[[fixture]]: expected `id`")?.to_owned();
    if table.contains_key("like") || table.contains_key("with") {
        return Err(format!(
            "fixture `{}`: `like` and `with` are for fixtures.toml: expected all that it says",
            shown(&id)
        ));
    }
    let names = ["capture", "otherwise"].into_iter();
    let names = names.filter_map(|key| table.get(key)?.as_table());
    Ok(RecipeFixture {
        gives: names.flat_map(Table::keys).cloned().collect(),
        id,
        table,
    })
}

#[cfg(test)]
mod tests {
    use super::Recipes;
    use crate::support::files::{Files, Source};

    fn load(text: &str) -> Result<Recipes, String> {
        let file = Source {
            name: "recipes.toml".to_owned(),
            text: text.to_owned(),
        };
        Recipes::load(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_that_suits_counts() {
        let recipes = load(
            "[[recipe]]\nservice = \"a\"\noperations = [\"make\"]\nmember = \"Zip\"\nvalue = '\"1\"'\nwhy = \"x\"\n\
             [[recipe]]\nmember = \"Code.Zip\"\nvalue = '\"${role}\"'\nwhy = \"x\"\n\
             [[fixture]]\nid = \"role\"\notherwise = { role = \"r\" }\nmake = []\n",
        )
        .expect("recipes");
        let value = |of, path, own| {
            recipes
                .value(of, path, own, |_| true)
                .map(|r| r.value.to_string())
        };
        assert_eq!(
            value(("a", "make"), "Code.Zip", true).as_deref(),
            Some("\"1\"")
        );
        assert_eq!(value(("a", "make"), "OtherZip", true), None);
        assert_eq!(value(("a", "take"), "Zip", true), None);
        assert_eq!(
            value(("b", "x"), "My.Code.Zip", false).as_deref(),
            Some("\"${role}\"")
        );
        let recipe = recipes
            .value(("b", "x"), "Code.Zip", false, |_| true)
            .expect("one");
        assert_eq!(recipe.needs, ["role"]);
        assert!(recipes.wants(("a", "make"), "Zip") && !recipes.wants(("b", "make"), "Zip"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, expected) in [
            (
                "[[recipe]]\nmember = \"A\"\nvalue = '{'\nwhy = \"x\"\n",
                ":3: value: expected JSON",
            ),
            (
                "[[recipe]]\nmember = \"A\"\nvalue = '1'\n",
                "missing field `why`",
            ),
            ("[[fixture]]\nmake = []\n", "expected `id`"),
            (
                "[[fixture]]\nid = \"a\"\nlike = \"b\"\n",
                "expected all that it says",
            ),
        ] {
            let error = load(text).expect_err(text);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn those_that_are_built_in_load() {
        let file = Files::Embedded.read("recipes.toml").expect("a file");
        Recipes::load(&file).expect("recipes");
    }
}
