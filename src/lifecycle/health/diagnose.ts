/** diagnose: checks the deployed model, the newest data and its drift, packages and recorded files. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { finding, type Finding } from "../../core/records/monitoring.ts";
import { inTurns } from "../../core/inTurns.ts";
import { parseJson } from "../../core/json.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import { selectRows, type Column, type Table } from "../../core/table/table.ts";
import { conformTable } from "../../pipeline/rows/conformTable.ts";
import { degenerate } from "../../pipeline/judge/baselineEvaluation.ts";
import { predictionColumn } from "../../pipeline/rows/encodeLabels.ts";
import { historyGaps } from "../../features/compileTransforms.ts";
import { predictor } from "../../pipeline/predict/predictor.ts";
import { rowsInReach } from "../../pipeline/rows/rowsInReach.ts";
import { quantileSorted } from "../../stats/descriptive.ts";
import { sampledRows } from "../../stats/samplePositions.ts";
import { batchDrift, newestRows } from "./newRows.ts";
import { dataFindings, summarizeInTurns, summaryOf } from "./dataFindings.ts";
import { integrity } from "./verify.ts";
import { namedOrDeployed } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { readDataset } from "../datasets.ts";
import { projectRoot } from "../../core/projectRoot.ts";

/** A sample of more rows tells as much about the predictions. */
const MOST_PREDICTIONS = 100_000;

export type DiagnoseResult = Awaited<ReturnType<typeof diagnose>>;
export type Timing = ReturnType<typeof timing>;

/** @throws {MlctlError} kind "notReady" if nothing is deployed or ingested */
export async function diagnose(session: Session, options: { readonly offline?: boolean } = {}) {
  const { config, store, context } = session;
  const deployed = await namedOrDeployed(session, undefined, "run `mlctl deploy`");
  const dataset = store.latestDataset(config.input_folder_path) ?? store.datasets()[0];
  if (dataset === undefined)
    throw new MlctlError("notReady", "no data has been ingested yet", { hint: "run `mlctl ingest`" });
  const packages = options.offline
    ? Promise.resolve<PackageCheck>({ status: "unknown", reason: "offline", packages: [] })
    : checkPackages(context.signal);
  const [table, files] = await Promise.all([readDataset(session, dataset), integrity(session)]);
  const { column, rows, problem } = predictionsOf(deployed.model, table);
  await nextTurn();
  context.signal.throwIfAborted();
  const fresh = await newestRows(session, deployed.run, { dataset, table });
  const drift = batchDrift(session, { model: deployed.model, table, fresh });
  const summary = await inTurns(summarizeInTurns(table), context.signal);

  return {
    runId: deployed.run?.runId ?? null,
    dataset: { path: dataset.artifact.path, rows: dataset.rows },
    dateColumns: table.columns.filter(({ kind }) => kind === "date").map(({ name }) => name),
    predictions: { rows, values: summaryOf(column) },
    ...summary,
    timing: {
      ingest: timing(store.datasets().map(({ seconds }) => seconds)),
      train: timing(store.secondsOfTrainings()),
    },
    drift,
    packages: (await packages).packages,
    packageStatus: (await packages).status,
    findings: [
      ...dataFindings(config, dataset, table, { ...deployed.model, drift }),
      finding("predictions", problem === undefined ? "pass" : "warn", problem ?? "predictions vary between rows"),
      ...packageFindings(await packages),
      ...files,
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

/** Durations of past runs in seconds. */
function timing(newestFirst: readonly number[]) {
  const sorted = Float64Array.from(newestFirst).toSorted();
  if (sorted.length === 0) return { runs: 0, last: null, median: null, maximum: null };
  return { runs: sorted.length, last: newestFirst[0]!, median: quantileSorted(sorted, 0.5), maximum: sorted.at(-1)! };
}

function packageFindings({ status, reason, packages }: PackageCheck): Finding[] {
  const vulnerable = packages.filter(({ vulnerability }) => vulnerability !== null);
  const serious = vulnerable.some(({ vulnerability }) => vulnerability === "high" || vulnerability === "critical");
  const message =
    status === "unknown"
      ? `not checked: ${reason}`
      : `${packages.length - vulnerable.length} outdated, ${vulnerable.length} with a known vulnerability`;
  return [finding("packages", serious ? "warn" : "pass", message, [vulnerable.length, 0])];
}

const TIMEOUT_MILLISECONDS = 20_000;

export interface PackageCheck {
  /** "unknown" if no registry responded; the packages were then not checked. */
  readonly status: "checked" | "unknown";
  readonly reason: string | null;
  readonly packages: readonly (Readonly<Record<"current" | "wanted" | "latest", string | null>> & {
    readonly name: string;
    /** Severity of the worst known vulnerability. */
    readonly vulnerability: string | null;
  })[];
}

/** Never throws: without a network, the status is "unknown". */
export async function checkPackages(signal: AbortSignal): Promise<PackageCheck> {
  const [outdated, audit] = await Promise.all([
    npm<Record<string, { current?: string; wanted?: string; latest?: string }>>("outdated", signal),
    npm<{ vulnerabilities?: Record<string, { severity: string }> }>("audit", signal),
  ]);
  if (outdated === null) return { status: "unknown", reason: "no package registry responded", packages: [] };
  const vulnerable = audit?.vulnerabilities ?? {};
  const names = [...new Set([...Object.keys(outdated), ...Object.keys(vulnerable)])].toSorted();
  const reason = audit === null ? "the registry did not report vulnerabilities" : null;
  return {
    status: "checked",
    reason,
    packages: names.map((name) => {
      const { current = null, wanted = null, latest = null } = outdated[name] ?? {};
      return { name, current, wanted, latest, vulnerability: vulnerable[name]?.severity ?? null };
    }),
  };
}

/** npm's JSON output; null if it fails. Exit code 1 with output means that there are findings. */
function npm<T extends object>(command: string, signal: AbortSignal): Promise<T | null> {
  const limits = { signal, timeout: TIMEOUT_MILLISECONDS, maxBuffer: 64 << 20 };
  const options = { ...limits, cwd: fileURLToPath(projectRoot), shell: process.platform === "win32" };
  return new Promise((resolve) => {
    execFile("npm", [command, "--json", "--omit=dev", "--fetch-retries=0"], options, (error, stdout) => {
      // npm prints plain text if it cannot start.
      const output = parseJson(stdout.trim() || "{}") as (T & { error?: unknown }) | undefined;
      const failed = output?.error !== undefined || (error !== null && typeof error.code !== "number");
      resolve(failed ? null : (output ?? null));
    });
  });
}
