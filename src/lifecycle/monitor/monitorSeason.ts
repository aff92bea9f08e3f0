/** The reference "same_season": the same days of earlier years, from the model's dataset. */
import { MlctlError } from "../../core/errors.ts";
import type { Reference } from "../../core/records/reference.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/duration.ts";
import { referenceOfPrepared, prepareRows, selectPrepared } from "../../monitoring/prepareRows.ts";
import { yearToYear, type Season } from "../../monitoring/driftReport.ts";
import { extentOf } from "../../stats/extentOf.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { PlannedWindow } from "./monitorWindows.ts";
import type { Session } from "../session.ts";
import { readDataset } from "../datasets.ts";

export const SAME_SEASON = "same_season";

/**
 * Offsets, in lengths of the window, of the windows in which years are compared with each other. With k years in one
 * window, 1 in k + 1 comparisons is the most extreme by chance; with five windows, only about 1 in 20.
 */
const NEIGHBOURS = [-2, -1, 0, 1, 2];

/** Maximum offset between these windows, two weeks: further away is another season. */
const MAX_STEP = 14 * MILLISECONDS_A_DAY;

/** Returns null if no earlier year has enough rows of these days. */
export type SeasonOf = (window: PlannedWindow) => Season | null;

/** @throws {MlctlError} kind "usage" without a time column, "notReady" if the model's dataset is unknown */
export async function monitorSeason(session: Session, { model, run }: LoadedModel): Promise<SeasonOf> {
  const { config, store } = session;
  const dataset = run === null ? undefined : store.dataset(run.datasetId);
  if (dataset === undefined) {
    const message = `monitor.reference: ${SAME_SEASON} needs the dataset that the model was trained on`;
    throw new MlctlError("notReady", message, {
      hint: "train a model in this workspace, or use another reference",
    });
  }
  const table = await readDataset(session, dataset);
  const { time_column: timeColumn, serve, monitor, train } = config;
  const history = prepareRows(model, table, { timeColumn, round: serve.round, known: [] });
  const { time } = history;
  if (time === null) {
    throw new MlctlError("usage", `monitor.reference: ${SAME_SEASON} needs a time column`, {
      hint: 'set "time_column" in config.json',
    });
  }
  const { target } = model.signature;
  const referenceTo = (rows: ArrayLike<number>): Reference =>
    referenceOfPrepared(selectPrepared(history, rows), target, { seed: train.seed });
  const rowsIn = rowsByTime(time);
  const [from] = extentOf(time);
  return (window) => {
    const { start, end } = window;
    if (start === null || end === null) return null;
    const yearsAt = (shift: number): Int32Array[] =>
      yearsBefore({ start: start + shift, end: end + shift }, { from, until: start })
        .map(rowsIn)
        .filter((rows) => rows.length >= monitor.minimum_rows);
    const years = yearsAt(0);
    if (years.length === 0) return null;
    const usual = NEIGHBOURS.flatMap((lengths) => {
      const beside = yearsAt(lengths * Math.min(end - start, MAX_STEP));
      if (beside.length < 2) return [];
      return beside.map((rows, left) => {
        const others = referenceTo(joined(beside.filter((_, year) => year !== left)));
        return yearToYear(selectPrepared(history, rows), others, target);
      });
    });
    return { reference: referenceTo(joined(years)), usual };
  };
}

function joined(parts: readonly Int32Array[]): number[] {
  return parts.flatMap((part) => [...part]);
}

interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** The same days of each earlier year, back to `from`; nothing after `until`. */
function yearsBefore(days: Bounds, { from, until }: { readonly from: number; readonly until: number }): Bounds[] {
  const bounds: Bounds[] = [];
  for (let years = 1; yearsEarlier(days.end, years) > from; years++) {
    bounds.push({ start: yearsEarlier(days.start, years), end: Math.min(yearsEarlier(days.end, years), until) });
  }
  return bounds;
}

/** February 29 becomes March 1 in years without it. */
function yearsEarlier(at: number, years: number): number {
  const date = new Date(at);
  return date.setUTCFullYear(date.getUTCFullYear() - years);
}

function rowsByTime(time: Float64Array): (bounds: Bounds) => Int32Array {
  return ({ start, end }) => {
    const rows: number[] = [];
    for (let row = 0; row < time.length; row++) if (time[row]! >= start && time[row]! < end) rows.push(row);
    return Int32Array.from(rows);
  };
}
