/** Removes a file. */
import { rmSync } from "node:fs";
import { errorCode, writeFailure } from "./writeFailure.ts";

/** Does nothing if there is none. @throws {MlctlError} kind "failure" */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw errorCode(error) === undefined ? error : writeFailure(error, path);
  }
}
