/** Compares every file that the records name with its recorded size and checksum. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../core/records/artifact.ts";
import type { Deployment } from "../core/records/deployment.ts";
import type { Finding } from "../core/records/drift.ts";
import { MlctlError } from "../core/errors.ts";
import { deploymentHistory } from "./deployment/currentDeployment.ts";
import { copies } from "./deployment/repairDeployment.ts";
import { recordFiles } from "./records/recordFiles.ts";
import { allRecords, type Records } from "./records/records.ts";
import { sha256File, sha256Text } from "./files/sha256.ts";
import { openStoreReadonly } from "./store/openStore.ts";
import { fromRecordPath, type WorkspacePaths } from "./files/workspacePaths.ts";
import { artifactsOf } from "./records/workspaceRecord.ts";

/**
 * Checks all artifacts, the records, the store and the deployment; returns the findings, failures first. Reads all bytes,
 * changes nothing and needs no lock.
 * @param onArtifact called after each artifact, for progress
 */
export async function verify(
  { paths, records: truth }: { readonly paths: WorkspacePaths; readonly records: Records },
  onArtifact: (done: number, total: number) => void = () => {},
): Promise<Finding[]> {
  const { findings: store, known } = await storeFindings(paths, truth);
  const { records, problems } = await allRecords(truth, known);
  const findings = [
    ...problems.map(({ path, error }) => finding(`record ${path}`, "fail", error.message)),
    ...store,
    ...deploymentFindings(paths),
  ];
  const artifacts = distinct(records.flatMap(({ record }) => artifactsOf(record).map(([, artifact]) => artifact)));
  for (const [i, artifact] of artifacts.entries()) {
    findings.push(await artifactFinding(paths.workspace, truth, artifact));
    onArtifact(i + 1, artifacts.length);
  }
  const order = { fail: 0, warn: 1, pass: 2 };
  return findings.toSorted((a, b) => order[a.status] - order[b.status]);
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

async function storeFindings(paths: WorkspacePaths, truth: Records): Promise<{ findings: Finding[]; known: string[] }> {
  if (!existsSync(paths.index)) {
    const missing =
      paths.shared !== undefined || recordFiles(paths, []).length === 0
        ? finding("store", "pass", "will be created when it is needed")
        : finding("store", "warn", "missing; `mlctl reindex` creates it");
    return { findings: [missing], known: [] };
  }
  try {
    const store = openStoreReadonly(paths.index, { strict: true });
    if (store === undefined) {
      return {
        findings: [finding("store", "warn", "written by an older version; the next command that writes upgrades it")],
        known: [],
      };
    }
    try {
      const problems = store.integrityProblems().map((message) => finding("store", "fail", message));
      const { changes } = await truth.changes(store.knownRecords());
      const behind = changes.changed.length + changes.removed.length;
      const findings = problems.length > 0 ? problems : [finding("store", "pass", "sound")];
      const message = `out of date for ${behind} ${behind === 1 ? "record" : "records"}; the next command that writes, or \`mlctl reindex\`, updates it`;
      if (behind > 0) findings.push({ ...finding("index", "warn", message), value: behind, limit: 0 });
      return { findings, known: [...store.knownRecords().keys()] };
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof MlctlError)) throw error;
    if (error.kind !== "failure") return { findings: [finding("store", "fail", error.message)], known: [] };
    const message = `not checked: ${error.message}`;
    return { findings: [finding("store", "warn", message)], known: [] };
  }
}

function deploymentFindings(paths: WorkspacePaths): Finding[] {
  let history: Deployment[];
  try {
    history = deploymentHistory(paths.production);
  } catch (error) {
    // The record findings name the damaged file as well.
    if (error instanceof MlctlError) return [finding("deployment", "fail", error.message)];
    throw error;
  }
  const [current] = history;
  if (current === undefined) return [];
  const findings = [...historyFindings(history), ...copyFindings(paths.production, current)];
  const { deploymentId, prunedAt, runId } = current;
  // A deployment.json that was copied by hand from a pruned record of the history.
  const pruned = `deployment ${deploymentId} is active but marked as pruned at ${prunedAt}: remove "prunedAt" from deployment.json`;
  if (prunedAt !== undefined) findings.push(finding("deployment", "fail", pruned));
  const whole = `run ${runId} is deployed, with all its files`;
  return findings.length > 0 ? findings : [finding("deployment", "pass", whole)];
}

/** Checks that the numbers have no gap and that each deployment names the run of the previous one. */
function historyFindings(history: readonly Deployment[]): Finding[] {
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
  return [...new Map(artifacts.map((artifact) => [`${artifact.path} ${artifact.sha256}`, artifact])).values()];
}

function finding(name: string, status: Finding["status"], message: string): Finding {
  return { name, status, value: null, limit: null, message };
}
