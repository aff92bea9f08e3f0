/** Generates prediction ids that are unique across processes, sort by time within a process, and are cheap to make. */
import { randomBytes } from "node:crypto";

/** @param startedAt milliseconds since 1970 @returns a function that returns the next id: 11 + 8 + 8 hexadecimal digits */
export function predictionIds(startedAt: number): () => string {
  const prefix = startedAt.toString(16).padStart(11, "0") + randomBytes(4).toString("hex");
  let count = 0;
  return () => prefix + (count++).toString(16).padStart(8, "0");
}
