/** deployment.json and its history as local copies of their rows: for servers, people and other programs, and for what reads them here. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { atomicWrite } from "../files/atomicWrite.ts";
import { removeFile } from "../files/removeFile.ts";
import { namesIn } from "../files/namesIn.ts";
import { sha256Text } from "../files/sha256.ts";
import { fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import type { Connection } from "./connect.ts";
import { COPIES_LOCK, lockKey } from "./keys.ts";
import { inTransaction } from "./transaction.ts";

/** The record path of the active deployment. */
export function activePath({ workspace, production }: WorkspacePaths): string {
  return toRecordPath(workspace, join(production, "deployment.json"));
}

/** Its bytes, as they were written: an older mlctl may have written them otherwise than this one would. */
export function activeText(paths: WorkspacePaths): string {
  return readFileSync(fromRecordPath(paths.workspace, activePath(paths)), "utf8");
}

/** True if deployment.json is not this version; the history changes only with it, or with a changed record. */
export function isOutdated(paths: WorkspacePaths, sha256: string | undefined): boolean {
  return hashOf(fromRecordPath(paths.workspace, activePath(paths))) !== sha256;
}

/**
 * Writes what differs. Under a lock of its own and from the rows as they are then, because machines that share the folder
 * may do this at the same time, and none may bring back an older deployment.
 * @throws {MlctlError} kind "failure" if the folder cannot be written: an outdated copy would be a wrong answer
 */
export async function refreshDeploymentCopies(
  connection: Connection,
  { workspace }: DatabaseAddress,
  paths: WorkspacePaths,
): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.query("SELECT pg_advisory_xact_lock($1, $2)", [COPIES_LOCK, lockKey(workspace)]);
    const rows = await connection.query<{ path: string; sha256: string; text: string }>(
      "SELECT path, sha256, text FROM record WHERE workspace = $1 AND kind = 'deployment' AND NOT gone",
      [workspace],
    );
    const active = activePath(paths);
    // The active one last: until then, the previous is complete.
    for (const { path, sha256, text } of rows.toSorted(
      (a, b) => Number(a.path === active) - Number(b.path === active),
    )) {
      const file = fromRecordPath(paths.workspace, path);
      if (hashOf(file) !== sha256) atomicWrite(file, text);
    }
    const kept = new Set(rows.map(({ path }) => fromRecordPath(paths.workspace, path)));
    const history = join(paths.production, "history");
    const names = namesIn(history).filter((name) => /^deployment_\d+\.json$/.test(name));
    const files = [...names.map((name) => join(history, name)), fromRecordPath(paths.workspace, active)];
    for (const file of files.filter((each) => !kept.has(each))) removeFile(file);
  });
}

function hashOf(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? sha256Text(readFileSync(path)) : undefined;
}
