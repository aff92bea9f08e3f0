/** Opens the workspace of one call of a command. */
import type { WritingOptions } from "../lifecycle/session.ts";
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
