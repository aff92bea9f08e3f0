/** Importance of columns: horizontal bars with names and values. */
import type { JsonObject } from "../core/json.ts";
import { axisLabels } from "./density.ts";
import { textWidth } from "./textWidth.ts";
import { colours, plotWidth, quantitative, plotSpec, type PlotSpec } from "./theme.ts";
import { displayNumber, percent } from "./displayNumber.ts";

const LABEL_LIMIT = 190;

export function nameAxis(
  field: string,
  names: string[],
  { labelLimit, ...scale }: { readonly labelLimit: number; readonly paddingInner?: number },
): JsonObject {
  const axis = { title: null, labelLimit, labelColor: colours.ink, ticks: false, domain: false };
  return { field, type: "nominal", sort: null, scale: { domain: names, ...scale }, axis };
}

type Importance = readonly (readonly [column: string, value: number])[];

const MOST_COLUMNS = 20;

export function importancePlot(values: Importance, measure: string): PlotSpec {
  const ranked = values.toSorted((a, b) => b[1] - a[1]);
  const shown = ranked.slice(0, MOST_COLUMNS);
  const subtitle =
    ranked.length > MOST_COLUMNS ? `the ${MOST_COLUMNS} largest of ${displayNumber(ranked.length)} columns` : "";
  const names = shown.map(([name]) => name);
  const numbers = shown.map(([, value]) => value);
  const labels = Math.min(LABEL_LIMIT, Math.max(0, ...names.map((name) => textWidth(name, 12))));
  const largest = Math.max(0, ...numbers);
  const text = { text: { field: "text", type: "nominal" } };
  return plotSpec({ text: "Importance by input column", subtitle }, importanceSentence(ranked, measure), {
    data: { values: shown.map(([name, value]) => ({ name, value, text: displayNumber(value) })) },
    width: Math.max(200, plotWidth + 40 - labels),
    height: { step: 24 },
    encoding: {
      y: nameAxis("name", names, { labelLimit: LABEL_LIMIT, paddingInner: 0.3 }),
      x: quantitative("value", measure, {
        // Room for the label after the longest bar.
        scale: { domainMin: Math.min(0, ...numbers), domainMax: largest * 1.2 || 1 },
        axis: { tickCount: 4, ...axisLabels([0, largest]), labelOverlap: true },
      }),
    },
    layer: [
      { mark: { type: "bar", cornerRadiusEnd: 2, color: colours.accent } },
      { mark: { type: "text", align: "left", dx: 5, fontSize: 12, color: colours.ink }, encoding: text },
    ],
  });
}

function importanceSentence(ranked: Importance, measure: string): string {
  const [first] = ranked;
  if (first === undefined || first[1] <= 0) return `No column has any importance by this measure (${measure}).`;
  const total = ranked.reduce((sum, [, value]) => sum + Math.max(0, value), 0);
  const second = ranked[1] === undefined || ranked[1][1] <= 0 ? "" : `, followed by “${ranked[1][0]}”`;
  const unused = ranked.filter(([, value]) => value <= 0).length;
  const rest =
    unused === 0 ? "" : ` ${displayNumber(unused)} of ${displayNumber(ranked.length)} columns have no importance.`;
  return `“${first[0]}” is the most important column with ${percent(first[1] / total)} of the sum${second}.${rest}`;
}
