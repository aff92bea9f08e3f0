/** Temporary workspaces in which tests run mlctl, and what they look at afterwards. */
import { spawn, spawnSync, type ChildProcess, type SpawnSyncOptions } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";
import { copyFolder, keptFolder } from "./keptFolder.ts";
import { environment } from "./runFolder.ts";
import { shellStatus } from "./shellStatus.ts";
import { warmProgram, type WarmProgram } from "./warmProgram.ts";

export { environment };

export const repository = fileURLToPath(new URL("../../", import.meta.url));
export const bin = join(repository, "bin", "mlctl.js");

/** What a call of mlctl left on its streams. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A step of fullprocess, as `--json` prints it. */
export interface StepJson {
  readonly name: string;
  readonly status: string;
  readonly reason: string;
}

export interface FullprocessJson {
  readonly status: string;
  readonly reason: string;
  readonly steps: readonly StepJson[];
  readonly run_id: string | null;
  readonly value: number | null;
  readonly interval: [number, number] | null;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  readonly report_path: string | null;
  readonly apireturns_path: string | null;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

export interface LifecycleWorkspace {
  readonly folder: string;
  /**
   * Any exit code. The first calls of a test file start bin/mlctl.js, the others go to a process that has the same
   * program loaded.
   */
  run(args: readonly string[], options?: RunOptions): Finished;
  /** Exit 0, with its stdout. */
  ok(...args: string[]): string;
  /** Exit 0 and one JSON document on stdout. */
  json<T>(...args: string[]): T;
  start(...args: string[]): Started;
  startWith(environment: Readonly<Record<string, string>>, ...args: string[]): Started;
  /** Content by path; null takes a file away. */
  write(files: Readonly<Record<string, string | Buffer | null>>): void;
  read(path: string): string;
  /** Names in a folder, sorted, that match. */
  names(folder: string, pattern?: RegExp): string[];
  /** Keys laid over config.json, which becomes plain JSON. */
  configure(changes: Readonly<Record<string, unknown>>): void;
  /** Another folder with the same files and times. */
  copy(): LifecycleWorkspace;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly cwd?: string;
  /** Starts bin/mlctl.js in any case: what is tested belongs to the process. */
  readonly ownProcess?: boolean;
}

/** The number of a file's calls that start bin/mlctl.js. */
const STARTED_CALLS = 1;

/** Variables that count when a process starts, or are read once in its life. */
const OF_THE_PROCESS = /^(?!MLCTL_|GITHUB_|FORCE_COLOR$|COLUMNS$)|^MLCTL_XGBOOST_LIBRARY$/;

let calls = 0;

/** One for all test files of a process, which share it but not their modules. */
const shared = globalThis as { mlctlWarmProgram?: WarmProgram };

const made: string[] = [];
afterAll(() => made.splice(0).forEach(removeFolder));

/** Folders that a test made read-only become writable first, because only root can remove them as they are. */
function removeFolder(folder: string): void {
  spawnSync("chmod", ["-R", "u+rwX", folder]);
  rmSync(folder, { recursive: true, force: true });
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-lifecycle-"));
  made.push(folder);
  return folder;
}

/** Empty, or with a configuration. */
export function emptyWorkspace(config?: object): LifecycleWorkspace {
  const workspace = workspaceIn(temporaryFolder());
  if (config !== undefined) workspace.write({ "config.json": JSON.stringify(config, null, 2) });
  return workspace;
}

/** The sample data and configuration that `mlctl init` writes. */
export function sampleWorkspace(): LifecycleWorkspace {
  return keptWorkspace("sample", (workspace) => workspace.ok("init"));
}

/** The sample after `mlctl fullprocess`: one run, which is deployed. */
export function deployedWorkspace(): LifecycleWorkspace {
  return keptWorkspace("deployed", (workspace) => {
    copyFolder(sampleWorkspace().folder, workspace.folder);
    workspace.ok("fullprocess");
  });
}

/** The same with logistic regression alone, which is trained in an instant. */
export function logisticWorkspace(): LifecycleWorkspace {
  return keptWorkspace("logistic", (workspace) => {
    copyFolder(sampleWorkspace().folder, workspace.folder);
    workspace.configure({ train: { models: [{ family: "logistic_regression" }] } });
    workspace.ok("fullprocess");
  });
}

/** A template after `mlctl fullprocess --json`; what that printed is in fullprocess.json and fullprocess.log. */
export function templateWorkspace(template: string): LifecycleWorkspace {
  return keptWorkspace(`template_${template}`, (workspace) => {
    workspace.ok("init", "--template", template);
    const { status, stdout, stderr } = workspace.run(["fullprocess", "--json"]);
    expect(status, stderr).toBe(0);
    workspace.write({ "fullprocess.json": stdout, "fullprocess.log": stderr });
  });
}

/** A copy of what `make` does to an empty one, once per run of the tests. */
export function keptWorkspace(name: string, make: (workspace: LifecycleWorkspace) => void): LifecycleWorkspace {
  return workspaceIn(keptFolder(name, (folder) => make(workspaceIn(folder)))).copy();
}

export function workspaceIn(folder: string): LifecycleWorkspace {
  const run: LifecycleWorkspace["run"] = (args, options = {}) => {
    const { cwd = folder, environment: variables = {} } = options;
    const startsAnew =
      options.ownProcess === true ||
      // Its workers are started as its own process was.
      args[0] === "serve" ||
      Object.keys(variables).some((name) => OF_THE_PROCESS.test(name));
    const input = options.input === undefined ? {} : { input: options.input };
    if (startsAnew || calls++ < STARTED_CALLS) return mlctl(args, { cwd, env: environment(variables), ...input });
    shared.mlctlWarmProgram ??= warmProgram(environment());
    return shared.mlctlWarmProgram.call({ argv: args, cwd, environment: environment(variables), ...input });
  };
  const ok = (...args: string[]): string => {
    const { status, stdout, stderr } = run(args);
    expect(status, `mlctl ${args.join(" ")}\n${stderr}`).toBe(0);
    return stdout;
  };
  const start = (args: readonly string[], variables: Readonly<Record<string, string>> = {}): Started => {
    const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env: environment(variables) });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const finished = new Promise<Finished>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ status: shellStatus(code, signal), stdout, stderr }));
    });
    return { child, finished };
  };
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    run,
    ok,
    json: <T>(...args: string[]) => JSON.parse(ok(...args, "--json")) as T,
    start: (...args) => start(args),
    startWith: (variables, ...args) => start(args, variables),
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(path(name)), { recursive: true });
        if (content === null) rmSync(path(name), { recursive: true });
        else writeFileSync(path(name), content);
      }
    },
    read: (name) => readFileSync(path(name), "utf8"),
    names: (name, pattern = /./) =>
      existsSync(path(name))
        ? readdirSync(path(name))
            .filter((entry) => pattern.test(entry))
            .toSorted()
        : [],
    configure(changes) {
      const { config } = JSON.parse(ok("config", "show", "--json")) as { config: object };
      writeFileSync(path("config.json"), JSON.stringify({ ...config, ...changes }, null, 2));
    },
    copy() {
      const target = temporaryFolder();
      copyFolder(folder, target);
      return workspaceIn(target);
    },
  };
}

/** bin/mlctl.js in a process of its own. */
function mlctl(args: readonly string[], options: SpawnSyncOptions): Finished {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    ...options,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

/** Every file and folder with its content, size and times in nanoseconds: equal before and after when nothing was written. */
export function snapshot(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))].toSorted().map((path) => {
      const stat = lstatSync(path, { bigint: true });
      const { mtimeNs, size, mode } = stat;
      const content = stat.isFile() ? sha256(readFileSync(path)) : stat.isDirectory() ? "folder" : "link";
      return [path.slice(folder.length), `${content} ${size} ${mode} ${mtimeNs}`];
    }),
  );
}

export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
