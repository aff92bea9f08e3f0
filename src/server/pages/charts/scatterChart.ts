/** Points of two values, such as a parameter and its score; categories stand side by side. Plain SVG. */
import { displayNumber } from "../../../plots/displayNumber.ts";
import { html, type Html } from "../../../reporting/html.ts";
import { chartFigure, gridLines, LEFT, niceTicks, RIGHT, round } from "./chartFrame.ts";

export interface ScatterPoint {
  /** A number, or the name of a category. */
  readonly x: number | string;
  readonly y: number;
  readonly label: string;
  readonly isBest?: boolean;
}

export interface ScatterChart {
  readonly id: string;
  readonly title: string;
  readonly subtitle?: string;
  readonly sentence: string;
  readonly points: readonly ScatterPoint[];
  /** True: never a logarithmic axis, such as for numbers of trials. */
  readonly isLinear?: boolean;
  /** Drawn as steps, from left to right. */
  readonly steps?: readonly (readonly [x: number, y: number])[];
  readonly legend?: Html;
}

const [WIDTH, HEIGHT] = [480, 220];
const [TOP, BOTTOM] = [12, 30];
/** A range of so many times its start is drawn on a logarithmic axis. */
const LOGARITHMIC = 20;

export function scatterChart({ points, steps = [], isLinear = false, ...frame }: ScatterChart): Html {
  const ticks = axisTicks(points.map(({ y }) => y));
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const y = (value: number): number =>
    round(TOP + (1 - (Math.min(high, Math.max(low, value)) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM));
  const { place, labels } = horizontal(
    points.map((point) => point.x),
    isLinear,
  );
  const path = steps
    .map(([at, value], i) => (i === 0 ? `M${place(at)} ${y(value)}` : `H${place(at)}V${y(value)}`))
    .join("");
  const body = html`${gridLines(ticks, { y, format: (value) => displayNumber(value), width: WIDTH })}
  ${path !== "" && html`<path class="course" d="${path}H${WIDTH - RIGHT}" />`}
  ${points.map(
    (point) =>
      html`<circle
        class="dot${point.isBest === true ? " best" : ""}"
        cx="${place(point.x)}"
        cy="${y(point.y)}"
        r="${point.isBest === true ? 6 : 3.5}"
        ><title>${point.label}</title></circle
      >`,
  )}${labels}`;
  return chartFigure({ ...frame, height: HEIGHT, width: WIDTH, body });
}

/** Without outliers, which would press all other points into a line: they are drawn at the edge. */
function axisTicks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  const reach = 3 * (at(0.75) - at(0.25));
  const inside = sorted.filter((value) => reach === 0 || (value >= at(0.25) - reach && value <= at(0.75) + reach));
  return niceTicks(inside[0]!, inside.at(-1)!);
}

function horizontal(
  values: readonly (number | string)[],
  isLinear: boolean,
): { place: (x: number | string) => number; labels: Html[] } {
  const [from, to] = [LEFT + 10, WIDTH - RIGHT - 10];
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length < values.length) {
    const names = [...new Set(values.map(String))].toSorted();
    const place = (x: number | string): number =>
      round(from + ((names.indexOf(String(x)) + 0.5) / names.length) * (to - from));
    const room = Math.max(4, Math.floor(60 / names.length));
    return {
      place,
      labels: names.map((name) => label(place(name), name.length > room ? `${name.slice(0, room - 1)}…` : name)),
    };
  }
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const isLog = !isLinear && low > 0 && high / low >= LOGARITHMIC;
  const scale = isLog ? Math.log10 : (value: number): number => value;
  const place = (x: number | string): number =>
    round(
      high === low
        ? (from + to) / 2
        : from + ((scale(Number(x)) - scale(low)) / (scale(high) - scale(low))) * (to - from),
    );
  const inside = niceTicks(low, high).filter((tick) => tick >= low && tick <= high);
  const shown = isLog ? [low, Math.sqrt(low * high), high] : inside.length > 1 ? inside : [low];
  const labels = shown.map((value, i) =>
    label(place(value), `${displayNumber(value, 2)}${isLog && i === 1 ? " (log)" : ""}`),
  );
  return { place, labels };
}

function label(x: number, text: string): Html {
  return html`<text class="axis" x="${x}" y="${HEIGHT - 8}" text-anchor="middle">${text}</text>`;
}
