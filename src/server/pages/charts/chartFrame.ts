/** What all SVG charts of pages share: the figure around them, ticks and grid lines. */
import { html, type Html } from "../../../reporting/html.ts";

export const [LEFT, RIGHT] = [52, 14];

export interface ChartFigure {
  readonly id: string;
  /** May be a link; then `name` is its text. */
  readonly title: Html | string;
  readonly name?: string | undefined;
  readonly subtitle?: string | undefined;
  /** The main values in words, as caption and for screen readers. */
  readonly sentence: string;
  readonly legend?: Html | false | undefined;
  readonly width: number;
  readonly height: number;
  readonly body: Html;
}

export function chartFigure(chart: ChartFigure): Html {
  const { id, title, name, subtitle, sentence, legend = false, width, height, body } = chart;
  return html`<figure class="plot" aria-labelledby="${id}-title">
    <h3 id="${id}-title">${title}${subtitle !== undefined && html` <small>${subtitle}</small>`}</h3>
    <div class="picture">
      <svg
        class="chart"
        role="img"
        aria-label="${name ?? title}. ${sentence}"
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

/** Horizontal lines across a chart of this width, with their values on the left. */
export function gridLines(
  ticks: readonly number[],
  { y, format, width }: { y: (value: number) => number; format: (value: number) => string; width: number },
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
export function decades(lowest: number): number[] {
  const power = Math.floor(Math.log10(Math.max(lowest, LOWEST)));
  const step = Math.ceil(-Math.min(power, -1) / 4);
  return Array.from({ length: Math.ceil(-Math.min(power, -1) / step) + 1 }, (_, i) => 10 ** (-i * step)).toReversed();
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
