/** Samples of the counters over the last ten minutes, from which the live page computes rates. */
import type { MetricsSnapshot } from "./metrics.ts";

export interface TrafficSample {
  /** Monotonic, in milliseconds. */
  readonly at: number;
  readonly snapshot: MetricsSnapshot;
}

export const SAMPLE_SECONDS = 10;
/** Ten minutes. */
const MAX_SAMPLES = 61;

export function trafficSamples(snapshot: () => Promise<MetricsSnapshot>, clock: () => number) {
  const samples: TrafficSample[] = [];
  const take = async (): Promise<void> => {
    const taken = await snapshot();
    samples.push({ at: clock(), snapshot: taken });
    if (samples.length > MAX_SAMPLES) samples.shift();
  };
  const timer = setInterval(() => void take(), SAMPLE_SECONDS * 1000);
  timer.unref();
  void take();
  return { samples: samples as readonly TrafficSample[], close: () => clearInterval(timer) };
}
