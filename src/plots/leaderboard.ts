/** Leaderboard: the candidates of one training, the chosen one marked. */
import { figure } from "./figures.ts";
import { namedBars } from "./namedBars.ts";
import type { PlotSpec } from "./theme.ts";
import { plotSpec } from "./theme.ts";

export interface LeaderboardData {
  /** As people read it. */
  readonly metric: string;
  readonly greaterIsBetter: boolean;
  /** "validation rows" where left out. */
  readonly judgedOn?: string;
  /** Best first; null where the candidate failed or the metric is undefined. */
  readonly candidates: readonly { readonly label: string; readonly value: number | null; readonly chosen: boolean }[];
}

const MOST_BARS = 15;

export function leaderboardPlot({
  metric,
  greaterIsBetter,
  judgedOn = "validation rows",
  candidates,
}: LeaderboardData): PlotSpec {
  const rows = candidates.filter(({ value }) => value !== null).slice(0, MOST_BARS);
  const better = greaterIsBetter ? "higher is better" : "lower is better";
  const bars = rows.map(({ label, value, chosen }, place) => ({
    // Two candidates may have the same label: the place keeps their bars apart.
    name: `${place + 1}. ${label}`,
    value: value!,
    text: figure(value),
    stressed: chosen,
  }));
  const told = sentence({ metric, greaterIsBetter, candidates: rows });
  return plotSpec({ text: "Candidates", subtitle: better }, told, namedBars(bars, `${metric} on the ${judgedOn}`));
}

function sentence({ metric, candidates }: LeaderboardData): string {
  const chosen = candidates.find((candidate) => candidate.chosen);
  if (chosen === undefined) return "No candidate was chosen.";
  const next = candidates.find((candidate) => !candidate.chosen);
  const distance = next === undefined ? "" : `; next is ${next.label} with ${figure(next.value)}`;
  return `Chosen: ${chosen.label} with ${metric} ${figure(chosen.value)}${distance}.`;
}
