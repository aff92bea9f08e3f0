import { describe, expect, it } from "vitest";
import { htmlText } from "../../../reporting/html.ts";
import { deploymentEvents, windowPoint } from "./windows.ts";
import { niceTicks, timeChart } from "./timeChart.ts";

describe("niceTicks", () => {
  it("covers the range in round steps", () => {
    expect(niceTicks(0, 1)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(niceTicks(0.41, 0.83)).toEqual([0.4, 0.6, 0.8, 1]);
    expect(niceTicks(-3, 12)).toEqual([-5, 0, 5, 10, 15]);
    for (const [low, high] of [
      [0, 0],
      [7, 7],
      [-5, 1e9],
      [1e-12, 3e-12],
    ] as const) {
      const ticks = niceTicks(low, high);
      expect(ticks[0]).toBeLessThanOrEqual(low);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
      expect(ticks.length).toBeLessThan(9);
      expect(new Set(ticks).size).toBe(ticks.length);
    }
  });
});

describe("timeChart", () => {
  const points = [
    { label: "a", value: 0.2, limit: 0.5, status: "pass" },
    { label: "b", value: null, limit: 0.5 },
    { label: "<c>", value: 0.9, limit: 0.5, status: "fail" },
  ] as const;
  const text = htmlText(timeChart({ id: "x", title: "T", points, limitName: "limit" }));

  it("draws the limit, leaves gaps for missing values, and marks failures by shape", () => {
    expect(text).toMatch(/class="limit" d="M[\d.]+ [\d.]+L[\d.]+ [\d.]+L/);
    // Two "M" commands: no line over the window without a value.
    expect(/class="course" d="([^"]*)"/.exec(text)![1]!.match(/M/g)).toHaveLength(2);
    expect(text).toContain('class="mark fail"');
    expect(text).toContain("<title>&lt;c&gt;: 0.900, limit 0.500</title>");
  });

  it("draws p-values on a logarithmic axis: small ones are apart from each other and from the limit", () => {
    const small = [3e-41, 1e-6, 0.03, 1].map((value) => ({ label: String(value), value, limit: 0.05 }));
    const drawn = htmlText(timeChart({ id: "x", title: "T", points: small, log: true }));
    const heights = [...drawn.matchAll(/class="mark pass" cx="[\d.]+" cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(4);
    // From bottom to top: twelve decades, of which 1e-6 is the middle; what is smaller is at the edge.
    expect(heights[0]! - heights[1]!).toBeCloseTo(heights[1]! - heights[3]!, 0);
    expect(heights[1]! - heights[2]!).toBeGreaterThan(40);
  });

  it("draws deployments between the windows before and after them", () => {
    const day = (n: number): string => `2026-05-0${n}T00:00:00.000Z`;
    const windows = [1, 2, 3].map((n) => ({ end: day(n), createdAt: day(9) }));
    const deployed = (deploymentId: number, deployedAt: string) => ({ deploymentId, deployedAt, runId: "a" });
    const store = {
      deployments: () => [deployed(3, day(4)), deployed(2, "2026-05-02T12:00:00.000Z"), deployed(1, day(0))],
      run: () => ({ modelVersion: 7 }),
    } as unknown as Parameters<typeof deploymentEvents>[0];
    expect(deploymentEvents(store, windows)).toEqual([{ at: 1.5, label: "v7" }]);
    const drawn = htmlText(timeChart({ id: "x", title: "T", points, events: [{ at: 1.5, label: "v7" }] }));
    expect(drawn).toMatch(/class="event" d="M[\d.]+ 14V160".*?>v7</s);
  });

  it("describes the values in words", () => {
    expect(text).toContain("Newest: 0.900 (limit 0.500); 1 of 2 failed.");
    expect(htmlText(timeChart({ id: "x", title: "T", points: [] }))).toContain("There is no value yet.");
  });
});

it("leaves the values of a window with too few rows out of the chart and its scale", () => {
  const at = (label: string, status: "pass" | "skipped", value: number) =>
    windowPoint({ label, file: null, end: "2026-05-02T00:00:00.000Z", status }, { value, bound: 0.5, status: "pass" });
  const points = [at("rows 1 to 50", "pass", 0.2), at("rows 51 to 52", "skipped", 40)];
  expect(points[1]).toEqual({ label: "rows 51 to 52", tick: "2026-05-01", value: null, isOmitted: true });
  const text = htmlText(timeChart({ id: "x", title: "X", points }));
  expect(text).toContain("rows 51 to 52: too few rows");
  expect(text).toContain("Newest with enough rows: 0.200.");
  expect(text).not.toContain("2026-05-01"); // both windows end on that day, so the axis has their names
});
