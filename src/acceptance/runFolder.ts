/** The folder of one run of the tests: what is made once for all files, and a home where nothing of the user's lies. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VARIABLE = "MLCTL_TESTS_FOLDER";

/** Vitest's globalSetup: before the first file, and by what it returns after the last. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-tests-"));
  process.env[VARIABLE] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

/** A folder in it, made where it is missing. */
export function runFolder(name: string): string {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error("src/acceptance/runFolder.ts is no globalSetup of this vitest project");
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** No variable of the machine decides what mlctl does, and no engine, cache or state of its user. */
export function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const library = process.env["MLCTL_XGBOOST_LIBRARY"];
  return {
    PATH: process.env["PATH"] ?? "",
    // Shared, so that what V8 compiled is there for the next start.
    XDG_CACHE_HOME: runFolder("cache"),
    // The tests' own configurations may run and call what they name; trust.test.ts asks what happens without.
    MLCTL_TRUST: "1",
    ...("HOME" in more ? {} : { XDG_DATA_HOME: runFolder("data"), XDG_STATE_HOME: runFolder("state") }),
    // Set by anyone who wants the tests to run with another XGBoost.
    ...(library === undefined ? {} : { MLCTL_XGBOOST_LIBRARY: library }),
    ...more,
  };
}
