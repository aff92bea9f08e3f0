import { expect, it } from "vitest";
import { addSnapshots, metrics } from "./metrics.ts";

it("adds up what processes count, whichever routes and classes each has", () => {
  const log = { queued: 1, written: 2, dropped: 3, failing: 0 };
  const [a, b] = [metrics(), metrics()];
  a.countRequest("POST", "/predict", { status: 200, seconds: 0.25 });
  b.countRequest("POST", "/predict", { status: 200, seconds: 30 });
  b.countRequest("GET", "/health", { status: 200, seconds: 0.5 });
  a.countPredictions(["yes"], true);
  b.countPredictions(["yes", "__proto__"], true);
  const total = addSnapshots([a.snapshot(log, 10), b.snapshot(log, 20)]);
  expect(total).toMatchObject({ log: { queued: 2, written: 4, dropped: 6, failing: 0 }, memoryBytes: 30, workers: 2 });
  expect(total.requests).toEqual({ "POST /predict 200": 2, "GET /health 200": 1 });
  expect(total.latency["/predict"]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  expect(total.latencySum).toEqual({ "/predict": 30.25, "/health": 0.5 });
  expect(Object.entries(total.predictions)).toEqual([["yes", 2], ["__proto__", 1]]); // prettier-ignore
  expect(addSnapshots([])).toMatchObject({ inFlight: 0, workers: 0 });
});
