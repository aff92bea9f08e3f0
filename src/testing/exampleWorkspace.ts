/** A temporary workspace for the tests of lifecycle: real files, a real store and a clock that counts up. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { loadConfig } from "../config/loadConfig.ts";
import type { ProgressEvent } from "../core/context.ts";
import type { JsonObject } from "../core/json.ts";
import { random } from "../core/random.ts";
import { knownNames } from "../lifecycle/knownNames.ts";
import { reading, writing, type Session } from "../lifecycle/session.ts";
import { openWorkspace, type Workspace } from "../lifecycle/workspace.ts";

export interface ExampleWorkspace {
  readonly folder: string;
  /** Progress events so far. */
  readonly events: ProgressEvent[];
  /** Messages of warnings so far. */
  warnings(): string[];
  /** Content by path; null removes the file. */
  write(files: Readonly<Record<string, string | null>>): void;
  read(path: string): string;
  /** Sorted names in a folder; empty if the folder does not exist. */
  list(path: string): string[];
  /** Replaces config.json. */
  configure(config: JsonObject): Promise<void>;
  workspace(): Workspace;
  /** Runs work under the lock, as commands that write do. */
  change<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Runs read-only work. */
  look<T>(work: (session: Session) => Promise<T> | T): Promise<T>;
}

const made: string[] = [];
afterAll(() => made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** The clock starts at 2026-01-01T00:00Z and advances by one second per call. */
export async function exampleWorkspace(
  config: JsonObject,
  files: Readonly<Record<string, string>> = {},
): Promise<ExampleWorkspace> {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-lifecycle-"));
  made.push(folder);
  const events: ProgressEvent[] = [];
  let ticks = 0;
  const context = {
    now: () => new Date(Date.UTC(2026, 0, 1) + 1000 * ticks++),
    signal: new AbortController().signal,
    emit: (event: ProgressEvent) => void events.push(event),
  };
  let workspace: Workspace;
  const example: ExampleWorkspace = {
    folder,
    events,
    warnings: () => events.flatMap((event) => (event.type === "warning" ? [event.message] : [])),
    write(contents) {
      for (const [path, content] of Object.entries(contents)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        if (content === null) rmSync(join(folder, path), { recursive: true });
        else writeFileSync(join(folder, path), content);
      }
    },
    read: (path) => readFileSync(join(folder, path), "utf8"),
    list: (path) => (existsSync(join(folder, path)) ? readdirSync(join(folder, path)).toSorted() : []),
    async configure(next) {
      writeFileSync(join(folder, "config.json"), JSON.stringify(next));
      const environment = { MLCTL_TRUST: "1" };
      workspace = openWorkspace(await loadConfig({ directory: folder, environment, known: knownNames() }), context);
    },
    workspace: () => workspace,
    change: (work) => writing(workspace, { command: "a test", waitMs: 0 }, work),
    look: (work) => reading(workspace, work),
  };
  await example.configure(config);
  example.write(files);
  return example;
}

/** A small problem that trains quickly: linear models only. */
export const exampleConfig: JsonObject = {
  target: "leaves",
  input_folder_path: "practicedata",
  train: { models: [{ family: "baseline" }, { family: "logistic_regression" }] },
};

/** Seeded random rows as CSV: two numbers (some missing), a category, and a class that depends on them. */
export function exampleCsv(seed: number, rows: number, shift = 0): string {
  const { uniform, normal, integer } = random(seed);
  const lines = Array.from({ length: rows }, () => {
    const [x, z, city] = [normal() + shift, normal(), ["oslo", "rome", "lima"][integer(3)]!];
    const score = 1.5 * (x - shift) - z + (city === "rome" ? 1 : 0) + normal();
    return `${uniform() < 0.1 ? "" : x.toFixed(4)},${z.toFixed(4)},${city},${score > 0 ? "yes" : "no"}`;
  });
  return `x,z,city,leaves\n${lines.join("\n")}\n`;
}
