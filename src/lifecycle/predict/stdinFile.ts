/** Rows from stdin, for what reads them more than once. */
import { createWriteStream, renameSync } from "node:fs";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MlctlError, recover } from "../../core/errors.ts";
import { inTemporaryFolder } from "../../storage/files/atomicWrite.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { tableName } from "../../storage/remote/tableName.ts";
import type { Session } from "../session.ts";

/** Keeps stdin in a file that is named by its format while `work` reads it. Errors call it "stdin.csv" or the like. */
export async function withStdinFile<T>(
  { paths, context }: Session,
  stdin: Readable,
  work: (path: string) => Promise<T>,
): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const arrived = join(folder, "stdin");
    await pipeline(stdin, createWriteStream(arrived), { signal: context.signal });
    const path = join(folder, tableName("stdin", arrived));
    renameSync(arrived, path);
    const shown = toRecordPath(paths.workspace, path);
    const named = (text: string): string => text.replaceAll(shown, basename(path));
    const renamed = recover(({ kind, message, hint, details }) => {
      throw new MlctlError(kind, named(message), { hint, details: details.map(named) });
    });
    return work(path).catch(renamed);
  });
}
