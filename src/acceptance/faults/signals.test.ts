/** A signal at any instant of native work: it ends within two seconds with its exit code, and nothing is left half done. */
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { nativeLibraries } from "../../estimators/xgboost/engines/chooseEngine.ts";
import { random } from "../../core/random.ts";
import { sampleWorkspace, type LifecycleWorkspace } from "../lifecycleWorkspace.ts";
import { FAULTS_TIMEOUT, faultCount, histogram, slowness, tell } from "./faultCounts.ts";
import { failures } from "./killedWorkspace.ts";

const MAX_MS = 2000;
const ROWS = 300_000;

/** Work in a library, which the signal meets at some instant of its first seconds. */
interface Work {
  readonly name: string;
  readonly args: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  /** The next run, which does not take long. */
  readonly next?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Latest instant of the signal, in milliseconds after the start. */
  readonly until: number;
}

const trees = (engine: string) => ({
  train: { models: [{ family: "xgboost", params: { engine, n_estimators: 20_000 } }], metric: "f1" },
});
const quickTraining = { MLCTL_TRAIN_MODELS: '[{"family":"baseline"}]' };
const everyRow = { MLCTL_INGEST_WHERE: "true" };

const works: readonly Work[] = [
  {
    name: "SQL that DuckDB interrupts",
    args: ["ingest"],
    config: { ingest: { where: "(SELECT count(*) FROM range(100000000000) a, range(1000000) b) > 0" } },
    environment: everyRow,
    until: 2500,
  },
  {
    name: "SQL that DuckDB does not interrupt",
    args: ["ingest"],
    config: { ingest: { where: "levenshtein(repeat('ab', 300000), repeat(corporation, 100000)) > 0" } },
    environment: everyRow,
    until: 2500,
  },
  { name: "ingest of a large file", args: ["ingest", "--force"], until: 2500 },
  { name: "libxgboost", args: ["train"], config: trees("native"), environment: quickTraining, until: 4000 },
  { name: "WebAssembly", args: ["train"], config: trees("wasm"), environment: quickTraining, until: 4000 },
  {
    name: "predict with select",
    args: ["predict", "large.csv", "-o", "predictions.csv"],
    config: { ingest: { select: { lastmonth_activity: "levenshtein(repeat(corporation, 40), repeat('ab', 40))" } } },
    next: ["predict", "few.csv", "-o", "predictions.csv"],
    until: 4000,
  },
  { name: "predict", args: ["predict", "large.csv", "-o", "predictions.csv"], until: 1500 },
  { name: "backup", args: ["backup"], until: 1000 },
  { name: "reindex", args: ["reindex"], until: 600 },
];
const EACH = Math.ceil(faultCount(20, 300) / works.length);

let large: LifecycleWorkspace;
beforeAll(() => {
  large = sampleWorkspace();
  large.configure({ train: { models: [{ family: "logistic_regression" }], metric: "f1" } });
  const [header = "", ...lines] = large.read("practicedata/dataset1.csv").trim().split("\n");
  const file = (count: number): string =>
    `${[header, ...Array.from({ length: count }, (_, i) => lines[i % lines.length]!)].join("\n")}\n`;
  large.write({ "large.csv": file(ROWS), "few.csv": file(20), "practicedata/large.csv": file(ROWS) });
  large.ok("fullprocess");
});

describe("a signal", () => {
  const { uniform } = random(9);
  const all: number[] = [];

  it.each(works)(
    "ends $name within two seconds, and the next run works",
    async ({ name, args, config = {}, next = args, environment = {}, until }) => {
      if (name === "libxgboost" && (await nativeLibraries()).used === null) return tell("no libxgboost here");
      const workspace = large.copy();
      workspace.configure(config);
      const times: number[] = [];
      const codes: string[] = [];
      for (let i = 0; i < EACH; i++) {
        const signal = (["SIGTERM", "SIGINT", "SIGHUP"] as const)[Math.floor(uniform() * 3)]!;
        const isTwice = uniform() < 0.25;
        const at = until * uniform();
        const told = `${signal}${isTwice ? " twice" : ""} after ${Math.round(at)} ms`;
        const { child, finished } = workspace.start(...args);
        await Promise.race([sleep(at), finished]);
        const sent = performance.now();
        child.kill(signal);
        // The second SIGHUP comes from the terminal and is no wish to end at once.
        if (isTwice) setTimeout(() => child.kill(signal), 50).unref();
        const { status, stderr } = await finished;
        const took = performance.now() - sent;
        if (child.signalCode === null && status !== 0) {
          times.push(took);
          expect(status, `${told}\n${stderr}`).toBe(signal === "SIGINT" ? 130 : 143);
          if (!isTwice) expect(stderr.match(/^error: stopped by /gm), told).toHaveLength(1);
          if (!isTwice || signal === "SIGHUP") expect(workspace.names(".", /\.lock\.|-journal$/), told).toEqual([]);
        }
        expect(took, `${told}\n${stderr}`).toBeLessThan(MAX_MS * slowness());
        // Null: the signal came before the program had a listener.
        codes.push(String(status ?? child.signalCode));
        expect(failures(workspace.run(["doctor", "--json"])), told).toEqual([]);
        const after = workspace.run(next, { environment });
        expect(after.status, `${told}\n${after.stderr}`).toBe(0);
      }
      all.push(...times);
      tell(`${name}: ${figures(times)}; ${histogram(codes)}`);
    },
    FAULTS_TIMEOUT,
  );

  it("took", () => {
    tell(`all signals: ${figures(all)}`);
    expect(all.length).toBeGreaterThan((EACH * works.length) / 2);
  });
});

function figures(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const [median = 0, max = 0] = [sorted[sorted.length >> 1], sorted.at(-1)].map((time) => Math.round(time ?? 0));
  return `${times.length} stopped, median ${median} ms, maximum ${max} ms`;
}
