/** `limits.memory`: how much memory the process may use. */
import { totalmem } from "node:os";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { MlctlError } from "./errors.ts";

/** What a limit looks like: "4GB" (10⁹ bytes each), "500MB", or "50%" of what the machine or its container has. */
export const memoryPattern = /^(?:(\d+(?:\.\d+)?)([MGT])B|([1-9]\d?(?:\.\d+)?|100)%)$/;
export const DEFAULT_MEMORY = "80%";

const BYTES = { M: 1e6, G: 1e9, T: 1e12 } as const;
const NAME = "mlctl:memoryLimit";

export function limitMemory(setting: string): void {
  setEnvironmentData(NAME, setting);
}

/** The limit in bytes, and in words: "4GB", "80% of 16.0 GB". */
export function memoryLimit(): { readonly bytes: number; readonly text: string } {
  const setting = (getEnvironmentData(NAME) as string | undefined) ?? DEFAULT_MEMORY;
  const [, count, unit, share] = memoryPattern.exec(setting) ?? [];
  if (share === undefined) return { bytes: Number(count) * BYTES[unit as keyof typeof BYTES], text: setting };
  const constrained = process.constrainedMemory();
  const total = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return { bytes: (total * Number(share)) / 100, text: `${setting} of ${gigabytes(total)}` };
}

export function outOfMemory(needed: string, { hint, cause }: { hint: string; cause?: unknown }): MlctlError {
  const message = `memory ran out: ${needed}; limits.memory is ${memoryLimit().text}`;
  return new MlctlError("failure", message, { hint, cause });
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
