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

/** Runs one step in the workspace of a call, with what the step reads or, under the lock, with what it writes. */
export async function inWorkspace<Result>(
  invocation: Invocation,
  mode: "read" | { readonly write: string },
  run: (session: Session) => Result | Promise<Result>,
): Promise<Result> {
  const workspace = await openWorkspaceOf(invocation);
  const { reading, writing } = await import("../lifecycle/session.ts");
  if (mode === "read") return reading(workspace, run);
  const { wait } = invocation.options;
  const options = writingOptions(mode.write, typeof wait === "number" ? wait : undefined);
  return writing(workspace, options, async (session) => run(session));
}
