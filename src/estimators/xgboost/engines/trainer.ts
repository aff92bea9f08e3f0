/** Trainer: an engine that trains in the calling thread and blocks it. */
import { messageOf } from "../../../core/errors.ts";
import { openNative } from "../../../core/nativeOpening.ts";
import type { TrainingJob } from "./engine.ts";

export interface Trainer {
  train(job: TrainingJob, onProgress: (share: number) => void): Uint8Array<ArrayBuffer>;
  /** Why training failed; more specific than the thrown error. */
  reason(error: unknown): string;
  /** Memory that the thread keeps between jobs, in bytes. */
  memoryBytes(): number;
}

/** Lines of XGBoost's output kept for the error message. */
const KEPT_LINES = 20;

/** @param engine "wasm" or "native" */
export function openTrainer(engine: string): Promise<Trainer> {
  return engine === "native" ? native() : webAssembly();
}

async function webAssembly(): Promise<Trainer> {
  const { memoryBytes, ready, trainInMemory } = await import("./wasm/trainInMemory.ts");
  const printed: string[] = [];
  await ready((line) => {
    printed.push(line);
    if (printed.length > KEPT_LINES) printed.shift();
  });
  // XGBoost prints the reason ("Check failed: …"); the thrown value is often just an address.
  const reason = (error: unknown): string => printed.findLast((line) => line.includes("Check failed")) ?? String(error);
  return { train: trainInMemory, reason, memoryBytes };
}

async function native(): Promise<Trainer> {
  const { trainNative } = await openNative(() => import("./native/trainNative.ts"));
  return { train: trainNative, reason: messageOf, memoryBytes: () => 0 };
}
