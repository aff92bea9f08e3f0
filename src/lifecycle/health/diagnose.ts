/** diagnose: checks the deployed model, the newest data and its drift, packages and recorded files. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { DriftReport, Finding } from "../../core/records/drift.ts";
import { inTurns } from "../../core/inTurns.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { conformTable } from "../../pipeline/rows/conformTable.ts";
import { degenerate } from "../../pipeline/judge/degenerate.ts";
import { predictionColumn } from "../../pipeline/rows/predictionColumn.ts";
import { historyGaps } from "../../features/history.ts";
import { predictor } from "../../pipeline/predict/predictor.ts";
import { rowsInReach } from "../../pipeline/rows/rowsInReach.ts";
import { quantileSorted } from "../../stats/quantileSorted.ts";
import { sampledRows } from "../../stats/samplePositions.ts";
import { batchDrift } from "./batchDrift.ts";
import { dataFindings } from "./dataFindings.ts";
import { newestRows } from "./newRows.ts";
import { integrity } from "./verify.ts";
import { namedOrDeployed } from "../loadModel.ts";
import { checkPackages, type PackageCheck } from "./packages.ts";
import type { Session } from "../session.ts";
import {
  summarize,
  summarizeInTurns,
  type CategorySummary,
  type NumberSummary,
  type TableSummary,
} from "./summarize.ts";
import { readDataset } from "../datasets.ts";

/** A sample of more rows tells as much about the predictions. */
const MOST_PREDICTIONS = 100_000;

/** Durations of past runs in seconds; null if there was none. */
export interface Timing {
  readonly runs: number;
  readonly last: number | null;
  readonly median: number | null;
  readonly maximum: number | null;
}

export interface DiagnoseResult extends TableSummary {
  readonly runId: string | null;
  readonly dataset: { readonly path: string; readonly rows: number };
  /** Columns whose values in `summary` are milliseconds. */
  readonly dateColumns: readonly string[];
  /** Summary of the deployed model's predictions for the newest dataset, or for a sample of `rows` of its rows. */
  readonly predictions: { readonly rows: number; readonly values: NumberSummary | CategorySummary };
  /** Recorded durations of ingestions and trainings. */
  readonly timing: { readonly ingest: Timing; readonly train: Timing };
  readonly drift: DriftReport;
  /** Outdated or vulnerable packages; see `packageStatus`, which is "unknown" if no registry responded. */
  readonly packages: PackageCheck["packages"];
  readonly packageStatus: PackageCheck["status"];
  readonly findings: readonly Finding[];
}

/** @throws {MlctlError} kind "notReady" if nothing is deployed or ingested */
export async function diagnose(
  session: Session,
  options: { readonly offline?: boolean } = {},
): Promise<DiagnoseResult> {
  const { config, store, context } = session;
  const deployed = await namedOrDeployed(session, undefined, "run `mlctl deploy`");
  const dataset = store.latestDataset(config.input_folder_path) ?? store.datasets()[0];
  if (dataset === undefined)
    throw new MlctlError("notReady", "no data has been ingested yet", { hint: "run `mlctl ingest`" });
  const packages = options.offline
    ? Promise.resolve<PackageCheck>({ status: "unknown", reason: "offline", packages: [] })
    : checkPackages(context.signal);
  const table = await readDataset(session, dataset);
  const { column, rows, problem } = predictionsOf(deployed.model, table);
  await nextTurn();
  context.signal.throwIfAborted();
  const fresh = await newestRows(session, deployed.run, { dataset, table });
  const drift = batchDrift(session, { model: deployed.model, table, fresh });
  const predicted = { rowCount: rows, columns: [column] };
  const summary = await inTurns(summarizeInTurns(table), context.signal);

  return {
    runId: deployed.run?.runId ?? null,
    dataset: { path: dataset.artifact.path, rows: dataset.rows },
    dateColumns: table.columns.filter(({ kind }) => kind === "date").map(({ name }) => name),
    predictions: { rows, values: summarize(predicted).summary["prediction"]! },
    ...summary,
    timing: timings(session),
    drift,
    packages: (await packages).packages,
    packageStatus: (await packages).status,
    findings: [
      ...dataFindings(config, { table, drift, dataset }),
      predictionFinding(problem),
      ...packageFindings(await packages),
      ...(await integrity(session)),
    ],
  };
}

function predictionsOf(model: Model, table: Table): { column: Column; rows: number; problem: string | undefined } {
  const inputs = conformTable(table, model.signature);
  const within = rowsInReach(model, inputs);
  // Rows that look back need the rows before them.
  const most = historyGaps(model.transforms) === undefined ? MOST_PREDICTIONS : Infinity;
  const places = sampledRows(within.length, most).map((place) => within[place]!);
  const { yPred, probabilities } = predictor(model)(selectRows(inputs, places));
  const { target } = model.signature;
  // The labels of new rows are unknown. Use varied ones, so that constant predictions are reported.
  const varied = Float64Array.from(yPred, (_, row) => row % 2);
  const classCount = target.classes?.length ?? 0;
  const evaluation = { task: target.task, classCount, yTrue: varied, yPred, probabilities };
  const problem = degenerate(evaluation, target.classes);
  return { column: predictionColumn(target, yPred), rows: yPred.length, problem };
}

function timings({ store }: Session): DiagnoseResult["timing"] {
  const trainings = new Map<string, number>();
  for (const { trainId, seconds } of store.runs()) trainings.set(trainId, (trainings.get(trainId) ?? 0) + seconds);
  const newestFirst = [...trainings].toSorted(([a], [b]) => (a < b ? 1 : -1)).map(([, seconds]) => seconds);
  return { ingest: timing(store.datasets().map(({ seconds }) => seconds)), train: timing(newestFirst) };
}

function timing(newestFirst: readonly number[]): Timing {
  const sorted = Float64Array.from(newestFirst).toSorted();
  if (sorted.length === 0) return { runs: 0, last: null, median: null, maximum: null };
  return { runs: sorted.length, last: newestFirst[0]!, median: quantileSorted(sorted, 0.5), maximum: sorted.at(-1)! };
}

function predictionFinding(problem: string | undefined): Finding {
  const message = problem ?? "predictions vary between rows";
  return { name: "predictions", status: problem === undefined ? "pass" : "warn", value: null, limit: null, message };
}

function packageFindings({ status, reason, packages }: PackageCheck): Finding[] {
  const vulnerable = packages.filter(({ vulnerability }) => vulnerability !== null);
  const serious = vulnerable.some(({ vulnerability }) => vulnerability === "high" || vulnerability === "critical");
  const message =
    status === "unknown"
      ? `not checked: ${reason}`
      : `${packages.length - vulnerable.length} outdated, ${vulnerable.length} with a known vulnerability`;
  return [{ name: "packages", status: serious ? "warn" : "pass", value: vulnerable.length, limit: 0, message }];
}
