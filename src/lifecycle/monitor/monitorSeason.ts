/** The reference "same_season": the same days of earlier years, from the model's dataset. */
import { MlctlError } from "../../core/errors.ts";
import type { Reference } from "../../core/records/model.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { referenceOfPrepared, prepareRows, selectPrepared } from "../../monitoring/prepareRows.ts";
import { yearToYear, type Season } from "../../monitoring/driftReport.ts";
import { extentOf } from "../../stats/descriptive.ts";
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
  const referenceTo = (years: readonly Int32Array[]): Reference => {
    const rows = years.flatMap((year) => [...year]);
    return referenceOfPrepared(selectPrepared(history, rows), target, { seed: train.seed });
  };
  const [from] = extentOf(time);
  const all = Int32Array.from(time.keys());
  /** The rows of the same days of each earlier year with enough rows; none after the window begins. */
  const yearsBefore = (start: number, end: number, until: number): Int32Array[] => {
    const found: Int32Array[] = [];
    for (let years = 1; yearsEarlier(end, years) > from; years++) {
      const [low, high] = [yearsEarlier(start, years), Math.min(yearsEarlier(end, years), until)];
      const rows = all.filter((row) => time[row]! >= low && time[row]! < high);
      if (rows.length >= monitor.minimum_rows) found.push(rows);
    }
    return found;
  };
  return ({ start, end }) => {
    if (start === null || end === null) return null;
    const yearsAt = (shift: number): Int32Array[] => yearsBefore(start + shift, end + shift, start);
    const years = yearsAt(0);
    if (years.length === 0) return null;
    const usual = NEIGHBOURS.flatMap((lengths) => {
      const beside = yearsAt(lengths * Math.min(end - start, MAX_STEP));
      if (beside.length < 2) return [];
      return beside.map((rows) => {
        const others = referenceTo(beside.filter((other) => other !== rows));
        return yearToYear(selectPrepared(history, rows), others, target);
      });
    });
    return { reference: referenceTo(years), usual };
  };
}

/** February 29 becomes March 1 in years without it. */
function yearsEarlier(at: number, years: number): number {
  const date = new Date(at);
  return date.setUTCFullYear(date.getUTCFullYear() - years);
}
