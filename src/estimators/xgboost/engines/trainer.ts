/** Trainer: an engine that trains in the calling thread and blocks it. */
import { messageOf } from "../../../core/errors.ts";
import { openNative } from "../../../core/nativeCalls.ts";

/** Lines of XGBoost's output kept for the error message. */
const KEPT_LINES = 20;

export type Trainer = Awaited<ReturnType<typeof webAssembly>>;

/** @param engine "wasm" or "native" */
export async function openTrainer(engine: string): Promise<Trainer> {
  if (engine !== "native") return webAssembly();
  const { trainNative } = await openNative(() => import("./native/trainNative.ts"));
  return { train: trainNative, reason: messageOf, memoryBytes: () => 0 };
}

async function webAssembly() {
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
