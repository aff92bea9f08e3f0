/** Decides what prune deletes and what it keeps. Changes nothing. */
import { statSync } from "node:fs";
import type { Config } from "../../config/schema/schema.ts";
import { daysBefore } from "../../core/text/duration.ts";
import { lastExecutions } from "../../core/records/execution.ts";
import { recordId, type WorkspaceRecord } from "../../storage/records/workspaceRecord.ts";
import { actualStatus } from "../../storage/records/actualStatus.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";
import {
  backupsOf,
  datasetsOf,
  executionsOf,
  filesOf,
  looseFiles,
  monitoringsOf,
  releasesOf,
  searchesOf,
  trainingsOf,
  unrecordedFilesOf,
  type PruneCandidate,
} from "./pruneCandidates.ts";
import { neededBy } from "./neededRecords.ts";
import type { Session } from "../session.ts";

export const pruneKinds = [
  "deployments",
  "models",
  "datasets",
  "trials",
  "monitoring",
  "reports",
  "executions",
  "backups",
  "leftovers",
] as const;

export type PruneKind = (typeof pruneKinds)[number];

export interface PruneItem extends PruneCandidate {
  readonly kind: PruneKind;
}

export interface PrunePlan {
  /** Items to delete, in order. */
  readonly items: readonly PruneItem[];
  /** Number of kept items, by kind. */
  readonly kept: Readonly<Partial<Record<PruneKind, number>>>;
}

export async function planPrune(session: Session): Promise<PrunePlan> {
  const { inForce, candidates, left } = releasesOf(session);
  const releases = choose(session, "deployments", candidates, ({ release }) => inForce.has(release!.deploymentId));
  const goneReleases = new Set(releases.items.map(({ release }) => release));
  const deployments = candidates.flatMap(({ release }) => (goneReleases.has(release) ? [] : [release]));
  const needed = await neededBy(session, deployments);
  const trainings = choose(session, "models", trainingsOf(session), (item) => needed.trainIds.has(item.id));
  const goneRuns = new Set(
    trainings.items.flatMap(({ records }) => records.flatMap((record) => (record.kind === "run" ? record.runId : []))),
  );
  const datasets = choose(session, "datasets", datasetsOf(session), ({ records }) =>
    records.some((record) => record.kind === "dataset" && needed.isDatasetNeeded(record, goneRuns)),
  );
  const executions = session.store.executions();
  const last = lastExecutions(executions);
  const others = [
    choose(session, "trials", searchesOf(session), ({ records }) =>
      records.some((record) => record.kind === "search" && needed.trainIds.has(record.trainId)),
    ),
    choose(session, "monitoring", monitoringsOf(session), () => false),
    choose(session, "executions", executionsOf(executions), ({ records }) =>
      records.some((record) => record.kind === "execution" && (actualStatus(record) === "running" || last.has(record))),
    ),
  ];
  const chosen = [trainings, datasets, ...others];
  const gone = new Set(chosen.flatMap(({ items }) => items.flatMap(({ records }) => records)));
  for (const { release } of releases.items) gone.add(release!);
  const named = namedFiles(session, gone);
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
  const backups = backupsOf(session);
  const newest = backups
    .map(({ id }) => id)
    .toSorted()
    .at(-1);
  const all = [releases, ...chosen, ...reports, choose(session, "backups", backups, ({ id }) => id === newest)];
  const items = all.flatMap((choice) => choice.items);
  const unnamed = items.map((item) => ({ ...item, files: item.files.filter((file) => !named.has(file)) }));
  return { items: [...unnamed, ...leftovers], kept: keptOf(all) };
}

interface Choice {
  readonly kind: PruneKind;
  readonly items: readonly PruneItem[];
  readonly kept: number;
}

/** Chooses the candidates to delete: not among the newest, old enough, and not needed. */
function choose(
  { config, context }: Session,
  kind: Exclude<PruneKind, "leftovers">,
  candidates: readonly PruneCandidate[],
  isNeeded: (candidate: PruneCandidate) => boolean,
): Choice {
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
function namedFiles({ store, paths }: Session, gone: ReadonlySet<WorkspaceRecord>): Set<string> {
  const isGone = new Set([...gone].map(keyOf));
  const all: WorkspaceRecord[] = [...store.datasets(), ...store.runs(), ...store.deployments()];
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

function keptOf(choices: readonly Choice[]): PrunePlan["kept"] {
  const kept: Partial<Record<PruneKind, number>> = {};
  for (const choice of choices) kept[choice.kind] = (kept[choice.kind] ?? 0) + choice.kept;
  return kept;
}

/** Total size of the files; missing ones count as 0. */
export function bytesOf(workspace: string, files: readonly string[]): number {
  return files
    .map((file) => statSync(fromRecordPath(workspace, file), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}
