/** Horizontal bars with names and values, shared by the importance and leaderboard plots. */
import type { JsonObject } from "../core/json.ts";
import { axisLabels } from "./density.ts";
import { textWidth } from "./textWidth.ts";
import { colours, plotWidth, quantitative, plotSpec, type PlotSpec } from "./theme.ts";
import { displayNumber, percent } from "./displayNumber.ts";

/** Names are distinct; `text` is the label at the end of a bar; stressed bars have the accent colour. */
type NamedBar = { readonly name: string; readonly value: number; readonly text: string; readonly stressed: boolean };

const LABEL_LIMIT = 190;

/** @param title title of the axis: what is measured, with its unit */
function namedBars(bars: readonly NamedBar[], title: string): JsonObject {
  const names = bars.map(({ name }) => name);
  const values = bars.map(({ value }) => value);
  const labels = Math.min(LABEL_LIMIT, Math.max(0, ...names.map((name) => textWidth(name, 12))));
  const largest = Math.max(0, ...values);
  const color = { condition: { test: "datum.stressed", value: colours.accent }, value: colours.domain };
  const text = { field: "text", type: "nominal" };
  return {
    data: { values: bars },
    width: Math.max(200, plotWidth + 40 - labels),
    height: { step: 24 },
    encoding: {
      y: nameAxis("name", names, { labelLimit: LABEL_LIMIT, paddingInner: 0.3 }),
      x: quantitative("value", title, {
        // Room for the label after the longest bar.
        scale: { domainMin: Math.min(0, ...values), domainMax: largest * 1.2 || 1 },
        axis: { tickCount: 4, ...axisLabels([0, largest]), labelOverlap: true },
      }),
    },
    layer: [
      { mark: { type: "bar", cornerRadiusEnd: 2 }, encoding: { color } },
      { mark: { type: "text", align: "left", dx: 5, fontSize: 12, color: colours.ink }, encoding: { text } },
    ],
  };
}

/** A vertical axis of names, in their order. */
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

export function importancePlot({
  values,
  measure,
}: {
  readonly values: Importance;
  readonly measure: string;
}): PlotSpec {
  const ranked = values.toSorted((a, b) => b[1] - a[1]);
  const shown = ranked.slice(0, MOST_COLUMNS);
  const subtitle =
    ranked.length > MOST_COLUMNS ? `the ${MOST_COLUMNS} largest of ${displayNumber(ranked.length)} columns` : "";
  const bars = shown.map(([name, value]) => ({ name, value, text: displayNumber(value), stressed: true }));
  return plotSpec(
    { text: "Importance by input column", subtitle },
    importanceSentence(ranked, measure),
    namedBars(bars, measure),
  );
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

export interface LeaderboardData {
  /** Label of the metric. */
  readonly metric: string;
  readonly greaterIsBetter: boolean;
  /** Default "validation rows". */
  readonly judgedOn?: string;
  /** Best first; `value` is null if the candidate failed or the metric is undefined. */
  readonly candidates: readonly { readonly label: string; readonly value: number | null; readonly chosen: boolean }[];
}

const MOST_CANDIDATES = 15;

export function leaderboardPlot({ metric, greaterIsBetter, judgedOn, candidates }: LeaderboardData): PlotSpec {
  const rows = candidates.filter(({ value }) => value !== null).slice(0, MOST_CANDIDATES);
  const better = greaterIsBetter ? "higher is better" : "lower is better";
  const bars = rows.map(({ label, value, chosen }, place) => ({
    // Two candidates may have the same label; the rank makes the names distinct.
    name: `${place + 1}. ${label}`,
    value: value!,
    text: displayNumber(value),
    stressed: chosen,
  }));
  const description = leaderboardSentence({ metric, greaterIsBetter, candidates: rows });
  const axis = `${metric} on the ${judgedOn ?? "validation rows"}`;
  return plotSpec({ text: "Candidates", subtitle: better }, description, namedBars(bars, axis));
}

function leaderboardSentence({ metric, candidates }: LeaderboardData): string {
  const chosen = candidates.find((candidate) => candidate.chosen);
  if (chosen === undefined) return "No candidate was chosen.";
  const next = candidates.find((candidate) => !candidate.chosen);
  const nextBest = next === undefined ? "" : `; next best: ${next.label} with ${displayNumber(next.value)}`;
  return `Chosen: ${chosen.label} with ${metric} ${displayNumber(chosen.value)}${nextBest}.`;
}
