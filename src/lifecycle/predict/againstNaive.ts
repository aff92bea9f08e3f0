/** Whether repeating the last season, or the last value, forecasts better than the model, by the errors of the back-tests. */
import { counted, formatNumber } from "../../core/text/format.ts";
import type { BackTest } from "../../pipeline/predict/backTest.ts";
import { mean } from "../../stats/descriptive.ts";
import { seasonOf, type TimeStep } from "../../stats/timeStep.ts";

export type AgainstNaive = NonNullable<ReturnType<typeof againstNaive>>;

/** @returns undefined without errors to compare */
export function againstNaive(
  { residuals, naive }: Pick<BackTest, "residuals" | "naive">,
  series: readonly { readonly step: TimeStep }[],
) {
  const errors = (residuals[0] ?? []).flatMap((_, step) => {
    const pairs = residuals.flatMap((own, at) =>
      Array.from(own[step]!, (error, i) => [Math.abs(error), Math.abs(naive[at]![step]![i]!)] as const),
    );
    const known = pairs.filter(([, baseline]) => !Number.isNaN(baseline));
    return known.length === 0
      ? []
      : [{ model: mean(known.map(([own]) => own)), baseline: mean(known.map(([, b]) => b)) }];
  });
  if (errors.length === 0) return undefined;
  // Where to change from one to the other for the smallest error in all: single steps are better or worse by chance.
  let [sum, least, best] = [0, 0, 0];
  for (const [i, { model, baseline }] of errors.entries()) {
    sum += model - baseline;
    if (sum <= least) [least, best] = [sum, i + 1];
  }
  return {
    /** Number of values that the baseline repeats: a season, or 1. */
    season: seasonOf(series[0]!.step) ?? 1,
    /** Steps that could be tested: those of the forecast, or fewer where the labels end before. */
    steps: errors.length,
    /** Mean absolute errors: each step counts alike, though fewer back-tests reach the later ones. */
    model: mean(errors.map(({ model }) => model)),
    baseline: mean(errors.map(({ baseline }) => baseline)),
    /** The step from which the baseline is better on the whole; null if it is nowhere. */
    worseFrom: best === errors.length ? null : best + 1,
  };
}

interface Named {
  readonly timeColumn: string;
  readonly by: readonly string[];
}

function repeated({ season }: AgainstNaive): string {
  return `the last ${season === 1 ? "value" : `${season} values`} repeated`;
}

/** "mean absolute error 13.8, of the last 7 values repeated 14.3". */
export function comparison(found: AgainstNaive): string {
  const { model, baseline } = found;
  return `mean absolute error ${formatNumber(model)}, of ${repeated(found)} ${formatNumber(baseline)}`;
}

/** @returns a warning if the model is the worse of the two, with the settings that train the better one */
export function worseThanNaive(found: AgainstNaive, { timeColumn, by }: Named): string[] {
  const { season, model, baseline, worseFrom, steps } = found;
  if (model <= baseline || worseFrom === null) return [];
  const [near, shorten] =
    worseFrom === 1
      ? ["at every step", ""]
      : [`from step ${worseFrom} on`, `shorten --horizon to ${worseFrom - 1}, or `];
  const lag = { type: "lag", ...(by.length > 0 && { by }) };
  const settings = {
    time_column: timeColumn,
    features: [lag],
    train: { models: [{ family: season === 1 ? "naive" : "seasonal_naive" }] },
  };
  const advice = `${shorten}train with ${JSON.stringify(settings)} and predict with \`--model latest\``;
  return [
    `the model is worse than ${repeated(found)}, ${near}: ${comparison(found)} over ${counted(steps, "step")} of the back-tests; ${advice}`,
  ];
}
