/** Intervals of a forecast from the errors of its back-test. */
import type { BackTest } from "../../pipeline/predict/backTest.ts";
import { normalOffsets, quantileOffsets, residualsNeeded, type Offsets } from "../../stats/residualInterval.ts";
import type { Future } from "./futureRows.ts";

export interface Intervals {
  /** By row, then by level; null without a back-test. */
  readonly bounds: readonly (readonly (readonly [number, number] | null)[])[];
  readonly warnings: readonly string[];
}

interface Forecasted {
  readonly predicted: Float64Array;
  readonly levels: readonly number[];
}

/** Quantiles of the errors if each step of the series has enough for the level, else those of a normal distribution. */
export function intervalsOf(
  tested: BackTest | undefined,
  future: Future,
  { predicted, levels }: Forecasted,
): Intervals {
  const { steps, seriesOf } = future;
  const fewest = (tested?.residuals ?? []).map((bySteps) => Math.min(...bySteps.map(({ length }) => length)));
  const offsetsOf = (row: number, level: number): Offsets | null => {
    const residuals = tested?.residuals[seriesOf[row]!]![steps[row]! - 1];
    if (residuals === undefined || residuals.length === 0) return null;
    return (fewest[seriesOf[row]!]! < residualsNeeded(level) ? normalOffsets : quantileOffsets)(residuals, level);
  };
  const bounds = Array.from(predicted, (value, row) =>
    levels.map((level): readonly [number, number] | null => {
      const offsets = offsetsOf(row, level);
      return offsets && [value + offsets[0], value + offsets[1]];
    }),
  );
  const without = bounds.filter(([first]) => first === null).length;
  const shown = new Set(seriesOf.filter((_, row) => bounds[row]![0] !== null));
  const least = Math.min(...[...shown].map((at) => fewest[at]!));
  const assumed = levels.filter((level) => least < residualsNeeded(level));
  return { bounds, warnings: [...assumedNormal(assumed, least), ...noInterval(without, predicted.length)] };
}

function assumedNormal(levels: readonly number[], least: number): string[] {
  if (levels.length === 0) return [];
  const names = levels.map((level) => `${percentOf(level)} %`).join(" and ");
  const [intervals, assume] = levels.length === 1 ? ["interval", "assumes"] : ["intervals", "assume"];
  const needed = levels.map(residualsNeeded).join(" and ");
  return [
    `the ${names} ${intervals} ${assume} normally distributed errors: their own quantiles need ${needed} back-tests of each step, and the fewest are ${least} (raise "train.split.validation_size", or ingest more rows)`,
  ];
}

function noInterval(without: number, rows: number): string[] {
  if (without === 0) return [];
  const what = without === rows ? "there are no intervals" : `${without} of ${rows} rows have no interval`;
  return [`${what}: too few rows after the training part to back-test on`];
}

/** 0.95 as 95, without the rounding errors of the product. */
function percentOf(level: number): number {
  return Number((100 * level).toPrecision(6));
}

/** Names of the bounds of a level: lower_80, upper_80. */
export function boundNames(level: number): [string, string] {
  return [`lower_${percentOf(level)}`, `upper_${percentOf(level)}`];
}
