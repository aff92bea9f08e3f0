/** A line chart of a value over time windows, with its limit. Plain SVG, so that a page need not wait for the plot library. */
import { displayNumber } from "../../../plots/displayNumber.ts";
import type { WindowLine, WindowValue } from "../../../storage/store/browse.ts";
import { html, trusted, type Html } from "../../../reporting/html.ts";

export interface TimePoint {
  /** Shown with the value in the tooltip. */
  readonly label: string;
  /** Text below the axis; the label if omitted. */
  readonly tick?: string | undefined;
  readonly value: number | null;
  readonly interval?: readonly [number, number] | null;
  /** An estimate of the value without labels. */
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
  /** Name of the dashed line. */
  readonly limitName?: string;
  readonly format?: (value: number) => string;
  /** The axis starts at zero. */
  readonly zero?: boolean;
}

const [WIDTH, HEIGHT] = [480, 190];
export const [LEFT, RIGHT] = [52, 14];
const [TOP, BOTTOM] = [12, 30];

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
  return chartFigure({
    id,
    title,
    subtitle,
    sentence,
    width: WIDTH,
    height: HEIGHT,
    body: drawing(chart, format),
    legend: legend.length > 0 && html`${legend}`,
  });
}

export interface ChartFigure {
  readonly id: string;
  readonly title: string;
  readonly subtitle?: string | undefined;
  /** The main values in words, as caption and for screen readers. */
  readonly sentence: string;
  readonly legend?: Html | false | undefined;
  readonly width: number;
  readonly height: number;
  readonly body: Html;
}

/** The frame of all SVG charts of pages. */
export function chartFigure({ id, title, subtitle, sentence, legend = false, width, height, body }: ChartFigure): Html {
  return html`<figure class="plot" aria-labelledby="${id}-title">
    <h3 id="${id}-title">${title}${subtitle !== undefined && html` <small>${subtitle}</small>`}</h3>
    <div class="picture">
      <svg
        class="chart"
        role="img"
        aria-label="${title}. ${sentence}"
        viewBox="0 0 ${width} ${height}"
        width="${width}"
        height="${height}"
      >
        ${body}
      </svg>
    </div>
    ${legend !== false && html`<p class="legend" aria-hidden="true">${legend}</p>`}
    <figcaption>${sentence}</figcaption>
  </figure>`;
}

function drawing({ points, zero = false }: TimeChart, format: (value: number) => string): Html {
  const all = points.flatMap(({ value, interval, estimate, limit }) => [value, estimate, limit, ...(interval ?? [])]);
  const known = all.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (known.length === 0)
    return html`<text class="axis" x="${WIDTH / 2}" y="${HEIGHT / 2}" text-anchor="middle">no value</text>`;
  const ticks = niceTicks(Math.min(...known, ...(zero ? [0] : [])), Math.max(...known));
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const x = (i: number): number =>
    round(
      points.length === 1
        ? (LEFT + WIDTH - RIGHT) / 2
        : LEFT + 8 + (i / (points.length - 1)) * (WIDTH - RIGHT - LEFT - 16),
    );
  const y = (value: number): number => round(TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM));
  const course = (name: string, of: (point: TimePoint) => number | null | undefined): Html =>
    line(name, points.map(of), x, y);
  const marks = points.map((point, i) =>
    point.isOmitted
      ? html`<circle class="mark skipped" cx="${x(i)}" cy="${HEIGHT - BOTTOM}" r="2.5"
          ><title>${point.label}: too few rows</title></circle
        >`
      : mark(point, { x: x(i), y: typeof point.value === "number" ? y(point.value) : null, format }),
  );
  return html`${gridLines(ticks, { y, format, width: WIDTH })}${band(points, x, y)}${course("limit", ({ limit }) => limit)}${course("estimate", ({ estimate }) => estimate)}${course("course", ({ value }) => value)}${marks}${axisLabels(points, x)}`;
}

/** Horizontal lines across a chart of this width, with their values on the left. */
export function gridLines(
  ticks: readonly number[],
  { y, format, width }: { readonly y: Scale; readonly format: (value: number) => string; readonly width: number },
): Html[] {
  return ticks.map(
    (tick) =>
      html`<path class="grid" d="M${LEFT} ${y(tick)}H${width - RIGHT}" /><text
          class="axis"
          x="${LEFT - 6}"
          y="${y(tick) + 4}"
          text-anchor="end"
          >${format(tick)}</text
        >`,
  );
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
function mark(
  point: TimePoint,
  { x, y, format }: { x: number; y: number | null; format: (value: number) => string },
): Html {
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
  // Windows of rows may all end on one day; then their names tell them apart.
  const hasTicks = new Set(places.map((i) => points[i]!.tick)).size === places.length;
  return places.map((i) => {
    const anchor = last === 0 ? "middle" : i === 0 ? "start" : i === last ? "end" : "middle";
    const at = anchor === "start" ? LEFT : anchor === "end" ? WIDTH - RIGHT : x(i);
    // Of a file path, only the last part is shown.
    const { label, tick } = points[i]!;
    const text = (hasTicks ? tick : undefined) ?? label.replace(/^.*[/\\](?=[^/\\]+$)/, "");
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

/** The point of a monitored window: a value with its limit and status, as the index stores it. */
export function windowPoint(
  { label, end, status: verdict }: Pick<WindowLine, "label" | "end" | "status">,
  found: Pick<WindowValue, "value" | "bound" | "status"> | undefined,
): TimePoint {
  const { value = null, bound: limit = null, status = null } = found ?? {};
  // Its values are those of chance, and would set the scale of the chart.
  const tick = tickOf(end);
  return verdict === "skipped" ? { label, tick, value: null, isOmitted: true } : { label, tick, value, limit, status };
}

/** The end of a window: the last day that it contains, or a time of the day. */
function tickOf(end: string | null): string | undefined {
  if (end === null) return undefined;
  const last = new Date(Date.parse(end) - 1).toISOString();
  return /T(?:23:59:59\.999|00:00:00\.000)Z$/.test(last) ? last.slice(0, 10) : last.slice(0, 16).replace("T", " ");
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

function legendKey(name: string, text: string): Html {
  return html`<span class="key ${name}">${text}</span>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
