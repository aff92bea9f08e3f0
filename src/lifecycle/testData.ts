/** Reads the test set: labelled rows that are never used for training. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { MlctlError, recover } from "../core/errors.ts";
import type { Model } from "../core/records/model.ts";
import { findInputFiles } from "../data/findInputFiles.ts";
import type { ReadOptions } from "../data/readOptions.ts";
import { readTable } from "../data/files/readTable.ts";
import { sha256File, toRecordPath } from "../storage/files/workspacePaths.ts";
import { readingByCell, readingOptions } from "./settings.ts";
import type { Session } from "./session.ts";
import { arrivalPlace, sourceFiles } from "./sourceNotes.ts";
import { otherPlaces } from "./workspace.ts";

/**
 * @param models that will be judged on the rows: their columns keep the kinds of training
 * @param path a file or folder to read instead of test_data_path
 * @throws {MlctlError} kind "notReady" if there is no file, "data" if a file cannot be read
 */
export async function readTestData(session: Session, models: readonly Pick<Model, "signature">[], path?: string) {
  const found = await testFiles(session, path);
  return readFound(session, found, readingOptions(session.config, ...models));
}

/** Reads the rows to explain from a file or folder. Labels are optional and `ingest.where` is not applied. `isAsked`: see conformAsked. */
export async function readAskedRows(session: Session, model: Model, path: string) {
  const { where: _where, ...options } = readingByCell(session.config, model);
  return {
    ...(await readFound(session, await testFiles(session, path), { ...options, lenient: true })),
    isAsked: true,
  };
}

export type TestData = Awaited<ReturnType<typeof readFound>>;

async function readFound(session: Session, found: readonly string[], options: ReadOptions) {
  const nameOf = (file: string): string => toRecordPath(session.paths.workspace, file);
  const read = async () => {
    const { notes: _notes, textNotes, ...table } = await readTable(found, { ...options, nameOf });
    for (const message of textNotes) session.context.emit({ type: "warning", stage: "score", message });
    return table;
  };
  const { files, ...table } = await (session.tables === undefined ? read() : session.tables(found, options, read));
  const rowsOf = new Map(files.map((file) => [file.path, file.rows]));
  const hashed = await hashFiles(session, found);
  return { table, files: hashed.map((file, i) => ({ ...file, rows: rowsOf.get(found[i]!) ?? 0 })) };
}

/** Path and hash of each test file; empty if there is no test data. */
export async function hashTestData(session: Session) {
  return hashFiles(session, await testFiles(session).catch(recover(() => [], "notReady")));
}

/** Equal for the same test files, in any order. */
export function hashesOf(files: readonly { readonly sha256: string }[] = []): string {
  const hashes = files.map(({ sha256 }) => sha256);
  return hashes.toSorted().join();
}

/** @param path instead of test_data_path @throws {MlctlError} kind "notReady" if there is no file */
export async function testFiles(session: Session, path?: string): Promise<string[]> {
  const { config, paths } = session;
  const root = path === undefined ? resolve(paths.workspace, config.test_data_path) : resolve(path);
  const shown = toRecordPath(paths.workspace, root);
  const [what, hint] =
    path === undefined
      ? ["test data", 'put labelled rows there, or set "test_data_path" in config.json']
      : ["rows", "correct the path"];
  if (!existsSync(root)) throw new MlctlError("notReady", `no ${what}: ${shown} does not exist`, { hint });
  const others = otherPlaces(session, path === undefined ? "input_folder_path" : undefined);
  const { replaced } = sourceFiles(arrivalPlace(session, "test"));
  const found = statSync(root).isDirectory()
    ? (await findInputFiles(root, config.ingest.pattern, () => {}, others)).filter((file) => !replaced.has(file))
    : [root];
  if (found.length > 0) return found;
  throw new MlctlError("notReady", `no ${what}: ${shown} has no file that matches ${config.ingest.pattern}`, {
    hint,
  });
}

async function hashFiles({ paths }: Session, found: readonly string[]) {
  const hashed = async (file: string) => ({
    path: toRecordPath(paths.workspace, file),
    sha256: await sha256File(file),
  });
  return Array.fromAsync(found, hashed);
}
