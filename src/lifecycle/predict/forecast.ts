/** predict --horizon: continues each series by several steps, with intervals from a back-test. */
import { extname } from "node:path";
import { dateText, MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { MlctlError, recover } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { cellText } from "../../core/table/table.ts";
import { timesOf } from "../../features/seriesState.ts";
import { backTest, type BackTest } from "../../pipeline/predict/backTest.ts";
import { forecaster } from "../../pipeline/predict/forecaster.ts";
import { forecastPlot } from "../../plots/forecast.ts";
import { renderPng, renderSvg } from "../../plots/render.ts";
import { extentOf } from "../../stats/descriptive.ts";
import { stepName } from "../../stats/timeStep.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { predictionIds } from "../../storage/predictionLog/logReader.ts";
import { namedOrDeployed, type LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { readTestData } from "../testData.ts";
import { againstNaive, comparison, worseThanNaive, type AgainstNaive } from "./againstNaive.ts";
import { forecastHistory, modelToTestBack, type ForecastHistory } from "./forecastHistory.ts";
import { boundNames, intervalsOf, requireLevels, type Intervals } from "./forecastIntervals.ts";
import { continuedSeries, futureRows, type ContinuedSeries, type Future } from "./futureRows.ts";
import type { RowFormat } from "./inputStream.ts";
import type { PredictOptions } from "./predict.ts";
import { addedColumns, NOT_FINITE } from "./predictedValues.ts";
import { rowLog } from "./rowLog.ts";
import { checkPlaces, rowSink } from "./rowSink.ts";

export interface ForecastOptions extends Pick<PredictOptions, "output" | "stdout" | "model"> {
  readonly horizon: number;
  readonly levels: readonly number[];
  /** File with the inputs that a date does not give. */
  readonly rows?: string | undefined;
  readonly plot?: string | undefined;
  /** Leaves out series that cannot be continued, instead of stopping. */
  readonly guard: boolean;
  readonly format: RowFormat;
  readonly log: boolean;
  readonly csvSafe: boolean;
}

/** @throws {MlctlError} kind "usage" or "data" if a series cannot be continued, or an input of its rows is not known */
export async function forecast(session: Session, options: ForecastOptions) {
  checkOptions(options);
  const { horizon, levels, output, plot } = options;
  const { emit, now } = session.context;
  const loaded = await namedOrDeployed(session, options.model, "mlctl deploy, or predict with --model latest");
  const history = await forecastHistory(session, loaded);
  const { series, warnings } = continuedSeries(history, options);
  const future = await futureRows(session, history, series, { horizon, rows: options.rows });
  const predicted = forecaster(history.model)(future);
  if (!predicted.every(Number.isFinite)) throw new MlctlError("data", NOT_FINITE);
  const tested = await testBack(session, loaded, { history, series, horizon });
  const intervals = intervalsOf(tested, future, { predicted, levels });
  const against = tested && againstNaive(tested, series);
  warnings.push(...intervals.warnings, ...(against === undefined ? [] : worseThanNaive(against, history)));
  warnings.push(...(await laterTestRows(session, history)));
  const forecasted = { history, series, future, predicted, intervals, levels, against };
  const ids = options.log ? Array.from(predicted, predictionIds(now().getTime())) : null;
  const forecasts = outputRows(forecasted, ids);
  warnings.push(...forecasts.notes);
  await write(forecasts, options);
  // Only now: the log has no prediction that nobody received.
  const log = ids === null ? null : await logged(session, loaded, forecasted, ids);
  if (plot !== undefined) await draw(plot, forecasted);
  if (log?.problem) warnings.push(log.problem);
  for (const message of warnings) emit({ type: "warning", stage: "predict", message });
  const times = future.times.toSorted((a, b) => a - b);
  return {
    runId: loaded.run?.runId ?? null,
    modelSha256: loaded.sha256,
    output,
    plot: plot ?? null,
    rows: predicted.length,
    series: series.length,
    horizon,
    levels,
    /** Found in the times: "daily", "monthly". */
    steps: [...new Set(series.map(({ step }) => stepName(step)))],
    from: dateText(times[0]!),
    to: dateText(times.at(-1)!),
    /** Number of instants from which the forecast was repeated for the intervals. */
    backTests: tested?.origins ?? 0,
    /** Mean absolute errors of the back-tests; null without them. */
    againstNaive: against ?? null,
    logged: log?.logged ?? null,
    warnings,
  };
}

function checkOptions({ horizon, levels, output, plot, rows }: ForecastOptions): void {
  if (horizon < 1) throw wrong(`--horizon is ${horizon}`, "forecast at least one step: --horizon 14");
  requireLevels(levels);
  if (plot !== undefined && ![".svg", ".png"].includes(extname(plot).toLowerCase()))
    throw wrong(`--plot ${plot} is neither .svg nor .png`, "mlctl predict --horizon 14 --plot forecast.svg");
  checkPlaces({ "--rows": rows }, { "the output": output, "--plot": plot });
}

function wrong(message: string, hint: string): MlctlError {
  return new MlctlError("usage", message, { hint });
}

async function testBack(
  session: Session,
  loaded: LoadedModel,
  { history, ...asked }: Pick<Forecasted, "history" | "series"> & { readonly horizon: number },
): Promise<BackTest | undefined> {
  const tested = await modelToTestBack(session, loaded, history);
  if (tested === undefined) return undefined;
  const { signal, emit } = session.context;
  const onProgress = (share: number): void =>
    emit({ type: "progress", stage: "back-test", done: 100 * share, total: 100, unit: "%" });
  return backTest(tested.model, { ...history, ...asked, from: tested.from, signal, onProgress });
}

/** A warning about test rows that are later than the rows that the forecast continues. */
async function laterTestRows(session: Session, { model, time, timeColumn }: ForecastHistory): Promise<string[]> {
  const test = await readTestData(session, [model]).catch(recover(() => undefined));
  const column = test && timesOf(test.table, timeColumn);
  const [[, last], [, later]] = [extentOf(time), extentOf(column?.values ?? [])];
  if (later <= last) return [];
  return [
    `the forecast begins after the last ingested row, ${dateText(last)}, but the test rows go on to ${dateText(later)}: to begin after them, ingest them too`,
  ];
}

async function write(
  { columns, cells }: ReturnType<typeof outputRows>,
  { output, stdout, format, csvSafe }: ForecastOptions,
): Promise<void> {
  const sink = rowSink(output, stdout, { format, bareEmpty: true, formulaSafe: csvSafe });
  try {
    await sink.write(columns, cells);
    await sink.close();
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

async function logged(
  session: Session,
  loaded: LoadedModel,
  { future, predicted }: Forecasted,
  ids: readonly string[],
) {
  const next = ids.values();
  const log = rowLog(session, loaded, { source: "forecast", nextId: () => next.next().value! });
  const { columns } = future.table;
  const cells = Array.from(predicted, (_, row): Json[] =>
    columns.map((column) => (column.kind === "number" ? column.values[row]! : cellText(column, row))),
  );
  const names = columns.map(({ name }) => name);
  const added = Array.from(predicted, (value) => [value]);
  await log.add({ columns: names, cells }, added);
  return log.close();
}

interface Forecasted {
  readonly history: ForecastHistory;
  readonly series: readonly ContinuedSeries[];
  readonly future: Future;
  readonly predicted: Float64Array;
  readonly intervals: Intervals;
  readonly levels: readonly number[];
  readonly against: AgainstNaive | undefined;
}

/** `forecast_step` marks the rows as forecasts. */
function outputRows(
  { history: { by, timeColumn }, series, future, predicted, intervals, levels }: Forecasted,
  ids: readonly string[] | null,
) {
  // One form for the whole column: dates if every time is midnight.
  const areDates = future.times.every((time) => time % MILLISECONDS_A_DAY === 0);
  const textOf = (time: number): string => (areDates ? dateText(time) : new Date(time).toISOString());
  const own = [...by, timeColumn];
  const names = ["forecast_step", "prediction", ...levels.flatMap(boundNames)];
  const added = addedColumns(ids === null ? names : [...names, "prediction_id"]);
  const cells = Array.from(predicted, (value, row): Json[] => [
    ...series[future.seriesOf[row]!]!.key,
    textOf(future.times[row]!),
    future.steps[row]!,
    value,
    ...intervals.bounds[row]!.flatMap((bounds) => bounds ?? [null, null]),
    ...(ids === null ? [] : [ids[row]!]),
  ]);
  return { columns: [...own, ...added.beside(own)], cells, notes: added.notes() };
}

async function draw(
  path: string,
  { history, series, future, predicted, intervals, levels, against }: Forecasted,
): Promise<void> {
  const { time, y, model } = history;
  const drawn = series.map(({ name, rows, step }, at) => ({
    name,
    step: stepName(step),
    known: rows.map((row) => ({ at: time[row]!, value: y[row]! })),
    forecast: future.times.flatMap((each, row) =>
      future.seriesOf[row] === at ? [{ at: each, value: predicted[row]!, bounds: intervals.bounds[row]! }] : [],
    ),
  }));
  const tested = against && `back-tests: ${comparison(against)}`;
  const spec = forecastPlot(model.signature.target.name, levels, drawn, tested);
  atomicWrite(path, /\.png$/i.test(path) ? await renderPng(spec) : await renderSvg(spec));
}
