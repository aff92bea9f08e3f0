/** Opens the configuration and the workspace of one call of a command: with -c, -C, flags, and the environment. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { MlctlError } from "../core/errors.ts";
import type { LoadedConfig, LoadOptions } from "../config/loadConfig.ts";
import type { Session, WritingOptions } from "../lifecycle/session.ts";
import type { Workspace } from "../lifecycle/workspace.ts";
import type { Invocation } from "./command.ts";

/** Changes the working directory to that of -C, so that relative paths are resolved there, as with git. */
export async function openConfig(
  invocation: Invocation,
  { check, without }: Pick<LoadOptions, "check" | "without"> = {},
): Promise<LoadedConfig> {
  const { global, flagSettings: flags, context } = invocation;
  const { config: path, directory } = global;
  const loaded = await load(invocation, { path, directory, flags, check, without });
  const { MLCTL_XGBOOST_LIBRARY: library = "none" } = process.env;
  // It is relative to the folder in which mlctl was started, like other paths of the shell.
  if (library !== "none" && library !== "") process.env.MLCTL_XGBOOST_LIBRARY = resolve(library);
  process.chdir(directory);
  for (const message of loaded.warnings) context.emit({ type: "warning", stage: "config", message });
  return loaded;
}

export async function openWorkspaceOf(invocation: Invocation): Promise<Workspace> {
  return (await openBoth(invocation)).workspace;
}

/** The workspace with its configuration as it was loaded: its sources, warnings and trust. */
export async function openBoth(invocation: Invocation, options?: Pick<LoadOptions, "check" | "without">) {
  const opening = [openConfig(invocation, options), import("../lifecycle/workspace.ts")] as const;
  const [loaded, { openWorkspace }] = await Promise.all(opening);
  return { loaded, workspace: openWorkspace(loaded, invocation.context) };
}

/** Another workspace, by its folder or its configuration file, with this call's environment and trust. */
export async function openOther(invocation: Invocation, flag: string, place: string): Promise<Workspace> {
  const path = resolve(place);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  if (!isFile && !existsSync(join(path, "config.json")))
    throw new MlctlError(existsSync(path) ? "notReady" : "usage", `there is no workspace at ${path}`, {
      hint: `check ${flag}, or run \`mlctl init\` there`,
    });
  const options = isFile ? { path: basename(path), directory: dirname(path) } : { directory: path };
  const { openWorkspace } = await import("../lifecycle/workspace.ts");
  return openWorkspace(await load(invocation, options), invocation.context);
}

async function load({ global, environment }: Invocation, options: Omit<LoadOptions, "environment" | "known">) {
  const { loadConfig } = await import("../config/loadConfig.ts");
  const { knownNames } = await import("../lifecycle/knownNames.ts");
  const own = global.trust ? { ...environment, MLCTL_TRUST: "1" } : environment;
  return loadConfig({ ...options, environment: own, known: knownNames() });
}

export function writingOptions(name: string, wait: number | undefined): WritingOptions {
  return { command: `mlctl ${name}`, waitMs: wait ?? 0 };
}

/** Runs one step in the workspace of a call, with what the step reads or, under the lock, with what it writes. */
export async function inWorkspace<Result>(
  invocation: Invocation,
  mode: "read" | { readonly write: string },
  run: (session: Session) => Result | Promise<Result>,
): Promise<Result> {
  const { wait } = invocation.options;
  const writes = mode === "read" ? mode : writingOptions(mode.write, typeof wait === "number" ? wait : undefined);
  return inSession(await openWorkspaceOf(invocation), writes, run);
}

export async function inSession<Result>(
  workspace: Workspace,
  mode: "read" | WritingOptions,
  run: (session: Session) => Result | Promise<Result>,
): Promise<Result> {
  const { reading, writing } = await import("../lifecycle/session.ts");
  return mode === "read" ? reading(workspace, run) : writing(workspace, mode, async (session) => run(session));
}

/** For a command that reads rows from stdin: nothing would show that it waits for them. */
export function warnOfTerminal({ stdin, context }: Pick<Invocation, "stdin" | "context">, stage: string): void {
  const message = "reading rows from the terminal: end with Ctrl-D";
  if (stdin.isTTY === true) context.emit({ type: "warning", stage, message });
}
