/** A fullprocess that is killed at any instant: the workspace is never left half done, and the next run finishes the work. */
import { beforeAll, describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import {
  sampleWorkspace,
  type Finished,
  type FullprocessJson,
  type LifecycleWorkspace,
} from "../lifecycleWorkspace.ts";
import { FAULTS_TIMEOUT, faultCount, histogram, tell } from "./faultCounts.ts";
import { failures, outcome, temporaries, waitingWorkspace } from "./killedWorkspace.ts";

interface LineageJson {
  readonly run: { readonly run_id: string };
}

const KILLS = faultCount(15, 300);

/** Workspaces that are tried at the same time: one for each core. */
const LANES = 2;

let waiting: LifecycleWorkspace;
let oldRun: string;
beforeAll(() => {
  ({ waiting, oldRun } = waitingWorkspace());
});

/** The stage that a run had told last; "start" before the first, "apicalls" after the report's file. */
const stageOf = ({ stderr }: Finished): string =>
  [...stderr.matchAll(/^(ingest|drift|train|score|deploy|report|apicalls): /gm)].at(-1)?.[1] ?? "start";

interface Kill {
  /** Null where the run was done before. */
  readonly stage: string | null;
  /** What the next run still had to do. */
  readonly rest: string;
}

/** Kills one run after `delay` milliseconds and proves that nothing came of it. */
async function killAfter(delay: number, whole: readonly string[]): Promise<Kill> {
  const told = `killed after ${delay} ms`;
  const workspace = waiting.copy();
  const { child, finished } = workspace.start("fullprocess", "--verbose");
  const timer = setTimeout(() => child.kill("SIGKILL"), delay);
  const done = await finished;
  clearTimeout(timer);
  if (done.status !== null) expect(done.status, done.stderr).toBe(0);
  const [sound, answered] = await Promise.all(
    [
      ["doctor", "--json"],
      ["predict", "testdata/testdata.csv"],
    ].map((args) => workspace.start(...args).finished),
  );
  expect(failures(sound!), told).toEqual([]);
  expect([answered!.status, answered!.stdout.split("\n").length], `${told}\n${answered!.stderr}`).toEqual([0, 152]);
  const next = await workspace.start("fullprocess", "--json").finished;
  expect(next.status, `${told}\n${next.stderr}`).toBe(0);
  const { steps } = JSON.parse(next.stdout) as FullprocessJson;
  // The very bytes of a run that nobody killed: no row is lost, none is there twice.
  expect(outcome(workspace), told).toEqual(whole);
  expect(temporaries(workspace), told).toEqual([]);
  const stage = done.status === null ? stageOf(done) : null;
  return { stage, rest: steps.find(({ status }) => status === "done")?.name ?? "nothing" };
}

describe("fullprocess killed", () => {
  it(
    `at ${KILLS} random instants: sound, the old model or the new one answers, and the next run finishes the work`,
    async () => {
      const reference = waiting.copy();
      const start = performance.now();
      expect((await reference.start("fullprocess").finished).status).toBe(0);
      const duration = performance.now() - start;
      const whole = outcome(reference);
      const { uniform } = random(15);
      // Two lanes slow each other down, so that a run lasts longer than the one alone.
      const delays = Array.from({ length: KILLS }, (_, i) => duration * (0.15 + (1.35 * (i + uniform())) / KILLS));
      const kills: Kill[] = [];
      const lane = async (): Promise<void> => {
        for (let delay = delays.pop(); delay !== undefined; delay = delays.pop()) {
          kills.push(await killAfter(delay, whole));
          if (kills.length % 50 === 0) tell(`${kills.length} kills`);
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      const hit = kills.flatMap(({ stage }) => stage ?? []);
      tell(`kill -9 at ${KILLS} instants, ${hit.length} while it ran, in: ${histogram(hit)}`);
      tell(`  the next run began with: ${histogram(kills.map(({ rest }) => rest))}`);
      // Else nothing was tried: most were killed, and at different stages.
      expect(hit.length).toBeGreaterThan(KILLS / 2);
      expect(new Set(hit).size).toBeGreaterThan(2);
    },
    FAULTS_TIMEOUT,
  );

  it("while it trains for the first time: nothing is deployed, and the next run does all", async () => {
    const fresh = sampleWorkspace();
    const { child, finished } = fresh.start("fullprocess");
    child.stderr!.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("train:")) child.kill("SIGKILL");
    });
    expect((await finished).status).toBe(null);
    expect(failures(fresh.run(["doctor", "--json"]))).toEqual([]);
    expect(fresh.run(["predict", "testdata/testdata.csv"]).status).toBe(4);
    expect(fresh.json("fullprocess")).toMatchObject({ status: "deployed" });
  });

  it("by Ctrl-C it stops cleanly with 130 and says so", async () => {
    const workspace = waiting.copy();
    const { child, finished } = workspace.start("fullprocess");
    child.stderr!.once("data", () => child.kill("SIGINT"));
    const { status, stdout, stderr } = await finished;
    expect([status, stdout]).toEqual([130, ""]);
    expect(stderr).toContain(
      "error: stopped by Ctrl-C\nhint: what was done stays and is whole; run it again to go on\n",
    );
    expect(temporaries(workspace)).toEqual([]);
    expect(workspace.names(".", /\.lock\./)).toEqual([]);
    expect(failures(workspace.run(["doctor", "--json"]))).toEqual([]);
    expect(workspace.json<LineageJson>("lineage", "@champion").run.run_id).toBe(oldRun);
  });
});
