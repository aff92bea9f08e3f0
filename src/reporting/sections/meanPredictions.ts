/** Parts of other sections: partial dependence, weakest segments and predictions over time. */
import { domainOf } from "../../plots/axes.ts";
import { countOf, displayNumber } from "../../plots/displayNumber.ts";
import { overTimePlot, partialDependencePlot } from "../../plots/means.ts";
import { series } from "../../plots/theme.ts";
import { itemTable, numeric } from "../dataTable.ts";
import { html, type Html, emptyNote } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { ReportInput } from "../reportInput.ts";

export async function dependencePart(input: ReportInput, draw: DrawFigure): Promise<Html | null> {
  const { dependence, signature } = input;
  if (dependence === null) return null;
  const { columns, rows } = dependence;
  const isNumber = signature.target.task === "regression";
  const outputs = outputsOf(input);
  const measure = isNumber ? "Mean prediction" : "Mean probability";
  const of = isNumber ? ` of ${signature.target.name}` : outputs.length === 1 ? ` of “${outputs[0]!.label}”` : "";
  const domain = domainOf(...columns.flatMap(({ means }) => means));
  const figures = columns.map((column, i) =>
    draw(`dependence-${i + 1}`, partialDependencePlot({ ...column, outputs, measure, domain })),
  );
  return html`<h3>Partial dependence</h3>
    <p class="note">
      ${measure}${of} over ${countOf(rows, "test row")} if all of them had the same value in one column and kept the
      others. All plots have the same scale. Points on a line are quantiles of the column, or all of its values. Of
      columns that depend on each other, some combinations may never occur.
    </p>
    <div class="plots small">${await Promise.all(figures)}</div>`;
}

/** With the colours of the classes in the curves. */
function outputsOf({ meanClasses, roc, signature }: ReportInput): { label: string; colour: number }[] {
  if (meanClasses.length < 2) return [{ label: meanClasses[0] ?? signature.target.name, colour: 0 }];
  const colourOf = new Map((roc ?? []).map(({ label, colour }) => [label, colour ?? -1]));
  // Of many classes only the hardest have a colour, the first half of the palette.
  return meanClasses.map((label, i) => {
    const colour = colourOf.get(label) ?? -1;
    return { label, colour: colour >= 0 ? colour : series.length / 2 + i };
  });
}

const MOST_SEGMENTS = 8;

export function segmentsPart({ weakest, meanClasses, signature }: ReportInput): Html | null {
  if (weakest === null || weakest.compared === 0) return null;
  const { metric, value, rows, testRows, compared, minimum, segments } = weakest;
  const { task, name } = signature.target;
  const sample =
    rows < testRows ? `, on a sample of ${displayNumber(rows)} of ${displayNumber(testRows)} test rows` : "";
  const basis = `${countOf(compared, "segment")} of at least ${minimum} ${compared === 1 ? "was" : "were"} compared${sample}: the values of categories and the quarters of numbers.`;
  const worse = `worse than on all rows (${displayNumber(value)}) by more than two standard errors`;
  if (segments.length === 0)
    return html`<h3>Weakest segments</h3>
      ${emptyNote(`${basis} In none of them ${metric.label} is ${worse}.`)}`;
  const shown = segments.slice(0, MOST_SEGMENTS);
  const more = segments.length > shown.length ? ` The ${shown.length} surest are listed.` : "";
  const byChance = Math.max(1, Math.round(compared * BY_CHANCE));
  const actual = `Actual ${task === "regression" ? name : `share of “${meanClasses[0] ?? ""}”`}`;
  return html`<h3>Weakest segments</h3>
    <p class="note">
      ${basis} In ${displayNumber(segments.length)} of them ${metric.label} is ${worse}; about
      ${displayNumber(byChance)} would be by chance.${more}
    </p>
    ${itemTable(`${metric.label} by segment, ${metric.greaterIsBetter ? "higher" : "lower"} is better`, shown, [
      ["Column", ({ column }) => column],
      ["Value", (each) => each.value],
      [numeric("Rows"), (each) => displayNumber(each.rows)],
      [numeric(metric.label), ({ metricValue }) => displayNumber(metricValue)],
      [
        numeric("Difference"),
        ({ difference }) => html`<span class="bad">${difference > 0 ? "+" : ""}${displayNumber(difference)}</span>`,
      ],
      [numeric("Standard error"), ({ standardError }) => displayNumber(standardError, 2)],
      task !== "multiclass" && [numeric(actual), ({ means }) => displayNumber(means?.[0])],
      task !== "multiclass" && [numeric("Predicted"), ({ means }) => displayNumber(means?.[1])],
    ])}`;
}

/** Share of a normal distribution above two standard errors. */
const BY_CHANCE = 0.023;

export async function overTimePart(input: ReportInput, draw: DrawFigure): Promise<Html | null> {
  const { overTime, meanClasses, signature } = input;
  if (overTime === null) return null;
  const isSmall = overTime.outputs.length > 1;
  const figures = overTime.outputs.map((points, i) => {
    const measure = meanClasses[i] === undefined ? signature.target.name : `share of “${meanClasses[i]}”`;
    return draw(`over-time-${i + 1}`, overTimePlot({ measure, unit: overTime.unit, points, isSmall }));
  });
  const drawn = await Promise.all(figures);
  return isSmall ? html`<div class="plots small">${drawn}</div>` : html`${drawn}`;
}
