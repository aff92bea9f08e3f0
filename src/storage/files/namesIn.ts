/** Lists a folder. */
import { readdirSync } from "node:fs";
import { errorCode } from "./writeFailure.ts";

/** Names in a folder; empty if it does not exist. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}
