/** The run that a REF on the command line means. */
import type { Run } from "../core/run.ts";
import { resolveRun as resolve } from "../storage/store/resolveRun.ts";
import type { Session } from "./session.ts";

/** @throws {MlctlError} kind "usage" where it names none or several, with suggestions */
export function resolveRun({ store }: Session, reference: string): Run {
  return resolve(store, reference);
}
