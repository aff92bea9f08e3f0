import { describe, expect, it } from "vitest";
import { metrics } from "./metrics.ts";
import { trafficRates } from "./trafficRates.ts";

const log = { queued: 0, written: 0, dropped: 0 };

describe("trafficRates", () => {
  it("tells what came between two looks, pages left out", () => {
    const counted = metrics();
    const answer = (route: string, status: number, seconds: number): void =>
      counted.answered("POST", route, { status, seconds });
    answer("/predict", 200, 0.002);
    const from = { at: 1000, snapshot: counted.snapshot(log, 0) };
    for (let i = 0; i < 98; i++) answer("/predict", 200, 0.002);
    answer("/predict", 500, 0.2);
    answer("/predict", 422, 30);
    answer("/ui", 200, 1);
    counted.predicted(["yes", "no", "no"], true);
    const rates = trafficRates(from, { at: 11_000, snapshot: counted.snapshot(log, 0) })!;
    expect(rates).toMatchObject({ seconds: 10, requests: 10, errors: 0.2, predictions: 0.3 });
    // 100 requests: 98 in the bucket up to 2.5 ms, one up to 250 ms, one slower than the last edge of 10 s.
    expect(rates.routes).toEqual([{ route: "/predict", requests: 100, median: 0.0025, p95: 0.0025, p99: 0.25 }]);
  });

  it("takes a counter that fell for one that began anew, and tells no rate of no time", () => {
    const [before, after] = [metrics(), metrics()];
    before.answered("POST", "/predict", { status: 200, seconds: 1 });
    const [from, to] = [before.snapshot(log, 0), after.snapshot(log, 0)];
    expect(trafficRates({ at: 0, snapshot: from }, { at: 1000, snapshot: to })).toMatchObject({
      requests: 0,
      routes: [],
    });
    expect(trafficRates({ at: 5, snapshot: from }, { at: 5, snapshot: to })).toBe(null);
  });
});
