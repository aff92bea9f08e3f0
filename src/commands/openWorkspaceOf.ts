/** Opens the workspace that one call of a command means. */
import type { WritingOptions } from "../lifecycle/session.ts";
import type { Workspace } from "../lifecycle/workspace.ts";
import type { Invocation } from "./command.ts";
import { openConfig } from "./openConfig.ts";

/** -c, -C, flags and environment considered; touches no file but config.json. */
export async function openWorkspaceOf(invocation: Invocation): Promise<Workspace> {
  const [loaded, { openWorkspace }] = await Promise.all([openConfig(invocation), import("../lifecycle/workspace.ts")]);
  return openWorkspace(loaded, invocation.context);
}

/** What the lock is told: who writes, and how long it may be waited for (--wait, in milliseconds). */
export function writingOptions(name: string, wait: number | undefined): WritingOptions {
  return { command: `mlctl ${name}`, waitMs: wait ?? 0 };
}
