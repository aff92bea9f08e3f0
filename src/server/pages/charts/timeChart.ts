/** A line chart of a value over time windows, with its limit. Plain SVG, so that a page need not wait for the plot library. */
import { displayNumber } from "../../../plots/displayNumber.ts";
import { html, trusted, type Html } from "../../../reporting/html.ts";

export interface TimePoint {
  readonly label: string;
  readonly tick?: string | undefined;
  readonly value: number | null;
  readonly interval?: readonly [number, number] | null;
  readonly estimate?: number | null;
  readonly limit?: number | null;
  readonly status?: "pass" | "warn" | "fail" | "skipped" | null;
  /** A window with too few rows: a grey dot on the axis in place of its value. */
  readonly isOmitted?: boolean;
}

export interface TimeChart {
  /** HTML id: starts with a letter, unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly subtitle?: string;
  /** Oldest first. */
  readonly points: readonly TimePoint[];
  readonly limitName?: string;
  readonly format?: (value: number) => string;
  readonly zero?: boolean;
  /** A logarithmic axis, for p-values: 1e-9 and 0.03 are drawn apart. Values below its lowest tick are drawn there. */
  readonly log?: boolean;
  /** Vertical lines, such as deployments; 2.5 is between the third and the fourth point. */
  readonly events?: readonly ChartEvent[];
}

export interface ChartEvent {
  readonly at: number;
  readonly label: string;
}

const [WIDTH, HEIGHT] = [480, 190];
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 14, 14, 30];

export function timeChart(chart: TimeChart): Html {
  const { id, title, subtitle, points, limitName, format = (value) => displayNumber(value) } = chart;
  const sentence = sentenceOf(chart, format);
  const has = (key: "limit" | "estimate" | "interval"): boolean =>
    points.some((point) => (point[key] ?? null) !== null);
  const legend = [
    limitName !== undefined && has("limit") && legendKey("limit", limitName),
    has("estimate") && legendKey("estimate", "estimate without labels"),
    has("interval") && legendKey("band", "95 % interval"),
  ].filter((key) => key !== false);
  return html`<figure class="plot" aria-labelledby="${id}-title">
    <h3 id="${id}-title">${title}${subtitle !== undefined && html` <small>${subtitle}</small>`}</h3>
    <div class="picture">
      <svg
        class="chart"
        role="img"
        aria-label="${title}. ${sentence}"
        viewBox="0 0 ${WIDTH} ${HEIGHT}"
        width="${WIDTH}"
        height="${HEIGHT}"
      >
        ${drawing(chart, format)}
      </svg>
    </div>
    ${legend.length > 0 && html`<p class="legend" aria-hidden="true">${legend}</p>`}
    <figcaption>${sentence}</figcaption>
  </figure>`;
}

function drawing(chart: TimeChart, format: (value: number) => string): Html {
  const { points, zero = false, log = false, events = [] } = chart;
  const all = points.flatMap(({ value, interval, estimate, limit }) => [value, estimate, limit, ...(interval ?? [])]);
  const known = all.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (known.length === 0)
    return html`<text class="axis" x="${WIDTH / 2}" y="${HEIGHT / 2}" text-anchor="middle">no value</text>`;
  const ticks = log
    ? decades(Math.min(...known))
    : niceTicks(Math.min(...known, ...(zero ? [0] : [])), Math.max(...known));
  const scale = log ? (value: number): number => Math.log10(Math.max(value, ticks[0]!)) : (value: number) => value;
  const [low, high] = [scale(ticks[0]!), scale(ticks.at(-1)!)];
  const x = (i: number): number =>
    round(
      points.length === 1
        ? (LEFT + WIDTH - RIGHT) / 2
        : LEFT + 8 + (i / (points.length - 1)) * (WIDTH - RIGHT - LEFT - 16),
    );
  const y = (value: number): number => round(TOP + (1 - (scale(value) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM));
  const course = (name: string, of: (point: TimePoint) => number | null | undefined): Html =>
    line(name, points.map(of), x, y);
  const marks = points.map((point, i) =>
    point.isOmitted
      ? html`<circle class="mark skipped" cx="${x(i)}" cy="${HEIGHT - BOTTOM}" r="2.5"
          ><title>${point.label}: too few rows</title></circle
        >`
      : mark(point, x(i), typeof point.value === "number" ? y(point.value) : null, format),
  );
  const lines = events.map(
    ({ at, label }) =>
      html`<path class="event" d="M${x(at)} ${TOP}V${HEIGHT - BOTTOM}" /><text
          class="axis"
          x="${x(at)}"
          y="${TOP - 3}"
          text-anchor="middle"
          >${label}</text
        >`,
  );
  const grid = ticks.map(
    (tick) =>
      html`<path class="grid" d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}" /><text
          class="axis"
          x="${LEFT - 6}"
          y="${y(tick) + 4}"
          text-anchor="end"
          >${format(tick)}</text
        >`,
  );
  return html`${grid}${lines}${band(points, x, y)}${course("limit", ({ limit }) => limit)}${course("estimate", ({ estimate }) => estimate)}${course("course", ({ value }) => value)}${marks}${axisLabels(points, x)}`;
}

type Scale = (value: number) => number;

/** A missing value leaves a gap. */
function line(name: string, values: readonly (number | null | undefined)[], x: Scale, y: Scale): Html {
  let path = "";
  values.forEach((value, i) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return;
    const starts = i === 0 || (values[i - 1] ?? null) === null;
    path += `${starts ? "M" : "L"}${x(i)} ${y(value)}`;
    // A single point would be invisible: draw a short line.
    if (starts && (values[i + 1] ?? null) === null && name !== "course") path += `h8`;
  });
  return path === "" ? html`` : html`<path class="${name}" d="${path}" />`;
}

