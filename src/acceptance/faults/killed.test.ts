/** A fullprocess that is killed at any instant: the workspace is never left half done, and the next run finishes the work. */
import type { ChildProcess } from "node:child_process";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { postgresServer, type PostgresServer } from "../../testing/postgresServer.ts";
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

/** In npm test one in each stage. */
const KILLS = faultCount(6, 300);

/** Workspaces that are tried at the same time: one for each core. */
const LANES = 2;

let waiting: LifecycleWorkspace;
let oldRun: string;
let server: PostgresServer | string;
let url = "";
beforeAll(async () => {
  ({ waiting, oldRun } = waitingWorkspace());
  server = await postgresServer();
  if (typeof server !== "string") url = await server.create("ml");
});

type Place = "folders" | "Postgres";
const variables = () => ({ PGPASSWORD: process.env["PGPASSWORD"] ?? "" });
let copies = 0;

/** A copy of the waiting workspace, with its records in folders or in Postgres. */
async function waitingIn(place: Place): Promise<LifecycleWorkspace> {
  const workspace = waiting.copy();
  if (place === "Postgres") await call(workspace, "share", `${url}?workspace=killed${copies++}`);
  return workspace;
}

async function call(workspace: LifecycleWorkspace, ...args: string[]): Promise<Finished> {
  const finished = await workspace.startWith(variables(), ...args).finished;
  expect(finished.status, `mlctl ${args.join(" ")}\n${finished.stderr}`).toBe(0);
  return finished;
}

/** As fullprocess tells them; "start" is what comes before the first, "report" goes on until the end. */
const stages = ["start", "ingest", "train", "score", "deploy", "report"] as const;
type Stage = (typeof stages)[number];

/** Calls `onStage` at the start of each stage. */
function follow(child: ChildProcess, onStage: (stage: Stage) => void): void {
  onStage("start");
  child.stderr!.on("data", (chunk: Buffer) => {
    for (const [, stage] of chunk.toString().matchAll(/^(ingest|train|score|deploy|report): /gm))
      onStage(stage as Stage);
  });
}

/** How long each stage takes where nobody kills, in milliseconds, and what comes of it. */
async function unkilled(place: Place): Promise<{ lengths: Map<Stage, number>; whole: string[] }> {
  const workspace = await waitingIn(place);
  const { child, finished } = workspace.startWith(variables(), "fullprocess");
  const began: [Stage, number][] = [];
  follow(child, (stage) => began.push([stage, performance.now()]));
  expect((await finished).status).toBe(0);
  expect(began.map(([stage]) => stage)).toEqual(stages);
  const ended = [...began.slice(1).map(([, at]) => at), performance.now()];
  return { lengths: new Map(began.map(([stage, at], i) => [stage, ended[i]! - at])), whole: outcome(workspace) };
}

interface Instant {
  readonly stage: Stage;
  /** Milliseconds after the start of the stage. */
  readonly delay: number;
}

interface Kill {
  /** The stage that was told last; null where the run was done before. */
  readonly hit: Stage | null;
  /** The first thing that the next run had to do. */
  readonly next: string;
}

/** Kills one run and proves that nothing came of it. */
async function killAt(place: Place, instant: Instant, whole: readonly string[]): Promise<Kill> {
  const told = `killed ${instant.delay} ms into ${instant.stage}`;
  const workspace = await waitingIn(place);
  const { child, finished } = workspace.startWith(variables(), "fullprocess");
  let hit: Stage = "start";
  let timer: NodeJS.Timeout | undefined;
  follow(child, (stage) => {
    hit = stage;
    if (stage === instant.stage) timer = setTimeout(() => child.kill("SIGKILL"), instant.delay);
  });
  const { status, stderr } = await finished;
  clearTimeout(timer);
  if (status !== null) expect(status, stderr).toBe(0);
  expect(failures(await call(workspace, "doctor", "--json")), told).toEqual([]);
  const predicted = await call(workspace, "predict", "testdata/testdata.csv");
  expect(predicted.stdout.split("\n").length, told).toBe(152);
  const again = await call(workspace, "fullprocess", "--json");
  // The very bytes of a run that nobody killed: no row is lost, none is there twice.
  expect(outcome(workspace), told).toEqual(whole);
  expect(temporaries(workspace), told).toEqual([]);
  const { steps } = JSON.parse(again.stdout) as FullprocessJson;
  const next = steps.find((step) => step.status === "done" && step.name !== "drift")?.name ?? "nothing";
  return { hit: status === null ? hit : null, next };
}

describe.each<Place>(["folders", "Postgres"])("fullprocess killed, with its records in %s,", (place) => {
  beforeEach(({ skip }) => {
    if (place === "Postgres" && typeof server === "string") skip(server);
  });

  it(
    `at ${KILLS} random instants: sound, the old model or the new one answers, and the next run finishes the work`,
    async () => {
      const { lengths, whole } = await unkilled(place);
      const { uniform } = random(15);
      const instants = Array.from({ length: KILLS }, (_, i): Instant => {
        const stage = stages[i % stages.length]!;
        return { stage, delay: uniform() * lengths.get(stage)! };
      });
      const kills: Kill[] = [];
      const lane = async (): Promise<void> => {
        for (let instant = instants.pop(); instant !== undefined; instant = instants.pop()) {
          kills.push(await killAt(place, instant, whole));
          if (kills.length % 50 === 0) tell(`${kills.length} of ${KILLS} kills in ${place}`);
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      const hit = kills.flatMap((kill) => kill.hit ?? []);
      tell(`${place}: kill -9 at ${KILLS} instants, ${hit.length} while it ran, in: ${histogram(hit)}`);
      tell(`  the next run began with: ${histogram(kills.map((kill) => kill.next))}`);
      // Else nothing was tried: most were killed, and at different stages.
      expect(hit.length).toBeGreaterThan(KILLS / 2);
      expect(new Set(hit).size).toBeGreaterThan(2);
    },
    FAULTS_TIMEOUT,
  );

  it("while it trains for the first time: nothing is deployed, and the next run does all", async () => {
    const fresh = sampleWorkspace();
    if (place === "Postgres") await call(fresh, "share", `${url}?workspace=fresh`);
    const { child, finished } = fresh.startWith(variables(), "fullprocess");
    child.stderr!.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("train:")) child.kill("SIGKILL");
    });
    expect((await finished).status).toBe(null);
    expect(failures(await call(fresh, "doctor", "--json"))).toEqual([]);
    expect((await fresh.startWith(variables(), "predict", "testdata/testdata.csv").finished).status).toBe(4);
    expect(JSON.parse((await call(fresh, "fullprocess", "--json")).stdout)).toMatchObject({ status: "deployed" });
  });

  it("by Ctrl-C it stops cleanly with 130 and a message", async () => {
    const workspace = await waitingIn(place);
    const { child, finished } = workspace.startWith(variables(), "fullprocess");
    child.stderr!.once("data", () => child.kill("SIGINT"));
    const { status, stdout, stderr } = await finished;
    expect([status, stdout]).toEqual([130, ""]);
    expect(stderr).toContain("error: stopped by Ctrl-C\nhint: nothing half-finished is left; run the command again\n");
    expect(temporaries(workspace)).toEqual([]);
    expect(workspace.names(".", /\.lock\./)).toEqual([]);
    expect(failures(await call(workspace, "doctor", "--json"))).toEqual([]);
    const lineage = await call(workspace, "lineage", "@champion", "--json");
    expect((JSON.parse(lineage.stdout) as LineageJson).run.run_id).toBe(oldRun);
  });
});
