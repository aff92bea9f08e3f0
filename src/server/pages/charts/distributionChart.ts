/** How a column was spread in the reference and how it is now: both sides in one picture, SVG by hand. */
import type { ColumnDistribution } from "../../../core/records/monitoring.ts";
import { figure, percent } from "../../../plots/figures.ts";
import { html, type Html } from "../../../reporting/html.ts";
import { niceTicks } from "./timeChart.ts";

const [WIDTH, HEIGHT] = [560, 240];
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 14, 12, 32];

export interface DistributionChart {
  readonly id: string;
  readonly title: string;
  readonly spread: ColumnDistribution;
}

export function distributionChart({ id, title, spread }: DistributionChart): Html {
  const sentence = sentenceOf(spread);
  const { body, height } = spread.kind === "category" ? bars(spread) : outlines(spread);
  return html`<figure class="plot" role="group" aria-labelledby="${id}-title">
    <h3 id="${id}-title">${title}</h3>
    <p class="legend" aria-hidden="true">
      <span class="key before">reference</span><span class="key now">current</span>
    </p>
    <div class="picture">
      <svg
        class="chart wide"
        role="img"
        aria-label="${title}. ${sentence}"
        viewBox="0 0 ${WIDTH} ${height}"
        width="${WIDTH}"
        height="${height}"
      >
        ${body}
      </svg>
    </div>
    <figcaption>${sentence}</figcaption>
  </figure>`;
}

type NumberSpread = ColumnDistribution & { kind: "number" | "date" };
type CategorySpread = ColumnDistribution & { kind: "category" };

/** The same values as text, for those who do not see the picture. */
export function distributionRows(spread: ColumnDistribution): { cells: string[] }[] {
  const places = spread.kind === "category" ? namesOf(spread) : binNames(spread);
  return places.map((name, i) => ({ cells: [name, percent(spread.reference[i]), percent(spread.current[i])] }));
}

function outlines({ kind, edges, reference, current }: NumberSpread): { body: Html; height: number } {
  const ticks = niceTicks(0, Math.max(...reference, ...current));
  const high = ticks.at(-1)!;
  const [first, last] = [edges[0]!, edges.at(-1)!];
  const x = (value: number): number => round(LEFT + ((value - first) / (last - first)) * (WIDTH - LEFT - RIGHT));
  const y = (share: number): number => round(TOP + (1 - share / high) * (HEIGHT - TOP - BOTTOM));
  const steps = (shares: readonly number[]): string =>
    shares.map((share, i) => `${i === 0 ? "M" : "L"}${x(edges[i]!)} ${y(share)}H${x(edges[i + 1]!)}`).join("");
  const area = `${steps(reference)}V${y(0)}H${LEFT}Z`;
  const shown = [first, (first + last) / 2, last];
  const body = html`${ticks.map(
      (tick) =>
        html`<path class="grid" d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}" /><text
            class="axis"
            x="${LEFT - 6}"
            y="${y(tick) + 4}"
            text-anchor="end"
            >${percent(tick)}</text
          >`,
    )}<path class="before" d="${area}" /><path class="now" d="${steps(current)}" />${shown.map(
      (value, i) =>
        html`<text class="axis" x="${x(value)}" y="${HEIGHT - 10}" text-anchor="${["start", "middle", "end"][i]!}"
          >${valueText(value, kind)}</text
        >`,
    )}`;
  return { body, height: HEIGHT };
}

const ROW = 30;
const LABELS = 150;
/** For the shares behind a bar. */
const ROOM = 130;

function bars(spread: CategorySpread): { body: Html; height: number } {
  const names = namesOf(spread);
  const most = Math.max(...spread.reference, ...spread.current, 1e-9);
  const length = (share: number): number => round((share / most) * (WIDTH - LABELS - ROOM));
  const body = html`${names.map((name, i) => {
    const [before, now] = [spread.reference[i]!, spread.current[i]!];
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

function namesOf({ names, others }: CategorySpread): string[] {
  return others === 0 ? [...names] : [...names, `${figure(others)} others`];
}

function binNames({ kind, edges }: NumberSpread): string[] {
  const bins = edges.slice(1).map((end, i) => `${valueText(edges[i]!, kind)} to ${valueText(end, kind)}`);
  if (bins.length < 2) return bins;
  return [`up to ${valueText(edges[1]!, kind)}`, ...bins.slice(1, -1), `from ${valueText(edges.at(-2)!, kind)}`];
}

function valueText(value: number, kind: "number" | "date"): string {
  return kind === "date" ? new Date(value).toISOString().slice(0, 10) : figure(value, 4);
}

function shortened(name: string): string {
  return name.length > 20 ? `${name.slice(0, 19)}…` : name;
}

function sentenceOf(spread: ColumnDistribution): string {
  const places = spread.kind === "category" ? namesOf(spread) : binNames(spread);
  const moves = places.map((name, i) => ({ name, before: spread.reference[i]!, now: spread.current[i]! }));
  const most = moves.toSorted((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before))[0]!;
  const what = spread.kind === "category" ? `“${most.name}”` : most.name;
  return `The largest change: ${what} had ${percent(most.before)} of the reference and has ${percent(most.now)} now.`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