function band(points: readonly TimePoint[], x: Scale, y: Scale): Html[] {
  return points.flatMap(({ interval }, i) =>
    interval ? [html`<path class="whisker" d="M${x(i)} ${y(interval[0])}V${y(interval[1])}" />`] : [],
  );
}

/** Each status has its own shape, so that it does not depend on colour. */
function mark(point: TimePoint, x: number, y: number | null, format: (value: number) => string): Html {
  if (y === null) return html``;
  const status = point.status ?? "pass";
  const shape =
    status === "fail"
      ? `<path class="mark fail" d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10"/>`
      : status === "warn"
        ? `<path class="mark warn" d="M${x} ${y - 6}l6 10h-12z"/>`
        : `<circle class="mark ${status}" cx="${x}" cy="${y}" r="3.5"/>`;
  const limit = typeof point.limit === "number" ? `, limit ${format(point.limit)}` : "";
  return html`<g><title>${point.label}: ${format(point.value!)}${limit}</title>${trusted(shape)}</g>`;
}

function axisLabels(points: readonly TimePoint[], x: Scale): Html[] {
  const last = points.length - 1;
  const places = last <= 0 ? [0] : last < 4 ? [0, last] : [0, Math.round(last / 2), last];
  // Windows of rows may all end on one day; then their names distinguish them.
  const hasTicks = new Set(places.map((i) => points[i]!.tick)).size === places.length;
  return places.map((i) => {
    const anchor = last === 0 ? "middle" : i === 0 ? "start" : i === last ? "end" : "middle";
    const at = anchor === "start" ? LEFT : anchor === "end" ? WIDTH - RIGHT : x(i);
    // Of a file, only its name is shown.
    const { label, tick } = points[i]!;
    const text = (hasTicks ? tick : undefined) ?? label.replace(/^.*[/\\](?=[^/\\]+$)|: rows .*$/g, "");
    const shown = text.length > 18 ? `…${text.slice(-16)}` : text;
    return html`<text class="axis" x="${at}" y="${HEIGHT - 8}" text-anchor="${anchor}">${shown}</text>`;
  });
}

function sentenceOf({ points, limitName }: TimeChart, format: (value: number) => string): string {
  const known = points.filter((point) => point.value !== null);
  const newest = known.at(-1);
  if (newest === undefined) return "There is no value yet.";
  const failed = known.filter(({ status }) => status === "fail").length;
  const limit =
    typeof newest.limit === "number" && limitName !== undefined ? ` (${limitName} ${format(newest.limit)})` : "";
  const broken = failed === 0 ? "" : `; ${failed} of ${known.length} failed`;
  const which = points.at(-1)!.isOmitted === true ? "Newest with enough rows" : "Newest";
  return `${which}: ${format(newest.value!)}${limit}${broken}.`;
}

function legendKey(name: string, text: string): Html {
  return html`<span class="key ${name}">${text}</span>`;
}

/** Round numbers that cover the range from `low` to `high`, usually three to six. */
export function niceTicks(low: number, high: number): number[] {
  const range = high > low ? high - low : Math.abs(high) || 1;
  const rough = range / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.999)!;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The smallest p-value that is drawn as it is. */
const LOWEST = 1e-12;

/** Ticks of a logarithmic axis up to 1: at most five powers of ten. */
function decades(lowest: number): number[] {
  const power = Math.floor(Math.log10(Math.max(lowest, LOWEST)));
  const step = Math.ceil(-Math.min(power, -1) / 4);
  return Array.from({ length: Math.ceil(-Math.min(power, -1) / step) + 1 }, (_, i) => 10 ** (-i * step)).toReversed();
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
