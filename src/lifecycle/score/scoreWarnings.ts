/** Warnings about a score: too few rows, rows that the model knows, rows of another time, a gap to the validation rows. */
import { parseRecorded } from "../../config/configSha256.ts";
import type { Config } from "../../config/schema/schema.ts";
import { recover } from "../../core/errors.ts";
import type { Run, ScoreRecord } from "../../core/records/lineage.ts";
import { findColumn, type Table, type Task } from "../../core/table/table.ts";
import { formatNumber, present } from "../../core/text/format.ts";
import { isBaseline } from "../../estimators/findEstimator.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { timeOrder } from "../../pipeline/fit/splitRows.ts";
import { dearerThanConstant, degenerate, worseThanBaseline } from "../../pipeline/judge/baselineEvaluation.ts";
import { copiedRows, wholeRow } from "../../pipeline/leakage/splitDuplicates.ts";
import { unseenNote } from "../../pipeline/rows/rowsInReach.ts";
import { extentOf } from "../../stats/descriptive.ts";
import { readableDataset } from "../datasets.ts";
import type { Judgement } from "../judge.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { pricing } from "../settings.ts";
import { sharedGroups, olderThanTraining } from "../train/inspectData.ts";
import { prepareData } from "../train/trainingData.ts";

type Trained = Pick<LoadedModel, "model" | "run">;
type Scored = Pick<ScoreRecord, "metric" | "value" | "interval" | "baseline" | "naive" | "rows">;

/** @returns the warnings, and the number of test rows that are copies of training or validation rows; null if unknown */
export async function scoreWarnings(session: Session, { model, run }: Trained, judged: Judgement, scored: Scored) {
  const { evaluation, withoutHistory, unseenSeries, metrics, baseline, table: test } = judged;
  const { classes, name: target } = model.signature.target;
  const known = await knownTestRows(session, { model, run }, test);
  const ingested = known?.ingested;
  const problem = degenerate(evaluation, classes);
  const { rows } = scored;
  const [only] = evaluation.yTrue;
  const isConstant = rows > 1 && evaluation.yTrue.every((value) => value === only);
  const warnings = present([
    sampleSizeWarning(scored, evaluation.task),
    isConstant &&
      (classes === undefined
        ? `all ${rows} test rows have ${formatNumber(only!)} in "${target}", so no model can be better than the baseline`
        : `all ${rows} test rows are "${classes[only!]}": metrics of the other classes are 0 or undefined; add such rows`),
    isConstant
      ? undefined
      : (almostPerfect(metrics, target, rows) ??
        (run === null ? undefined : almostPerfect(run.metrics, target, run.validationRows, " on the validation rows"))),
    withoutHistory.count === 0 &&
      withoutHistory.reason !== "" &&
      `all test rows look back across a gap: ${withoutHistory.reason}`,
    withoutHistory.count > 0 &&
      `test rows not scored because the model's history does not reach them: ${withoutHistory.count}, first: ${withoutHistory.reason}`,
    ...unseenNote(unseenSeries),
    ...(known === undefined ? unknownCopies(run) : copiesWarnings(known, rows, run!.validationRows)),
    problem !== undefined && `the model is degenerate: ${problem}`,
    ...(isBaseline(model.estimator.family)
      ? []
      : [
          worseThanBaseline(metrics, baseline, { task: evaluation.task, metric: run?.metric }),
          worseThanNaive(scored, evaluation.task),
          dearerThanConstant(judged, pricing(session.config, model.signature.target)),
        ]),
    ...(ingested === undefined ? [] : sharedGroups(session.config, model.signature, { ingested, test })),
    ...(ingested === undefined ? [] : olderThanTraining(test, ingested, session.config.time_column)),
    ...(run === null ? [] : validationGap(scored, run, { test, ingested })),
  ]);
  return { warnings, copiedRows: known?.training.length ?? null, copiedValidationRows: known?.validation ?? null };
}

function worseThanNaive({ metric, value, naive }: Scored, task: Task): string | undefined {
  const other = naive?.metrics[metric] ?? null;
  if (value === null || other === null || value > other === findMetric(metric, task).greaterIsBetter) return undefined;
  if (value === other) return undefined;
  return `the model is worse than ${naive!.family}, which repeats an earlier value: ${metric} ${formatNumber(value)} vs ${formatNumber(other)}`;
}

/** From here on, columns more likely contain the target than predict it. */
const ALMOST_PERFECT = 0.999;

