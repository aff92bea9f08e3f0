/** The newest drift that monitoring recorded for a model. */
import type { DriftReport } from "../core/drift.ts";
import { MlctlError } from "../core/errors.ts";
import { reading } from "../lifecycle/session.ts";
import type { Workspace } from "../lifecycle/workspace.ts";

/** Null where nothing was recorded, or where it cannot be read now: the other figures are told all the same. */
export async function storedDrift(workspace: Workspace, modelSha256: string): Promise<DriftReport | null> {
  try {
    const newest = await reading(workspace, ({ store }) => store.monitorings({ modelSha256, limit: 1 })[0]);
    return newest?.drift ?? null;
  } catch (error) {
    if (error instanceof MlctlError) return null;
    throw error;
  }
}
