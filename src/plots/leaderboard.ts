/** Leaderboard: the candidates of one training run, with the chosen one highlighted. */
import { displayNumber } from "./displayNumber.ts";
import { namedBars } from "./namedBars.ts";
import { plotSpec, type PlotSpec } from "./theme.ts";

export interface LeaderboardData {
  /** Label of the metric. */
  readonly metric: string;
  readonly greaterIsBetter: boolean;
  /** Default "validation rows". */
  readonly judgedOn?: string;
  /** Best first; `value` is null if the candidate failed or the metric is undefined. */
  readonly candidates: readonly { readonly label: string; readonly value: number | null; readonly chosen: boolean }[];
}

const MAXIMUM_BARS = 15;

export function leaderboardPlot({ metric, greaterIsBetter, judgedOn, candidates }: LeaderboardData): PlotSpec {
  const rows = candidates.filter(({ value }) => value !== null).slice(0, MAXIMUM_BARS);
  const better = greaterIsBetter ? "higher is better" : "lower is better";
  const bars = rows.map(({ label, value, chosen }, place) => ({
    // Two candidates may have the same label; the rank makes the names distinct.
    name: `${place + 1}. ${label}`,
    value: value!,
    text: displayNumber(value),
    stressed: chosen,
  }));
  const description = sentence({ metric, greaterIsBetter, candidates: rows });
  const axis = `${metric} on the ${judgedOn ?? "validation rows"}`;
  return plotSpec({ text: "Candidates", subtitle: better }, description, namedBars(bars, axis));
}

function sentence({ metric, candidates }: LeaderboardData): string {
  const chosen = candidates.find((candidate) => candidate.chosen);
  if (chosen === undefined) return "No candidate was chosen.";
  const next = candidates.find((candidate) => !candidate.chosen);
  const nextBest = next === undefined ? "" : `; next best: ${next.label} with ${displayNumber(next.value)}`;
  return `Chosen: ${chosen.label} with ${metric} ${displayNumber(chosen.value)}${nextBest}.`;
}
