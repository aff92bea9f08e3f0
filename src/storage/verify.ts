/** Compares every file that the records name with its recorded size and checksum. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Artifact, Deployment } from "../core/records/lineage.ts";
import { finding, type Finding } from "../core/records/monitoring.ts";
import { attempt } from "../core/errors.ts";
import { counted } from "../core/text/format.ts";
import { deploymentHistory } from "./deployment/currentDeployment.ts";
import { copies } from "./deployment/repairDeployment.ts";
import { recordFiles } from "./records/recordFiles.ts";
import { type KnownRecord, type Records, artifactsOf, unread } from "./records/records.ts";
import { sha256File, sha256Text, fromRecordPath, type WorkspacePaths } from "./files/workspacePaths.ts";
import { openStoreReadonly } from "./store/openStore.ts";
import type { RunStore } from "./store/runStore.ts";

/**
 * Checks all artifacts, the records, the store and the deployment; returns the findings, failures first. Reads all bytes,
 * changes nothing and needs no lock.
 * @param onArtifact called after each artifact, for progress
 */
export async function verify(
  { paths, records: truth }: { readonly paths: WorkspacePaths; readonly records: Records },
  onArtifact: (done: number, total: number) => void = () => {},
): Promise<Finding[]> {
  const { findings: store, known, recorded } = storeFindings(paths);
  // Without `stat`, all bytes are read; those that the index has need not be parsed again.
  const unseen = new Map([...known].map(([path, { sha256 }]) => [path, { stat: "", sha256 }]));
  const checked = new Map<string, Finding>();
  const check = async (artifacts: readonly Artifact[]): Promise<Finding[]> => {
    const results: Finding[] = [];
    for (const artifact of artifacts) {
      const before = checked.get(nameOf(artifact));
      const result = before ?? (await artifactFinding(paths.workspace, truth, artifact));
      results.push(result);
      if (before !== undefined) continue;
      checked.set(nameOf(artifact), result);
      onArtifact(checked.size, Math.max(checked.size, artifacts.length));
      if (checked.size % 64 === 0) await setImmediate(); // the database may have answered
    }
    return results;
  };
  // A database reads its records meanwhile.
  const [{ changes, problems }] = await Promise.all([truth.changes(unseen), check(distinct(recorded ?? []))]);
  const behind = changes.changed.length + changes.removed.length;
  const message = `out of date for ${counted(behind, "record")}; the next command that writes, or \`mlctl reindex\`, updates it`;
  if (recorded !== undefined && behind > 0)
    store.push({ ...finding("index", "warn", message), value: behind, limit: 0 });
  const findings = [
    ...problems.map(({ path, error }) => finding(`record ${path}`, "fail", error.message)),
    ...store,
    ...deploymentFindings(paths),
  ];
  const unchanged = new Set(changes.touched.map(({ path }) => path));
  const artifacts = distinct([
    ...changes.changed.flatMap(({ record }) => artifactsOf(record).map(([, artifact]) => artifact)),
    ...(recorded ?? []).filter(({ record }) => unchanged.has(record)),
  ]).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const order = { fail: 0, warn: 1, skipped: 2, pass: 3 };
  return [...findings, ...(await check(artifacts))].toSorted((a, b) => order[a.status] - order[b.status]);
}

async function artifactFinding(workspace: string, truth: Records, artifact: Artifact): Promise<Finding> {
  const { path, sha256, bytes } = artifact;
  const name = `artifact ${path}`;
  const file = fromRecordPath(workspace, path);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined && (await truth.isKept(artifact)))
    return finding(name, "pass", "in the bucket; comes here when it is needed");
  if (stat?.isFile() !== true) return finding(name, "fail", "missing");
  if (stat.size !== bytes) return finding(name, "fail", `changed: ${stat.size} bytes, expected ${bytes}`);
  const found = await sha256File(file);
  if (found !== sha256)
    return { ...finding(name, "fail", "changed: its checksum differs"), value: found, limit: sha256 };
  return finding(name, "pass", "as recorded");
}