/** @returns a warning, because several columns together can give the target away where no single one does */
export function almostPerfect(
  metrics: ScoreRecord["metrics"],
  target: string,
  rows: number,
  where = "",
): string | undefined {
  const name = ["r2", "roc_auc", "mcc"].find((each) => (metrics[each] ?? 0) >= ALMOST_PERFECT);
  if (name === undefined || rows < FEW_ROWS) return undefined;
  return `${name} ${metrics[name]!.toFixed(5)} is almost perfect${where}: check that all columns are known before "${target}" is (the report shows which matter most)`;
}

/** Why copies of training rows were not looked for. */
export function unknownCopies(run: Run | null): string[] {
  if (run === null) return [];
  return [
    `whether test rows are copies of training rows is not known: the dataset of run ${run.runId} is gone or has changed`,
  ];
}

/** Share of validation rows among the test rows from which the score is no independent one. */
const MANY_VALIDATION_ROWS = 0.1;

function copiesWarnings(known: KnownRows, rows: number, validationRows: number): string[] {
  const { validation, compared } = known;
  const training = known.training.length;
  const isMany = validation >= MANY_VALIDATION_ROWS * rows;
  const few = isMany || validation === 0 ? "" : ` and ${validation} of validation rows`;
  const copies = `${training} of ${rows} test rows are copies of training rows${few}: ${compared} are equal`;
  const meaning = validation === rows && rows === validationRows ? "repeats" : "partly repeats";
  return present([
    (training > 0 || few !== "") && copies,
    isMany &&
      validation > 0 &&
      `${validation} of ${rows} test rows are validation rows of the model, so the score ${meaning} the validation score: for an independent score, test on rows that were not ingested`,
  ]);
}

/** With fewer rows there is always a warning, because bootstrap intervals of so few rows are too narrow. */
const FEW_ROWS = 30;
/** Difference between models that a test set should detect: half the interval must not be wider. */
const DIFFERENCE = 0.05;
/** Half interval widths from which rows are "far too few" and "too few". */
const FAR_TOO_FEW = 0.2;
const TOO_FEW = 0.1;
/** 1.96² · 0.25 / 0.05²: rows needed for a share of one half. Used if the interval has width 0. */
const ROWS_FOR_A_SHARE = 384;

/**
 * Whether there are too few test rows to compare models. The width of an interval shrinks with the square root of the
 * number of rows, which gives the number needed. Regression errors are compared relative to the error.
 * @returns one sentence, or undefined if there are enough rows
 */
export function sampleSizeWarning(
  { metric, value, interval, rows }: Omit<Scored, "baseline" | "naive">,
  task: Task,
): string | undefined {
  const { label, greaterIsBetter } = findMetric(metric, task);
  const isShare = task !== "regression" && greaterIsBetter;
  const unit = isShare ? 1 : Math.abs(value ?? 0);
  if (value === null || interval === null || unit === 0) {
    return rows < FEW_ROWS ? `${tooFew(rows, "far too few")}: ${label} has no confidence interval` : undefined;
  }
  const half = (interval[1] - interval[0]) / 2 / unit;
  const isFar = half >= FAR_TOO_FEW && (isShare || rows < FEW_ROWS);
  if (!isFar && rows >= FEW_ROWS && (half < TOO_FEW || !isShare)) return undefined;
  const word = isFar ? "far too few" : "too few";
  const needed = half === 0 ? ROWS_FOR_A_SHARE : Math.max(FEW_ROWS, Math.ceil(rows * (half / DIFFERENCE) ** 2));
  const difference = isShare ? String(DIFFERENCE) : `${DIFFERENCE * 100} %`;
  return `${tooFew(rows, word)}: ${label} ${range(interval)} (95 % interval); about ${rounded(needed)} rows are needed to detect a difference of ${difference}`;
}

function tooFew(rows: number, word: string): string {
  return `${rows} test ${rows === 1 ? "row is" : "rows are"} ${word} to compare models`;
}

function range([low, high]: readonly [number, number]): string {
  if (low === high) return `is ${formatNumber(low)} in every bootstrap sample`;
  const shown = [2, 3, 4].map((digits) => [low, high].map((end) => String(Number(end.toPrecision(digits)))));
  return `is between ${(shown.find(([from, to]) => from !== to) ?? shown[0]!).join(" and ")}`;
}

/** Rounds up to two significant digits. */
function rounded(rows: number): string {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1);
  return (Math.ceil(rows / power) * power).toLocaleString("en-US");
}

/** Gap from which a score is far worse: absolute for metrics between 0 and 1, else as a share of the validation value. */
const GAP = 0.1;
const RELATIVE_GAP = 0.25;
/** Share of the baseline's error, which has the size and unit of the target: below it, errors are zero but for rounding. */
const ROUNDING = 1e-9;

