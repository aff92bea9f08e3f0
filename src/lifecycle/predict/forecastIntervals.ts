/** Intervals of a forecast from the errors of its back-test. */
import type { BackTest } from "../../pipeline/predict/forecaster.ts";
import { MlctlError } from "../../core/errors.ts";
import { present } from "../../core/text/present.ts";
import { normalOffsets, quantileOffsets, residualsNeeded, type Offsets } from "../../stats/residualInterval.ts";
import type { Future } from "./futureRows.ts";

export interface Intervals {
  /** By row, then by level; null without a back-test. */
  readonly bounds: readonly (readonly (readonly [number, number] | null)[])[];
  readonly warnings: readonly string[];
}

/**
 * Quantiles of the errors if each step of the series has enough for the highest level, else those of a normal
 * distribution: of one kind for all levels, so that a wider interval contains the narrower ones.
 */
export function intervalsOf(
  tested: BackTest | undefined,
  future: Future,
  { predicted, levels }: { readonly predicted: Float64Array; readonly levels: readonly number[] },
): Intervals {
  const { steps, seriesOf } = future;
  const needed = residualsNeeded(Math.max(...levels));
  const fewest = (tested?.residuals ?? []).map((bySteps) => Math.min(...bySteps.map(({ length }) => length)));
  const offsetsOf = (row: number, level: number): Offsets | null => {
    const residuals = tested?.residuals[seriesOf[row]!]![steps[row]! - 1];
    if (residuals === undefined || residuals.length === 0) return null;
    return (fewest[seriesOf[row]!]! < needed ? normalOffsets : quantileOffsets)(residuals, level);
  };
  const bounds = Array.from(predicted, (value, row) =>
    levels.map((level): readonly [number, number] | null => {
      const offsets = offsetsOf(row, level);
      return offsets && [value + offsets[0], value + offsets[1]];
    }),
  );
  const without = bounds.filter(([first]) => first === null).length;
  const least = Math.min(...seriesOf.filter((_, row) => bounds[row]![0] !== null).map((at) => fewest[at]!));
  const rows = predicted.length;
  const lacking = without === rows ? "there are no intervals" : `${without} of ${rows} rows have no interval`;
  const warnings = present([
    least < needed &&
      `the intervals assume normally distributed errors: quantiles for ${percentOf(Math.max(...levels))} % need ${needed} back-tests of each step, and the fewest are ${least} (raise "train.split.validation_size", or ingest more rows)`,
    without > 0 && `${lacking}: too few rows after the training part to back-test on`,
  ]);
  return { bounds, warnings };
}

/** 0.95 as 95, without the rounding errors of the product. */
function percentOf(level: number): number {
  return Number((100 * level).toPrecision(6));
}

/** @throws {MlctlError} kind "usage" for a level that is no share, or whose columns would have no name of their own */
export function requireLevels(levels: readonly number[]): void {
  const hint = "write shares: --levels 0.8,0.95";
  const refuse = (what: string): MlctlError => new MlctlError("usage", `--levels has ${what}`, { hint });
  if (levels.length === 0 || !levels.every((level) => level > 0 && level < 1))
    throw refuse("a value that is not between 0 and 1");
  const percents = levels.map(percentOf);
  const twice = percents.find((percent, i) => percents.indexOf(percent) < i);
  if (twice !== undefined) throw refuse(`${twice} % twice`);
  const rounded = levels.find((_, i) => percents[i]! >= 100);
  if (rounded !== undefined) throw refuse(`${rounded}, which is too close to 1`);
}

/** Names of the bounds of a level: lower_80, upper_80. */
export function boundNames(level: number): [string, string] {
  return [`lower_${percentOf(level)}`, `upper_${percentOf(level)}`];
}
