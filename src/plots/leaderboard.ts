/** Leaderboard: the candidates of one training, the chosen one marked. */
import { axisFormat } from "./density.ts";
import { figure } from "./figures.ts";
import { textWidth } from "./textWidth.ts";
import type { PlotSpec } from "./theme.ts";
import { colours, plotSpec, plotWidth } from "./theme.ts";

export interface LeaderboardData {
  /** As people read it. */
  readonly metric: string;
  readonly greaterIsBetter: boolean;
  /** Best first; null where the candidate failed or the metric is undefined. */
  readonly candidates: readonly { readonly label: string; readonly value: number | null; readonly chosen: boolean }[];
}

const MOST_BARS = 15;
const LABEL_LIMIT = 190;

export function leaderboardPlot({ metric, greaterIsBetter, candidates }: LeaderboardData): PlotSpec {
  const rows = candidates.filter(({ value }) => value !== null).slice(0, MOST_BARS);
  const values = rows.map(({ value }) => value!);
  // Two candidates may have the same label: the place keeps their bars apart.
  const names = rows.map(({ label }, place) => `${place + 1}. ${label}`);
  const labels = Math.min(LABEL_LIMIT, Math.max(0, ...names.map((name) => textWidth(name, 12))));
  const better = greaterIsBetter ? "higher is better" : "lower is better";
  return plotSpec({ text: "Candidates", subtitle: better }, sentence({ metric, greaterIsBetter, candidates: rows }), {
    data: {
      values: rows.map((row, i) => ({
        name: names[i]!,
        value: row.value,
        chosen: row.chosen,
        text: figure(row.value),
      })),
    },
    width: Math.max(200, plotWidth + 40 - labels),
    height: { step: 26 },
    encoding: {
      y: {
        field: "name",
        type: "nominal",
        sort: null,
        scale: { domain: names, paddingInner: 0.3 },
        axis: { title: null, labelLimit: LABEL_LIMIT, labelColor: colours.ink, ticks: false, domain: false },
      },
      x: {
        field: "value",
        type: "quantitative",
        title: `${metric} on the validation rows`,
        scale: { domainMin: Math.min(0, ...values), domainMax: Math.max(...values, 0) * 1.18 || 1 },
        axis: { tickCount: 4, format: axisFormat([0, Math.max(0, ...values)]), labelOverlap: true },
      },
    },
    layer: [
      {
        mark: { type: "bar", cornerRadiusEnd: 2 },
        encoding: { color: { condition: { test: "datum.chosen", value: colours.accent }, value: colours.domain } },
      },
      {
        mark: { type: "text", align: "left", dx: 5, fontSize: 12, color: colours.ink },
        encoding: { text: { field: "text", type: "nominal" } },
      },
    ],
  });
}

function sentence({ metric, candidates }: LeaderboardData): string {
  const chosen = candidates.find((candidate) => candidate.chosen);
  if (chosen === undefined) return "No candidate was chosen.";
  const next = candidates.find((candidate) => !candidate.chosen);
  const distance = next === undefined ? "" : `; next is ${next.label} with ${figure(next.value)}`;
  return `Chosen: ${chosen.label} with ${metric} ${figure(chosen.value)}${distance}.`;
}
