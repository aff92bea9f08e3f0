/** Intervals of a forecast from the errors of its back-test. */
import type { BackTest } from "../../pipeline/predict/backTest.ts";
import { MlctlError } from "../../core/errors.ts";
import { present } from "../../core/text/format.ts";
import { independentCount, normalWidth, quantileWidth, residualsNeeded } from "../../stats/residualInterval.ts";
import type { Future } from "./futureRows.ts";

export interface Intervals {
  /** By row, then by level; null without a back-test. */
  readonly bounds: readonly (readonly (readonly [number, number] | null)[])[];
  readonly warnings: readonly string[];
}

/** Of one, intervals for 95 % would be 13 times as wide as the errors. */
const LEAST_COUNT = 2;

/**
 * Around the forecast. A step with enough independent errors for the highest level has their quantiles, another the
 * interval of a normal distribution: of one kind for all levels, so that a wider interval contains the narrower ones.
 */
export function intervalsOf(
  tested: Pick<BackTest, "residuals"> | undefined,
  { steps, seriesOf }: Pick<Future, "steps" | "seriesOf">,
  { predicted, levels }: { readonly predicted: Float64Array; readonly levels: readonly number[] },
): Intervals {
  const needed = residualsNeeded(Math.max(...levels));
  const spreads = tested?.residuals.map((each) => spreadsOf(each, { levels, needed })) ?? [];
  const spreadsOfRows = seriesOf.map((at, row) => spreads[at]?.[steps[row]! - 1] ?? { count: 0, widths: null });
  const bounds = spreadsOfRows.map(({ widths }, row) =>
    levels.map((_, i): readonly [number, number] | null =>
      widths === null ? null : [predicted[row]! - widths[i]!, predicted[row]! + widths[i]!],
    ),
  );
  const counts = spreadsOfRows.map(({ count }) => count).filter((count) => count > 0);
  const few = counts.filter((count) => count < needed);
  const rows = predicted.length;
  const lacking =
    counts.length === 0 ? "there are no intervals" : `${rows - counts.length} of ${rows} rows have no interval`;
  const warnings = present([
    few.length > 0 &&
      `the intervals${few.length < rows ? ` of ${few.length} of ${rows} rows` : ""} assume normally distributed errors: quantiles for ${percentOf(Math.max(...levels))} % need ${needed} independent back-tests of each step (those that overlap are not), and the fewest are ${Math.min(...few)} (raise "train.split.validation_size", or ingest more rows)`,
    counts.length < rows && `${lacking}: too few rows after the training part to back-test on`,
  ]);
  return { bounds, warnings };
}

/** Of a series, by step: half the width of its intervals by level, and the number of independent errors that they are from. */
function spreadsOf(
  steps: BackTest["residuals"][number],
  { levels, needed }: { readonly levels: readonly number[]; readonly needed: number },
) {
  // A later step is no surer: few errors may be small by chance.
  let meanSquare = 0;
  let before: { readonly count: number; readonly widths: readonly number[] } | undefined;
  return steps.map((errors) => {
    const { length } = errors;
    if (length === 0) return { count: 0, widths: null };
    if (length < LEAST_COUNT && before !== undefined) return before;
    meanSquare = Math.max(meanSquare, errors.reduce((sum, error) => sum + error ** 2, 0) / length);
    const count = Math.min(length, Math.max(LEAST_COUNT, independentCount(errors)));
    const widths = levels.map((level) =>
      count < needed ? normalWidth(meanSquare, count, level) : quantileWidth(errors, level),
    );
    return (before = { count, widths });
  });
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
