/** The run that an address names. */
import { MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/run.ts";
import type { Session } from "../../lifecycle/session.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { HttpProblem } from "../http/problem.ts";

/** @param reference as on the command line: an id or its beginning, v3, @champion, latest @throws {HttpProblem} 404 */
export function runNamed({ store }: Session, reference: string): Run {
  try {
    return resolveRun(store, reference);
  } catch (error) {
    if (!(error instanceof MlctlError) || error.kind === "data") throw error;
    throw new HttpProblem("not-found", error.message, { hint: error.hint, cause: error });
  }
}
