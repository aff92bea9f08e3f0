import { describe, expect, it } from "vitest";
import { metrics } from "./metrics.ts";
import { trafficRates } from "./traffic.ts";

const log = { queued: 0, written: 0, dropped: 0, failing: 0 };

describe("trafficRates", () => {
  it("gives rates and latencies between two samples, without the pages", () => {
    const counted = metrics();
    const request = (route: string, status: number, seconds: number): void =>
      counted.countRequest("POST", route, { status, seconds });
    request("/predict", 200, 0.002);
    const from = { at: 1000, snapshot: counted.snapshot(log, 0) };
    for (let i = 0; i < 98; i++) request("/predict", 200, 0.002);
    request("/predict", 500, 0.2);
    request("/predict", 422, 30);
    request("/ui", 200, 1);
    counted.countPredictions(["yes", "no", "no"], true);
    const rates = trafficRates(from, { at: 11_000, snapshot: counted.snapshot(log, 0) })!;
    expect(rates).toMatchObject({ seconds: 10, requests: 10, errors: 0.2, predictions: 0.3 });
    // 100 requests: 98 in the bucket up to 2.5 ms, one up to 250 ms, one above the last bound of 10 s.
    expect(rates.routes).toEqual([{ route: "/predict", requests: 100, median: 0.0025, p95: 0.0025, p99: 0.25 }]);
  });

  it("counts a counter that fell as reset, and returns null if no time passed", () => {
    const [before, after] = [metrics(), metrics()];
    before.countRequest("POST", "/predict", { status: 200, seconds: 1 });
    const [from, to] = [before.snapshot(log, 0), after.snapshot(log, 0)];
    expect(trafficRates({ at: 0, snapshot: from }, { at: 1000, snapshot: to })).toMatchObject({
      requests: 0,
      routes: [],
    });
    expect(trafficRates({ at: 5, snapshot: from }, { at: 5, snapshot: to })).toBe(null);
  });
});
