/** Native code that would run for hours: a signal, limits.memory and serve.limits.select_seconds end it. */
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleWorkspace, logisticWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { slowness } from "./faults/faultCounts.ts";
import { served } from "./servedWorkspace.ts";

const interruptible = "(SELECT count(*) FROM range(100000000000) a, range(1000000) b) > 0";
/** One call of a function, in which DuckDB does not look for interrupts. */
const stubborn = "levenshtein(repeat('ab', 300000), repeat(corporation, 100000)) > 0";

describe("long SQL", () => {
  let workspace: LifecycleWorkspace;
  beforeAll(() => {
    workspace = sampleWorkspace();
  });

  it.each([
    ["SIGTERM", 143, interruptible, 1],
    ["SIGINT", 130, stubborn, 1],
    ["SIGHUP", 143, stubborn, 1],
    ["SIGINT", 130, stubborn, 2],
    ["SIGTERM", 143, stubborn, 2],
  ] as const)("ends by %s with %i: %s, %i signals", async (signal, code, where, times) => {
    const { child, finished } = workspace.startWith({ MLCTL_INGEST_WHERE: where }, "ingest");
    await new Promise((resolve) => void child.stderr!.once("data", resolve));
    await sleep(400);
    const sent = performance.now();
    child.kill(signal);
    if (times === 2) {
      await sleep(30);
      child.kill(signal);
    }
    const { status, stderr } = await finished;
    expect(status).toBe(code);
    expect(performance.now() - sent).toBeLessThan((times === 2 ? 700 : 2000) * slowness());
    if (times === 1) expect(stderr).toMatch(/\nerror: stopped by [^\n]*\nhint: [^\n]*\n$/);
    if (times === 1) expect(workspace.names(".", /\.lock\./)).toEqual([]);
    workspace.ok("ingest", "--force");
  });

  it.each(["repeat(corporation, 100000000)", "len(list_transform(range(300000000), x -> x * 2))"])(
    "that needs more than limits.memory fails and names the setting: %s",
    async (sql) => {
      const variables = { MLCTL_INGEST_SELECT: JSON.stringify({ x: sql }), MLCTL_LIMITS_MEMORY: "800MB" };
      const { status, stderr } = await workspace.startWith(variables, "ingest", "--force").finished;
      expect(status).toBe(1);
      expect(stderr).toMatch(/\nerror: memory ran out: [^\n]*; limits\.memory is 800MB\nhint: [^\n]*limits\.memory/);
    },
  );
});

it("serve answers 503 to a request whose ingest.select takes too long, and goes on", async () => {
  const workspace = logisticWorkspace();
  const distance = "levenshtein(repeat(corporation, 100), repeat('ba', 2000))";
  workspace.configure({
    ingest: { select: { lastmonth_activity: `lastmonth_activity + ${distance}` } },
    serve: { limits: { select_seconds: 3 } },
  });
  const server = await served(workspace);
  const row = { corporation: "a", lastmonth_activity: 1, lastyear_activity: 2, number_of_employees: 3 };
  const first = await server.post("/predict", row);
  expect(first.status, first.text).toBe(200);
  const sent = performance.now();
  const late = await server.post("/predict", { ...row, corporation: "slow".repeat(10_000) });
  expect([late.status, late.body["detail"]]).toEqual([503, "ingest.select took longer than 3 s"]);
  expect(performance.now() - sent).toBeLessThan(6000);
  expect((await server.get("/ready")).status).toBe(200);
  // The statement still runs: a request is refused, and does not wait for it.
  const next = await server.post("/predict", row);
  expect([200, 503]).toContain(next.status);
  expect(performance.now() - sent).toBeLessThan(9000);
  expect((await server.stop()).status).toBe(143);
});
