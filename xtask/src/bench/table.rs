//! The table that closes a run: what was measured, the figure, its bar, whether it holds.

use std::fmt;

use serde_json::{Value, json};

/// What all programs found.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

struct Row {
    bench: String,
    name: String,
    figure: String,
    bar: String,
    /// `None`: nothing was asked of it.
    holds: Option<bool>,
    value: Value,
}

impl Table {
    /// Takes the lines of a program that are figures.
    pub fn add(&mut self, bench: &str, lines: &[Value]) {
        for line in lines {
            let Some(name) = line["name"].as_str() else { continue };
            if !line["figure"].is_number() {
                continue;
            }
            let unit = line["unit"].as_str().unwrap_or_default();
            let bar = if line["bar"].is_number() { with_unit(&line["bar"], unit) } else { String::new() };
            self.rows.push(Row {
                bench: bench.to_owned(),
                name: name.to_owned(),
                figure: with_unit(&line["figure"], unit),
                bar,
                holds: line["holds"].as_bool(),
                value: line.clone(),
            });
        }
    }

    /// A program ended with an error.
    pub fn failed(&mut self, bench: &str) {
        self.rows.push(Row {
            bench: bench.to_owned(),
            name: "FAILED".to_owned(),
            figure: String::new(),
            bar: String::new(),
            holds: Some(false),
            value: json!({ "failed": true }),
        });
    }

    /// Whether any program ended with an error.
    pub fn any_failed(&self) -> bool {
        self.rows.iter().any(|row| row.value["failed"] == true)
    }

    /// The rows for another program.
    pub fn figures(&self) -> Value {
        let of = |row: &Row| {
            let mut value = row.value.clone();
            value["bench"] = row.bench.clone().into();
            value
        };
        self.rows.iter().map(of).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |text: fn(&Row) -> &str| self.rows.iter().map(|row| text(row).chars().count()).max();
        let bench = width(|row| &row.bench).unwrap_or_default().max(5);
        let name = width(|row| &row.name).unwrap_or_default().max(4);
        writeln!(out, "{:bench$}  {:name$}  {:>14}  {:>12}  holds", "bench", "what", "figure", "bar")?;
        for row in &self.rows {
            let holds = row.holds.map_or("", |holds| if holds { "yes" } else { "NO" });
            let line = format!(
                "{:bench$}  {:name$}  {:>14}  {:>12}  {holds}",
                row.bench, row.name, row.figure, row.bar
            );
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Three digits are more than any of these programs can tell twice.
fn with_unit(number: &Value, unit: &str) -> String {
    let number = number.as_f64().unwrap_or_default();
    let text = match number.abs() {
        large if large >= 100.0 || number.fract() == 0.0 => format!("{number:.0}"),
        middle if middle >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    };
    format!("{text} {unit}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_beside_their_bars_and_other_lines_nowhere() {
        let mut table = Table::default();
        table.add(
            "server",
            &[
                json!({"name": "cold start", "figure": 41.26, "unit": "ms", "bar": 500, "holds": true}),
                json!({"name": "memory", "figure": 123.4, "unit": "MB", "bar": 80, "holds": false}),
                json!({"name": "for comparison", "figure": 2, "unit": "ms"}),
                json!({"bench": "store_commits", "p50_ms": 3}),
            ],
        );
        let text = table.to_string();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split("  ").collect()).collect();
        let words = |line: &[&'static str]| line.to_vec();
        let cells = |at: usize| -> Vec<&str> {
            lines[at].iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect()
        };
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!(cells(1), words(&["server", "cold start", "41.3 ms", "500 ms", "yes"]));
        assert_eq!(cells(2), words(&["server", "memory", "123 MB", "80 MB", "NO"]));
        assert_eq!(cells(3), words(&["server", "for comparison", "2 ms"]));
        assert!(!table.any_failed(), "a bar that is missed is a finding, not a broken program");
        assert_eq!(table.figures()[1]["bench"], "server");
    }

    #[test]
    fn a_program_that_broke_is_not_passed_over() {
        let mut table = Table::default();
        table.failed("fanout");
        assert!(table.any_failed());
        assert!(table.to_string().contains("FAILED"), "{table}");
    }
}
