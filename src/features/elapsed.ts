/** Elapsed: the time since earlier rows. */
import { param } from "../core/paramSpec.ts";
import { MILLISECONDS_A_DAY } from "../core/text/format.ts";
import { reach } from "./seriesLookup.ts";
import { lagsOption, seriesTransform } from "./seriesTransform.ts";

const milliseconds = { minutes: 60_000, hours: 3_600_000, days: MILLISECONDS_A_DAY, weeks: 7 * MILLISECONDS_A_DAY };

type ElapsedOptions = { readonly lags: readonly number[]; readonly unit: keyof typeof milliseconds };

/** `elapsed_<k>`: the time since the k-th last row with a value in the target (or in `column`). */
export const elapsed = seriesTransform<ElapsedOptions, ElapsedOptions>({
  type: "elapsed",
  description: "adds the time since earlier rows, by time_column",
  options: [
    lagsOption,
    param("unit", { type: "choice", default: "days", choices: Object.keys(milliseconds) }, "unit of the result"),
  ],
  isTimesOnly: true,
  fit: ({ lags, unit }) => ({ lags: [...new Set(lags)], unit }),
  names: (_column, { lags }) => lags.map((back) => `elapsed_${back}`),
  load:
    ({ lags, unit }) =>
    (seriesOf, { values: times }) =>
      lags.map((back) => {
        const since = (time: number, row: number): number => {
          const past = seriesOf(row);
          return (time - (past.times[past.before(time) - back] ?? NaN)) / milliseconds[unit];
        };
        return { kind: "number", name: `elapsed_${back}`, values: times.map(since) };
      }),
  depth: ({ lags }) => ({ entries: Math.max(...lags), milliseconds: 0 }),
  gaps({ lags }) {
    const needed = Math.max(...lags);
    return (past, time) => {
      const count = past.before(time);
      return count >= needed ? undefined : `only ${count} of ${needed} rows before it; ${reach(past)}`;
    };
  },
});
