/** The newest drift that monitoring recorded for a model. */
import type { DriftReport } from "../core/drift.ts";
import { MlctlError } from "../core/errors.ts";
import type { LiveStore } from "./liveStore.ts";

/** Null where nothing was recorded, or where it cannot be read now: the other figures are told all the same. */
export function storedDrift(store: LiveStore, modelSha256: string): DriftReport | null {
  try {
    return store.current().monitorings({ modelSha256, limit: 1 })[0]?.drift ?? null;
  } catch (error) {
    if (error instanceof MlctlError) return null;
    throw error;
  }
}
