/** Trainer: an engine inside the thread that calls it, which it blocks. */
import { openNative } from "../../../core/nativeOpening.ts";
import type { TrainingJob } from "./trainingJob.ts";

/** What an engine brings to its thread. */
export interface Trainer {
  train(job: TrainingJob, onProgress: (share: number) => void): Uint8Array<ArrayBuffer>;
  /** Why training failed, better than what was thrown. */
  reason(error: unknown): string;
  /** Memory that the thread keeps between jobs. */
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
  // XGBoost says why in what it prints ("Check failed: …"); what is thrown is often just an address.
  const reason = (error: unknown): string => printed.findLast((line) => line.includes("Check failed")) ?? String(error);
  return { train: trainInMemory, reason, memoryBytes };
}

async function native(): Promise<Trainer> {
  const { trainNative } = await openNative(() => import("./native/trainNative.ts"));
  return { train: trainNative, reason: messageOf, memoryBytes: () => 0 };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
