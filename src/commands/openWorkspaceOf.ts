/** Opens the workspace of one call of a command. */
import type { Session, WritingOptions } from "../lifecycle/session.ts";
import type { Workspace } from "../lifecycle/workspace.ts";
import type { Invocation } from "./command.ts";
import { openConfig } from "./openConfig.ts";

/** Respects -c, -C, flags and environment; reads no file except config.json. */
export async function openWorkspaceOf(invocation: Invocation): Promise<Workspace> {
  const [loaded, { openWorkspace }] = await Promise.all([openConfig(invocation), import("../lifecycle/workspace.ts")]);
  return openWorkspace(loaded, invocation.context);
}

/** @param wait value of --wait: maximum time to wait for the lock, in milliseconds */
export function writingOptions(name: string, wait: number | undefined): WritingOptions {
  return { command: `mlctl ${name}`, waitMs: wait ?? 0 };
}

/**
 * Runs one step in the workspace of a call, with what the step reads or, under the lock, with what it writes.
 * @param load imports the step: heavy modules are loaded only here, so that --help stays fast
 */
export async function inWorkspace<Step, Result>(
  invocation: Invocation,
  mode: "read" | { readonly write: string },
  load: () => Promise<Step>,
  run: (session: Session, step: Step) => Result | Promise<Result>,
): Promise<Result> {
  const workspace = await openWorkspaceOf(invocation);
  const [{ reading, writing }, step] = await Promise.all([import("../lifecycle/session.ts"), load()]);
  const withStep = async (session: Session): Promise<Result> => run(session, step);
  if (mode === "read") return reading(workspace, withStep);
  const { wait } = invocation.options;
  return writing(workspace, writingOptions(mode.write, typeof wait === "number" ? wait : undefined), withStep);
}
