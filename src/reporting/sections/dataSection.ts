/** Data: number of rows, and statistics of each column. */
import type { ColumnReference } from "../../core/records/reference.ts";
import { countOf, displayNumber, percent } from "../../plots/displayNumber.ts";
import { allNumeric, dataTable } from "../dataTable.ts";
import { html, type Html } from "../html.ts";
import type { ReportInput } from "../reportInput.ts";
import { emptyNote, section } from "../section.ts";

export function dataSection({ data, run, dataset, signature }: ReportInput): Html {
  if (data === null)
    return section("data", "Data", emptyNote("The dataset no longer exists, so its columns cannot be summarized."));
  const entries = Object.entries(data.columns);
  const duplicates = dataset === null ? "" : ` Removed ${countOf(dataset.duplicatesRemoved, "duplicate")}.`;
  return section(
    "data",
    "Data",
    html`<p>
        ${countOf(data.rows, "row")} and ${countOf(entries.length, "column")}.${duplicates} The model was trained on
        ${countOf(run.trainingRows, "row")}; ${countOf(run.validationRows, "row")} were held out to choose between
        candidates. Target: “${signature.target.name}”.
      </p>
      ${
        entries.length === 0
          ? emptyNote("The dataset has no columns.")
          : dataTable({
              caption: "Columns of the dataset",
              columns: [
                "Column",
                "Kind",
                ...allNumeric("Missing", "Mean", "Std. deviation", "Minimum", "Median", "Maximum"),
                "Most frequent",
              ],
              rows: entries.map(([name, column]) => ({ cells: [name, ...cellsOf(column, data.rows)] })),
            })
      }`,
  );
}

function cellsOf(column: ColumnReference, rows: number): string[] {
  const missing = rows === 0 ? "–" : percent(column.missing / rows);
  if (column.kind === "category") {
    const [top] = column.counts;
    const frequent = top === undefined ? "–" : `${top[0]} (${percent(top[1] / (rows - column.missing))})`;
    // The reference keeps only the most frequent categories.
    const listed = column.counts.reduce((sum, [, count]) => sum + count, 0);
    const distinct = `${listed < column.count ? "more than " : ""}${countOf(column.counts.length, "value")}`;
    return [`category, ${distinct}`, missing, "–", "–", "–", "–", "–", frequent];
  }
  const shown = (value: number | null | undefined): string =>
    column.kind === "date" && typeof value === "number"
      ? new Date(value).toISOString().slice(0, 10)
      : displayNumber(value);
  const { quantiles } = column;
  const deviation = column.kind === "date" ? "–" : displayNumber(column.standardDeviation);
  const order = [quantiles[0], quantiles[50], quantiles.at(-1)].map(shown);
  return [column.kind, missing, shown(column.mean), deviation, ...order, "–"];
}
