/** Where the report on a run lies. */
import { join } from "node:path";
import type { Run } from "../core/run.ts";
import type { Session } from "./session.ts";

/** Beside the model, named for its training. */
export function reportPath(
  { paths }: Pick<Session, "paths">,
  { trainId }: Pick<Run, "trainId">,
  format = "html",
): string {
  return join(paths.models, `report_${trainId}.${format}`);
}
