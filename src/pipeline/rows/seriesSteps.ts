/** The series of a table and the steps of their times. */
import type { History } from "../../core/history.ts";
import type { TransformRequest } from "../../core/transform.ts";
import { groupSeries, seriesName } from "../../features/seriesState.ts";
import { seasonOf, stepName, timeStep, type FoundStep, type TimeStep } from "../../stats/timeStep.ts";

export interface TimedSeries {
  readonly key: readonly string[];
  /** In messages; empty if the table is one series. */
  readonly name: string;
  /** Epoch milliseconds of its rows, ascending, each once. */
  readonly times: Float64Array;
  /** The step, or why there is none. */
  readonly found: FoundStep | string;
}

/** Rows without a time or without a value of `by` belong to no series. */
export function timedSeries({ time, columns }: History, by: readonly string[]): TimedSeries[] {
  return groupSeries(columns, by).map(({ key, rows }) => {
    const known = Float64Array.from(rows, (row) => time[row]!).filter((each) => !Number.isNaN(each));
    const times = known.toSorted().filter((each, i, all) => i === 0 || each > all[i - 1]!);
    const twice = times.length < known.length;
    return {
      key,
      name: seriesName(by, key),
      times,
      found: twice ? "some times occur more than once" : timeStep(times),
    };
  });
}

/** The columns of "by" in a list of transforms: together they tell the series apart. */
export function requestedBy(requests: readonly TransformRequest[]): string[] {
  return [
    ...new Set(requests.flatMap(({ options }) => (Array.isArray(options["by"]) ? options["by"].map(String) : []))),
  ];
}

/** The step of at least half of the series; undefined if there is none. */
export function commonStep(series: readonly TimedSeries[]): TimeStep | undefined {
  const steps = series.flatMap(({ found }) => (typeof found === "string" ? [] : [found.step]));
  const groups = [...Map.groupBy(steps, stepName).values()].toSorted((a, b) => b.length - a.length);
  const [most] = groups;
  return most !== undefined && most.length * 2 >= series.length ? most[0] : undefined;
}

/** See TargetSeries. */
export function commonSeason(history: History | undefined, by: readonly string[]): number | null {
  const step = history === undefined ? undefined : commonStep(timedSeries(history, by));
  return step === undefined ? null : seasonOf(step);
}
