//! `cell`: one value of an Arrow array as a cell.
//!
//! Days and times become ISO 8601: with the offset of their zone where that is a fixed one or Indonesian, else in UTC, as
//! Arrow keeps them.

use super::row::Cell;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

const DAY: i64 = 86_400;

/// Whether cells can be made of a type.
pub(super) fn is_readable(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => is_readable(values),
        DataType::Null
        | DataType::Boolean
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::Date32
        | DataType::Date64
        | DataType::Timestamp(..)
        | DataType::Float32
        | DataType::Float64 => true,
        other => other.is_integer(),
    }
}

/// The value in `row` of `array`.
pub(super) fn cell(array: &ArrayRef, row: usize) -> Cell {
    if array.is_null(row) {
        return Cell::Missing;
    }
    if let Some(text) = text(array, row) {
        return Cell::Text(text.to_owned());
    }
    macro_rules! number {
        ($kind:ty) => {
            Cell::Number(array.as_primitive::<$kind>().value(row).to_string())
        };
    }
    match array.data_type() {
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            Cell::Other("bytes that are not UTF-8", String::new())
        }
        DataType::Dictionary(key, _) => by_key(array, key, row),
        DataType::Boolean => Cell::Other("true or false", array.as_boolean().value(row).to_string()),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => float(f64::from(array.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Date32 => moment(i64::from(array.as_primitive::<Date32Type>().value(row)) * DAY, None),
        DataType::Date64 => moment(array.as_primitive::<Date64Type>().value(row).div_euclid(1000), None),
        DataType::Timestamp(unit, zone) => {
            let seconds = match unit {
                TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row),
                TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value(row).div_euclid(1000),
                TimeUnit::Microsecond => {
                    array.as_primitive::<TimestampMicrosecondType>().value(row).div_euclid(1_000_000)
                }
                TimeUnit::Nanosecond => {
                    array.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1_000_000_000)
                }
            };
            moment(seconds, zone.as_deref())
        }
        DataType::Null => Cell::Missing,
        other => Cell::Other("a value of another type", other.to_string()),
    }
}

/// The value in `row` of `array` where that is text, or bytes that are.
pub(super) fn text(array: &ArrayRef, row: usize) -> Option<&str> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(array.as_string_view().value(row)),
        DataType::Binary => std::str::from_utf8(array.as_binary::<i32>().value(row)).ok(),
        DataType::LargeBinary => std::str::from_utf8(array.as_binary::<i64>().value(row)).ok(),
        DataType::BinaryView => std::str::from_utf8(array.as_binary_view().value(row)).ok(),
        _ => None,
    }
}

/// A value that is kept once and pointed to, as categories are.
fn by_key(array: &ArrayRef, key: &DataType, row: usize) -> Cell {
    macro_rules! key {
        ($kind:ty) => {{
            let dictionary = array.as_dictionary::<$kind>();
            dictionary.key(row).map_or(Cell::Missing, |key| cell(dictionary.values(), key))
        }};
    }
    match key {
        DataType::Int8 => key!(Int8Type),
        DataType::Int16 => key!(Int16Type),
        DataType::Int32 => key!(Int32Type),
        DataType::Int64 => key!(Int64Type),
        DataType::UInt8 => key!(UInt8Type),
        DataType::UInt16 => key!(UInt16Type),
        DataType::UInt32 => key!(UInt32Type),
        DataType::UInt64 => key!(UInt64Type),
        _ => Cell::Missing,
    }
}

/// A number with a fraction; pandas writes a missing one as NaN.
fn float(value: f64) -> Cell {
    if value.is_nan() { Cell::Missing } else { Cell::Number(value.to_string()) }
}

/// Seconds since 1970 as a day, with the time where there is one.
fn moment(seconds: i64, zone: Option<&str>) -> Cell {
    let offset = zone.and_then(offset);
    let local = seconds.saturating_add(offset.unwrap_or(0) * 60);
    let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let date = format!("{year:04}-{month:02}-{day:02}");
    if second == 0 && zone.is_none() {
        return Cell::Text(date);
    }
    let shown = match (zone, offset) {
        (None, _) => String::new(),
        (_, Some(minutes)) if minutes != 0 => {
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
        _ => "Z".to_owned(),
    };
    Cell::Text(format!("{date}T{:02}:{:02}:{:02}{shown}", second / 3600, second / 60 % 60, second % 60))
}

/// Minutes that a zone is ahead of UTC, for those that never change.
fn offset(zone: &str) -> Option<i64> {
    match zone {
        "Asia/Jakarta" | "Asia/Pontianak" => return Some(420),
        "Asia/Makassar" => return Some(480),
        "Asia/Jayapura" => return Some(540),
        _ => {}
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    let number = |digits: &str| digits.parse::<i64>().ok().filter(|n| *n < 60 && digits.len() == 2);
    Some(sign * (number(hours)? * 60 + number(minutes)?))
}

/// Year, month and day of a day counted from 1 January 1970 (H. Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{
        DictionaryArray, Float64Array, Int64Array, LargeStringArray, StringArray, StringViewArray,
        TimestampMillisecondArray,
    };
    use std::sync::Arc;

    fn text(s: &str) -> Cell {
        Cell::Text(s.into())
    }

    #[test]
    fn values_of_every_kind_become_cells() {
        let words = [Some("Veldar"), None];
        let arrays: [ArrayRef; 4] = [
            Arc::new(StringArray::from(words.to_vec())),
            Arc::new(LargeStringArray::from(words.to_vec())),
            Arc::new(StringViewArray::from(words.to_vec())),
            Arc::new(words.into_iter().collect::<DictionaryArray<Int32Type>>()),
        ];
        for array in arrays {
            assert!(is_readable(array.data_type()));
            assert_eq!((cell(&array, 0), cell(&array, 1)), (text("Veldar"), Cell::Missing));
        }
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![i64::MAX]));
        assert_eq!(cell(&ids, 0), Cell::Number("9223372036854775807".into()));
        let floats: ArrayRef = Arc::new(Float64Array::from(vec![17.0, f64::NAN, 0.5]));
        assert_eq!(cell(&floats, 0), Cell::Number("17".into()));
        assert_eq!((cell(&floats, 1), cell(&floats, 2)), (Cell::Missing, Cell::Number("0.5".into())));
        assert!(!is_readable(&DataType::new_list(DataType::Utf8, true)));
    }

    #[test]
    fn days_and_times_are_iso_8601() {
        // Python: datetime.datetime.fromtimestamp(…, UTC)
        let moments = vec![0, 1_935_360_000_000, 1_935_394_200_500, -1, -62_135_596_800_000];
        let naive: ArrayRef = Arc::new(TimestampMillisecondArray::from(moments.clone()));
        let shown: Vec<Cell> = (0..5).map(|i| cell(&naive, i)).collect();
        let expected = ["1970-01-01", "2031-05-01", "2031-05-01T09:30:00", "1969-12-31T23:59:59", "0001-01-01"];
        assert_eq!(shown, expected.map(text));
        for (zone, shown) in [
            ("Asia/Jakarta", "2031-05-01T07:00:00+07:00"),
            ("-03:30", "2031-04-30T20:30:00-03:30"),
            ("UTC", "2031-05-01T00:00:00Z"),
            ("Europe/Paris", "2031-05-01T00:00:00Z"),
        ] {
            let zoned: ArrayRef = Arc::new(TimestampMillisecondArray::from(moments.clone()).with_timezone(zone));
            assert_eq!(cell(&zoned, 1), text(shown), "{zone}");
        }
    }
}
