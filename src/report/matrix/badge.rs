//! A badge of one target, as SVG that needs no font and no network.

use super::{Column, Standing};
use crate::support::sink::markdown::html;
use crate::support::sink::one_line;

/// The widths of a letter in tenths of a pixel at 11 px, as sans-serif faces have them:
/// `textLength` fits the rest.
const WIDTH: usize = 66;
/// Space beside each text, in pixels.
const PAD: usize = 6;

/// The badge of a column: how many promises it keeps, or that it was not judged.
pub(crate) fn badge(column: &Column) -> String {
    let (says, colour) = match (column.standing, column.score) {
        (Standing::Judged, Some(score)) => {
            let colour = match score.percent() {
                100 => "#18643a",
                90.. => "#3f6f1c",
                75.. => "#7d5a00",
                50.. => "#9a4a00",
                _ => "#a81f17",
            };
            (format!("{} of {} promises", score.holds, score.of), colour)
        }
        (standing, _) => (standing.word().to_owned(), "#565b66"),
    };
    let label = format!("proofmark: {}", escaped(&column.target));
    let (left, right) = (
        width(&format!("proofmark: {}", column.target)),
        width(&says),
    );
    let all = left + right;
    let text = |from: usize, width: usize, text: &str| {
        let (x, length) = (from + PAD, width - 2 * PAD);
        format!("<text x=\"{x}\" y=\"14\" textLength=\"{length}\">{text}</text>")
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all}\" height=\"20\" role=\"img\" \
         aria-label=\"{label}, {says}\">\n\
         <title>{label}, {says}</title>\n\
         <clipPath id=\"r\"><rect width=\"{all}\" height=\"20\" rx=\"3\"/></clipPath>\n\
         <g clip-path=\"url(#r)\"><rect width=\"{left}\" height=\"20\" fill=\"#343944\"/>\
         <rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"{colour}\"/></g>\n\
         <g fill=\"#fff\" font-family=\"Verdana,Geneva,DejaVu Sans,sans-serif\" font-size=\"11\">\
         {}{}</g>\n</svg>\n",
        text(0, left, &label),
        text(left, right, &says)
    )
}

/// The width of a part with that text, in pixels.
fn width(text: &str) -> usize {
    text.chars().count() * WIDTH / 10 + 2 * PAD
}

/// Text of XML, as an attribute too. What it has no way to write down is plain before.
fn escaped(text: &str) -> String {
    html(&one_line(text)).replace('"', "&quot;")
}
