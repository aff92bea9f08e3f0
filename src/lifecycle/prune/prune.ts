/** prune: deletes what nothing needs and `retention` of config.json does not keep. */
import { statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { deploymentIsLost } from "../../storage/deployment/currentDeployment.ts";
import { pruneRelease } from "../../storage/deployment/repairDeployment.ts";
import { forgetRecords } from "../../storage/store/saveRecord.ts";
import { recordPath, recordId, type WorkspaceRecord } from "../../storage/records/records.ts";
import { toRecordPath, fromRecordPath } from "../../storage/files/workspacePaths.ts";
import type { Session } from "../session.ts";
import type { Config } from "../../config/schema/schema.ts";
import { daysBefore } from "../../core/text/format.ts";
import { lastExecutions } from "../../core/records/execution.ts";
import { actualStatus } from "../../storage/records/recordFiles.ts";
import {
  datasetsOf,
  executionsOf,
  filesOf,
  looseFiles,
  recordsOnly,
  releasesOf,
  trainingsOf,
  unrecordedFilesOf,
  type PruneCandidate,
} from "./pruneCandidates.ts";
import type { Dataset, Deployment, Run } from "../../core/records/lineage.ts";
import { openLogReader } from "../../storage/predictionLog/sqliteReader.ts";

/** Items that are forgotten at a time: Ctrl-C ends between two. */
const TOGETHER = 200;

/** @throws {MlctlError} kind "data" if a record is missing or unreadable, because it may reference what looks unneeded */
export async function prune(session: Session, { dryRun }: { readonly dryRun: boolean }) {
  await requireReadableRecords(session);
  const { items, kept } = await planPrune(session);
  const described = items.map((item) => describe(session, item));
  if (!dryRun) {
    // All but releases go together, because each change of the index looks for what nothing refers to any more.
    for (let done = 0; done < items.length;) {
      session.context.signal.throwIfAborted();
      const { release } = items[done]!;
      const isEnd = (item: PruneItem, at: number): boolean =>
        at > done && (release !== undefined || item.release !== undefined || at === done + TOGETHER);
      const end = items.findIndex(isEnd);
      const chunk = items.slice(done, end < 0 ? items.length : end);
      const [records, files] = [chunk.flatMap((item) => item.records), chunk.flatMap((item) => item.files)];
      if (release === undefined) await forgetRecords(session, { records, files });
      else await pruneRelease(session, release, session.context.now().toISOString());
      done += chunk.length;
      session.context.emit({ type: "progress", stage: "prune", done, total: items.length, unit: "items" });
    }
  }
  const kinds = pruneKinds.map((kind) => {
    const of = described.filter((item) => item.kind === kind);
    return { kind, removed: of.length, kept: kept[kind] ?? 0, bytes: sum(of) };
  });
  return { dryRun, items: described, bytes: sum(described), kinds };
}

async function requireReadableRecords({ paths, records, store }: Session): Promise<void> {
  if (deploymentIsLost(paths.production)) {
    const message = "nothing was pruned: deployment.json is missing, so the model in production is unknown";
    throw new MlctlError("data", message, { hint: "restore it from a backup, or run `mlctl deploy`" });
  }
  const { problems } = await records.changes(store.knownRecords());
  if (problems.length === 0) return;
  const what = `${problems.length} records cannot be read, so the files that they need are unknown`;
  throw new MlctlError("data", `nothing was pruned: ${what}`, {
    details: problems.map(({ error }) => error.message),
    hint: "run `mlctl verify` to list them, and repair them first",
  });
}

function describe({ paths }: Session, { kind, id, createdAt, records, files }: PruneItem) {
  const all = [...records.map((record) => toRecordPath(paths.workspace, recordPath(paths, record))), ...files];
  // A missing file counts as 0.
  const sizes = all.map(
    (file) => statSync(fromRecordPath(paths.workspace, file), { throwIfNoEntry: false })?.size ?? 0,
  );
  return { kind, id, createdAt, files: all, bytes: sizes.reduce((total, size) => total + size, 0) };
}

function sum(items: readonly { readonly bytes: number }[]): number {
  return items.reduce((total, { bytes }) => total + bytes, 0);
}

const pruneKinds = [
  "deployments",
  "models",
  "datasets",
  "trials",
  "monitoring",
  "reports",
  "executions",
  "leftovers",
] as const;

type PruneKind = (typeof pruneKinds)[number];

interface PruneItem extends PruneCandidate {
  readonly kind: PruneKind;
}

/** @returns the items to delete, in order, and the number of kept ones by kind */
async function planPrune(session: Session) {
  // Read once: there can be ten thousand.
  const [runs, allDatasets] = [session.store.runsInBrief(), session.store.datasets()];
  const known = { runs, datasets: allDatasets };
  const { inForce, candidates, left } = releasesOf(session);
  const releases = choose(session, "deployments", candidates, ({ release }) => inForce.has(release!.deploymentId));
  const goneReleases = new Set(releases.items.map(({ release }) => release));
  const deployments = candidates.flatMap(({ release }) => (goneReleases.has(release) ? [] : [release]));
  const needed = await neededBy(session, deployments, known);
  const trainings = choose(session, "models", trainingsOf(runs), (item) => needed.trainIds.has(item.id));
  const goneRuns = new Set(
    trainings.items.flatMap(({ records }) => records.flatMap((record) => (record.kind === "run" ? record.runId : []))),
  );
  const neededDatasets = needed.datasetIds(goneRuns);
  const datasets = choose(session, "datasets", datasetsOf(allDatasets, session), ({ id }) => neededDatasets.has(id));
  const executions = session.store.executions();
  const last = lastExecutions(executions);
  const others = [
    choose(session, "trials", recordsOnly(session.store.searches()), ({ records }) =>
      records.some((record) => record.kind === "search" && needed.trainIds.has(record.trainId)),
    ),
    choose(session, "monitoring", recordsOnly(session.store.monitorings()), () => false),
    choose(session, "executions", executionsOf(executions), ({ records }) =>
      records.some((record) => record.kind === "execution" && (actualStatus(record) === "running" || last.has(record))),
    ),
  ];
  const chosen = [trainings, datasets, ...others];
  const gone = new Set(chosen.flatMap(({ items }) => items.flatMap(({ records }) => records)));
  for (const { release } of releases.items) gone.add(release!);
  const named = namedFiles(session, [...allDatasets, ...runs, ...session.store.deployments()], gone);
  // Files that are deleted with their record are not loose.
  const deleted = chosen.flatMap(({ items }) => items.flatMap((item) => item.files));
  const files = looseFiles(session.paths, new Set([...named, ...deleted]));
  const reports = reportKinds.map((pattern) => {
    const matching = files.filter(({ id }) => pattern.test(id));
    return choose(session, "reports", matching, ({ id }) => needed.reportStamps.some((stamp) => id.includes(stamp)));
  });
  const leftovers = files
    .filter(({ id }) => leftover.test(id))
    .concat(left)
    .map((item) => ({ ...item, kind: "leftovers" as const }));
  const all = [releases, ...chosen, ...reports];
  const items = all.flatMap((choice) => choice.items);
  const unnamed = items.map((item) => ({ ...item, files: item.files.filter((file) => !named.has(file)) }));
  const kept: Partial<Record<PruneKind, number>> = {};
  for (const choice of all) kept[choice.kind] = (kept[choice.kind] ?? 0) + choice.kept;
  return { items: [...unnamed, ...leftovers], kept };
}

/** Chooses the candidates to delete: not among the newest, old enough, and not needed. */
function choose(
  { config, context }: Session,
  kind: Exclude<PruneKind, "leftovers">,
  candidates: readonly PruneCandidate[],
  isNeeded: (candidate: PruneCandidate) => boolean,
) {
  const { keep, days }: Config["retention"]["models"] = config.retention[kind];
  if (keep === null && days === null) return { kind, items: [], kept: candidates.length };
  const oldest = days === null ? undefined : daysBefore(context.now(), days);
  const items = candidates
    .toSorted((a, b) => (a.createdAt === b.createdAt ? 0 : a.createdAt < b.createdAt ? 1 : -1))
    .slice(keep ?? 0)
    .filter((candidate) => {
      const { agesFrom = candidate.createdAt } = candidate;
      return (oldest === undefined || agesFrom < oldest) && !isNeeded(candidate);
    })
    .map((candidate) => ({ ...candidate, kind }));
  return { kind, items, kept: candidates.length - items.length };
}

/** Files that a remaining record names. Two datasets may share a rejected file. */
function namedFiles({ paths }: Session, all: readonly WorkspaceRecord[], gone: ReadonlySet<WorkspaceRecord>) {
  const isGone = new Set([...gone].map(keyOf));
  const remaining = all.filter((record) => !isGone.has(keyOf(record)));
  const extra = remaining.flatMap((record) => (record.kind === "dataset" ? unrecordedFilesOf(record, paths) : []));
  return new Set([...remaining.flatMap(filesOf), ...extra]);
}

function keyOf(record: WorkspaceRecord): string {
  return `${record.kind} ${recordId(record)}`;
}

/** The retention of reports applies to each of these kinds separately. */
const reportKinds = [/^report_.+\.html$/, /^report_.+\.md$/, /\.png$/, /^apireturns_/, /^latestscore_/] as const;

/** Files that a killed training, ingestion or prune left behind. */
const leftover = /^(trainedmodel|finaldata|ingestedfiles)_/;

/** @param deployments the deployments whose releases are kept, newest first */
async function neededBy(
  { store, paths, config, configSha256 }: Session,
  deployments: readonly Deployment[],
  { runs, datasets }: { readonly runs: readonly Run[]; readonly datasets: readonly Dataset[] },
) {
  const predicted = await openLogReader(paths).models();
  const bySha256 = new Map(datasets.map(({ artifact, datasetId }) => [artifact.sha256, datasetId]));
  const ids = new Set(datasets.map(({ datasetId }) => datasetId));
  // By id; if that dataset is gone, one with the same content.
  const datasetOf = (id: string, sha256: string): string | undefined => (ids.has(id) ? id : bySha256.get(sha256));
  // They list the known files, and rows of removed files exist only there.
  const newestDatasets = [...Map.groupBy(datasets, ({ inputFolder }) => inputFolder).values()].map(([first]) => first!);
  const newestHashes = new Set(newestDatasets.map(({ artifact }) => artifact.sha256));
  const runIds = new Set([
    // `mlctl deploy --rollback` and `mlctl lineage` need these.
    ...deployments.map(({ runId }) => runId),
    ...store.aliases().map(({ runId }) => runId),
    ...predicted.runIds,
  ]);
  let own: string | undefined;
  const isNeeded = (run: Run): boolean =>
    runIds.has(run.runId) ||
    run.note !== undefined ||
    (run.model !== null && predicted.sha256s.has(run.model.sha256)) ||
    // Otherwise the next fullprocess would train again on the same data.
    (newestHashes.has(run.datasetSha256) && run.configSha256 === (own ??= configSha256()));
  const needed = runs.filter(isNeeded);
  const newest = store.latestModelRun();
  const kept = newest === undefined ? needed : [...needed, newest];
  const deployed = deployments[0] === undefined ? undefined : store.run(deployments[0].runId);
  return {
    trainIds: new Set(kept.map(({ trainId }) => trainId)),
    reportStamps: [deployed, newest].flatMap((run) => run?.trainId ?? []),
    /** @param goneRuns ids of the runs that will be deleted */
    datasetIds(goneRuns: ReadonlySet<string>): ReadonlySet<string | undefined> {
      const remaining = runs.filter(({ runId }) => !goneRuns.has(runId));
      const known = new Set(runs.map(({ runId }) => runId));
      const lost = deployments.filter(({ runId }) => !known.has(runId));
      return new Set([
        config.monitor.reference,
        ...newestDatasets.map(({ datasetId }) => datasetId),
        ...remaining.map((run) => datasetOf(run.datasetId, run.datasetSha256)),
        ...lost.map(({ datasetSha256 }) => datasetOf("", datasetSha256)),
      ]);
    },
  };
}
