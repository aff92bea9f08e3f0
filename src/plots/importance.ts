/** Importance: which input columns matter most to the model. */
import { displayNumber, percent } from "./displayNumber.ts";
import { namedBars } from "./namedBars.ts";
import { plotSpec, type PlotSpec } from "./theme.ts";

export interface ImportanceData {
  /** By input column, in any order. */
  readonly values: readonly (readonly [column: string, value: number])[];
  /** What is measured, with its unit; the title of the axis. */
  readonly measure: string;
}

const MAXIMUM_BARS = 20;

export function importancePlot({ values, measure }: ImportanceData): PlotSpec {
  const ranked = values.toSorted((a, b) => b[1] - a[1]);
  const shown = ranked.slice(0, MAXIMUM_BARS);
  const subtitle =
    ranked.length > MAXIMUM_BARS ? `the ${MAXIMUM_BARS} largest of ${displayNumber(ranked.length)} columns` : "";
  const bars = shown.map(([name, value]) => ({ name, value, text: displayNumber(value), stressed: true }));
  return plotSpec(
    { text: "Importance by input column", subtitle },
    sentence(ranked, measure),
    namedBars(bars, measure),
  );
}

function sentence(ranked: ImportanceData["values"], measure: string): string {
  const [first] = ranked;
  if (first === undefined || first[1] <= 0) return `No column has any importance by this measure (${measure}).`;
  const total = ranked.reduce((sum, [, value]) => sum + Math.max(0, value), 0);
  const second = ranked[1] === undefined || ranked[1][1] <= 0 ? "" : `, followed by “${ranked[1][0]}”`;
  const unused = ranked.filter(([, value]) => value <= 0).length;
  const rest =
    unused === 0 ? "" : ` ${displayNumber(unused)} of ${displayNumber(ranked.length)} columns have no importance.`;
  return `“${first[0]}” is the most important column with ${percent(first[1] / total)} of the sum${second}.${rest}`;
}
