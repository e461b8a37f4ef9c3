//! The times of HAR files.

/// A time of ISO 8601, as HAR has them, in milliseconds since 1970: `2015-12-11T14:36:51.990Z`, or with an offset in place
/// of the `Z`. `None` where it is none.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let (time, offset) = match rest.find(['Z', 'z', '+', '-']) {
        Some(at) => (&rest[..at], offset(&rest[at..])?),
        None => (rest, 0),
    };
    let [year, month, day] = numbers(date, '-')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] = numbers(time, ':')?;
    let valid = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !valid || fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + (minute - offset) * 60 + second;
    Some(seconds * 1000 + thousandths)
}

/// `Z` or `+01:00`, in minutes.
fn offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = text.split_at_checked(1)?;
    let [hours, minutes] = match rest.contains(':') {
        true => numbers(rest, ':')?,
        false => [rest.get(..2)?.parse().ok()?, rest.get(2..)?.parse().ok()?],
    };
    let whole = hours * 60 + minutes;
    (0..=24 * 60).contains(&whole).then_some(if sign == "-" { -whole } else { whole })
}

fn numbers<const N: usize>(text: &str, between: char) -> Option<[i64; N]> {
    let number = |part: &str| part.parse::<u16>().ok().map(i64::from);
    let parts: Vec<i64> = text.split(between).map(number).collect::<Option<_>>()?;
    parts.try_into().ok()
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counted in years that begin in March, so that the leap day is
/// the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn times() {
        let check = |text: &str, expected: Option<i64>| assert_eq!(milliseconds(text), expected, "{text}");
        check("1970-01-01T00:00:00Z", Some(0));
        check("2015-12-11T14:36:51.990Z", Some(1_449_844_611_990));
        check("2015-12-11T15:36:51.99+01:00", Some(1_449_844_611_990));
        check("2000-02-29T23:59:59.9999999-0030", Some(951_870_599_999));
        for wrong in
            ["", "T", "yesterday", "2015-12-11", "2015-13-11T00:00:00Z", "2015-12-11T14:36:51.Z", "é-ü-äTö:å:æZ"]
        {
            check(wrong, None);
        }
    }
}