/** What the index has; `recorded` only if it is sound. */
interface IndexFindings {
  readonly findings: Finding[];
  readonly known: ReadonlyMap<string, KnownRecord>;
  readonly recorded?: ReturnType<RunStore["artifacts"]>;
}

function only(status: Finding["status"], message: string): IndexFindings {
  return { findings: [finding("store", status, message)], known: new Map() };
}

function storeFindings(paths: WorkspacePaths): IndexFindings {
  if (!existsSync(paths.index)) {
    const isNew = paths.shared !== undefined || recordFiles(paths).length === 0;
    return isNew
      ? only("pass", "will be created when it is needed")
      : only("warn", "missing; `mlctl reindex` creates it");
  }
  return attempt(
    () => {
      const store = openStoreReadonly(paths.index, { strict: true });
      if (store === undefined) return only("pass", "will be filled by the next command that writes");
      try {
        // The index of a shared workspace is this machine's copy.
        const problems = store.integrityProblems(paths.shared === undefined ? "integrity" : "quick");
        const known = store.knownRecords();
        if (problems.length === 0)
          return { findings: [finding("store", "pass", "sound")], known, recorded: store.artifacts() };
        return { findings: problems.map((message) => finding("store", "fail", message)), known: unread(known.keys()) };
      } finally {
        store.close();
      }
    },
    ({ kind, message }) => (kind === "failure" ? only("warn", `not checked: ${message}`) : only("fail", message)),
  );
}

function deploymentFindings(paths: WorkspacePaths): Finding[] {
  // The record findings name a damaged file as well.
  return attempt(
    () => historyFindings(deploymentHistory(paths.production), paths.production),
    ({ message }) => [finding("deployment", "fail", message)],
  );
}

function historyFindings(history: readonly Deployment[], production: string): Finding[] {
  const [current] = history;
  if (current === undefined) return [];
  const { deploymentId, prunedAt, runId } = current;
  // A deployment.json that was copied by hand from a pruned record of the history.
  const pruned = `deployment ${deploymentId} is active but marked as pruned at ${prunedAt}: remove "prunedAt" from deployment.json`;
  const findings = [
    ...orderFindings(history),
    ...copyFindings(production, current),
    ...(prunedAt === undefined ? [] : [finding("deployment", "fail", pruned)]),
  ];
  const whole = `run ${runId} is deployed, with all its files`;
  return findings.length > 0 ? findings : [finding("deployment", "pass", whole)];
}

/** Checks that the numbers have no gap and that each deployment names the run of the previous one. */
function orderFindings(history: readonly Deployment[]): Finding[] {
  return history.flatMap((deployment, i) => {
    const earlier = history[i + 1];
    const { deploymentId, previousRunId } = deployment;
    const expectedId = (earlier?.deploymentId ?? 0) + 1;
    if (deploymentId !== expectedId) {
      return [finding("deployment history", "fail", `deployment ${expectedId} is missing before ${deploymentId}`)];
    }
    const follows = previousRunId === (earlier?.runId ?? null);
    const message = `deployment ${deploymentId} names ${previousRunId} as the previous run, but it was ${earlier?.runId}`;
    return follows ? [] : [finding("deployment history", "fail", message)];
  });
}

function copyFindings(production: string, current: Deployment): Finding[] {
  return copies(current).flatMap(([name, artifact]) => {
    const path = join(production, name);
    const found = existsSync(path) ? sha256Text(readFileSync(path)) : null;
    if (found === (artifact?.sha256 ?? null)) return [];
    const message = "differs from the deployment; the next command that writes restores it";
    return [finding(`deployed copy ${name}`, "warn", message)];
  });
}

function distinct(artifacts: readonly Artifact[]): Artifact[] {
  return [...new Map(artifacts.map((artifact) => [nameOf(artifact), artifact])).values()];
}

const nameOf = ({ path, sha256 }: Artifact): string => `${path} ${sha256}`;
