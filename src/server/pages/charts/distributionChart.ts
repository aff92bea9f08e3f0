/** A column's distribution in the reference and in the window, in one chart. Plain SVG, without the plot library. */
import type { ColumnDistribution } from "../../../core/records/monitoring.ts";
import { displayNumber, percent } from "../../../plots/displayNumber.ts";
import { html, type Html } from "../../../reporting/html.ts";
import { chartFigure, gridLines, LEFT, niceTicks, RIGHT, round } from "./chartFrame.ts";

const HEIGHT = 200;
const [TOP, BOTTOM] = [12, 32];

export interface DistributionChart {
  readonly id: string;
  /** May be a link; then `name` is its text. */
  readonly title: Html | string;
  readonly name?: string;
  readonly subtitle?: string;
  /** In px; default 480. */
  readonly width?: number;
  readonly distribution: ColumnDistribution;
}

export function distributionChart({ id, title, name, subtitle, width = 480, distribution }: DistributionChart): Html {
  const sentence = sentenceOf(distribution);
  const { body, height } = distribution.kind === "category" ? bars(distribution, width) : outlines(distribution, width);
  const legend = html`<span class="key before">reference</span
    ><span class="key ${distribution.kind === "category" ? "k0" : "now"}">current</span>`;
  return chartFigure({ id, title, name, subtitle, sentence, legend, width, height, body });
}

type NumberDistribution = ColumnDistribution & { kind: "number" | "date" };
type CategoryDistribution = ColumnDistribution & { kind: "category" };

/** The same values as table rows, for readers who cannot see the chart. */
export function distributionRows(distribution: ColumnDistribution): { cells: string[] }[] {
  const bins = distribution.kind === "category" ? namesOf(distribution) : binNames(distribution);
  return bins.map((name, i) => ({
    cells: [name, percent(distribution.reference[i]), percent(distribution.current[i])],
  }));
}

function outlines(
  { kind, edges, reference, current }: NumberDistribution,
  width: number,
): { body: Html; height: number } {
  const ticks = niceTicks(0, Math.max(...reference, ...current));
  const high = ticks.at(-1)!;
  const [first, last] = [edges[0]!, edges.at(-1)!];
  const x = (value: number): number => round(LEFT + ((value - first) / (last - first)) * (width - LEFT - RIGHT));
  const y = (share: number): number => round(TOP + (1 - share / high) * (HEIGHT - TOP - BOTTOM));
  const steps = (shares: readonly number[]): string =>
    shares.map((share, i) => `${i === 0 ? "M" : "L"}${x(edges[i]!)} ${y(share)}H${x(edges[i + 1]!)}`).join("");
  const area = `${steps(reference)}V${y(0)}H${LEFT}Z`;
  const shown = [first, (first + last) / 2, last];
  const body = html`${gridLines(ticks, { y, format: percent, width })}<path class="before" d="${area}" /><path
      class="now"
      d="${steps(current)}"
    />${shown.map(
      (value, i) =>
        html`<text class="axis" x="${x(value)}" y="${HEIGHT - 10}" text-anchor="${["start", "middle", "end"][i]!}"
          >${valueText(value, kind)}</text
        >`,
    )}`;
  return { body, height: HEIGHT };
}

const ROW = 30;
const LABELS = 112;
/** Width reserved for the shares to the right of a bar. */
const SHARES = 96;

function bars(distribution: CategoryDistribution, width: number): { body: Html; height: number } {
  const names = namesOf(distribution);
  const most = Math.max(...distribution.reference, ...distribution.current, 1e-9);
  const length = (share: number): number => round((share / most) * (width - LABELS - SHARES));
  const body = html`${names.map((name, i) => {
    const [before, now] = [distribution.reference[i]!, distribution.current[i]!];
    const top = i * ROW + 4;
    return html`<text class="axis ink" x="${LABELS - 8}" y="${top + 15}" text-anchor="end"
        >${shortened(name)}<title>${name}</title></text
      >
      <rect class="before" x="${LABELS}" y="${top}" width="${length(before)}" height="10" />
      <rect class="now" x="${LABELS}" y="${top + 11}" width="${length(now)}" height="10" />
      <text class="axis" x="${LABELS + Math.max(length(before), length(now)) + 6}" y="${top + 15}"
        >${percent(before)} → ${percent(now)}</text
      >`;
  })}`;
  return { body, height: names.length * ROW + 6 };
}

function namesOf({ names, others }: CategoryDistribution): string[] {
  return others === 0 ? [...names] : [...names, `${displayNumber(others)} others`];
}

function binNames({ kind, edges }: NumberDistribution): string[] {
  const bins = edges.slice(1).map((end, i) => `${valueText(edges[i]!, kind)} to ${valueText(end, kind)}`);
  if (bins.length < 2) return bins;
  return [`up to ${valueText(edges[1]!, kind)}`, ...bins.slice(1, -1), `from ${valueText(edges.at(-2)!, kind)}`];
}

function valueText(value: number, kind: "number" | "date"): string {
  return kind === "date" ? new Date(value).toISOString().slice(0, 10) : displayNumber(value, 4);
}

function shortened(name: string): string {
  return name.length > 16 ? `${name.slice(0, 15)}…` : name;
}

function sentenceOf(distribution: ColumnDistribution): string {
  const bins = distribution.kind === "category" ? namesOf(distribution) : binNames(distribution);
  const changes = bins.map((name, i) => ({ name, before: distribution.reference[i]!, now: distribution.current[i]! }));
  const largest = changes.toSorted((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before))[0]!;
  const what = distribution.kind === "category" ? `“${largest.name}”` : largest.name;
  return `Largest change: ${what}, from ${percent(largest.before)} of the reference to ${percent(largest.now)} now.`;
}