type Validated = Pick<Run, "metrics" | "task" | "validationRows">;

/**
 * Reports a score that is far worse than on the validation rows, and test rows that are all later than the ingested ones.
 * @param ingested all rows of the run's dataset; undefined if the file is gone
 */
export function validationGap(
  scored: Scored,
  run: Validated & Pick<Run, "config">,
  { test, ingested }: { readonly test: Table; readonly ingested: Table | undefined },
): string[] {
  const config = parseRecorded(run.config);
  const later = ingested === undefined ? undefined : laterIn(test, ingested, config);
  const because =
    later === undefined
      ? undefined
      : `the test rows are all later in "${later}" than the ingested rows, but the validation rows were chosen at random: set "time_column": "${later}"`;
  const gap = gapOf(scored, run);
  // A configured split that suits the rows needs no warning.
  if (gap === undefined) return because === undefined || config?.train.split.method !== null ? [] : [because];
  return [
    `${gap}: ${because ?? "the test rows differ from the ingested rows, see `mlctl diagnose`, or rows that belong together are on both sides of the split"}`,
  ];
}

/** The validation value has no interval: its uncertainty is that of the test value, scaled to the number of rows. */
function gapOf({ metric: name, value, interval, baseline, rows }: Scored, run: Validated): string | undefined {
  const { metrics, task, validationRows } = run;
  const validation = metrics[name] ?? null;
  if (value === null || validation === null || interval === null || validationRows === 0) return undefined;
  const { greaterIsBetter, unbounded } = findMetric(name, task);
  const gap = greaterIsBetter ? validation - value : value - validation;
  const noise = ((interval[1] - interval[0]) / 2) * Math.sqrt(1 + rows / validationRows);
  const least = Math.max(RELATIVE_GAP * Math.abs(validation), ROUNDING * Math.abs(baseline[name] ?? 0));
  if (gap < (unbounded ? least : GAP) || gap <= noise) return undefined;
  return `${name} is far worse on the test rows (${formatNumber(value)}) than on the validation rows (${formatNumber(validation)})`;
}

/** A date column in which every test row is later than every ingested row, if the run was not split by time. */
function laterIn(test: Table, ingested: Table, config: Config | undefined): string | undefined {
  if (config === undefined || config.time_column !== null || config.train.split.method === "time") return undefined;
  const column = ingested.columns.find(({ name }) => isLater(test, ingested, name));
  // Without a configured split, rows in the order of a time are split by it.
  const isByTime = config.train.split.method === null && timeOrder(ingested) !== undefined;
  return isByTime ? undefined : column?.name;
}

function isLater(test: Table, ingested: Table, name: string): boolean {
  const [own, others] = [findColumn(test, name), findColumn(ingested, name)];
  if (own?.kind !== "date" || others?.kind !== "date") return false;
  const [, latest] = extentOf(others.values);
  return latest > -Infinity && own.values.every((time) => time > latest);
}

export type KnownRows = NonNullable<Awaited<ReturnType<typeof knownTestRows>>>;

/** @returns positions of copies of training rows, number of copies of validation rows alone; undefined if the training data is gone */
export async function knownTestRows(session: Session, { model, run }: Trained, table: Table) {
  const dataset = run === null ? undefined : session.store.dataset(run.datasetId);
  const ingested = await readableDataset(session, dataset);
  if (ingested === undefined) return undefined;
  const whole = wholeRow(ingested, model.signature.target.name);
  const names = whole.filter((name) => findColumn(table, name) !== undefined);
  const all = copiedRows(table, ingested, names);
  // The split takes time, so it is repeated only if there are copies.
  const training = all.length === 0 ? all : copiedRows(table, (await trainedRows(session, run))!, names);
  const { length: columns } = names;
  const compared = columns === whole.length ? `all ${columns} columns` : `the ${columns} columns that both have`;
  return { ingested, names, training, validation: all.length - training.length, compared };
}

/** The training rows of the run, all if its split cannot be reproduced; undefined if its dataset is gone. */
export async function trainedRows(session: Session, run: Run | null): Promise<Table | undefined> {
  const dataset = run === null ? undefined : session.store.dataset(run.datasetId);
  // Fitted again, it has learned the validation rows too.
  const config = run?.refitRows === undefined ? parseRecorded(run?.config) : undefined;
  const data = config && dataset && prepareData({ ...session, config }, dataset).catch(recover(() => undefined));
  return (await data)?.parts().tables.training ?? readableDataset(session, dataset);
}
