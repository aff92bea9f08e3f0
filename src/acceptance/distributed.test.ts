/** One model fitted by several processes: of this machine, under srun, in network namespaces; one of them killed. */
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findLibraries } from "../estimators/xgboost/engines/native/findLibrary.ts";
import { libraryVersion } from "../estimators/xgboost/engines/native/nativeLibrary.ts";
import { lcgSample } from "../testing/lcgSample.ts";
import { networkHosts } from "../testing/networkHosts.ts";
import { postgresServer } from "../testing/postgresServer.ts";
import { s3Server } from "../testing/s3Server.ts";
import { noSlurm, slurmCluster } from "../testing/slurmCluster.ts";
import { emptyWorkspace, temporaryFolder, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

const libraries = findLibraries().map(({ path }) => ({ path, version: libraryVersion(path) }));
const isNew = ({ version }: { version: string }) => Number(version.split(".")[0]) >= 3;
const library = libraries.find(isNew)?.path;
const old = libraries.find((each) => !isNew(each));
const variables = { MLCTL_XGBOOST_LIBRARY: library ?? "" };

/** As many rounds as a kill in the middle needs. */
const model = { family: "xgboost", params: { n_estimators: 150, subsample: 0.8, colsample_bytree: 0.7 } };

function workspace(distributed: object | null, params: object = {}, refit = false): LifecycleWorkspace {
  const made = emptyWorkspace({
    input_folder_path: "sourcedata",
    output_folder_path: "ingesteddata",
    output_model_path: "models",
    prod_deployment_path: "production",
    test_data_path: "testdata",
    target: "y",
    train: { refit, models: [{ ...model, params: { ...model.params, ...params } }], distributed },
  });
  made.write({ "sourcedata/rows.csv": rows });
  made.ok("ingest");
  return made;
}

const rows = (() => {
  const numbers = lcgSample([8000 * 9, 7]);
  const lines = Array.from({ length: 8000 }, (_, i) => {
    const [luck, ...x] = numbers.subarray(i * 9, (i + 1) * 9) as unknown as readonly [number, ...number[]];
    const z = 2 * x[0]! - x[1]! + 3 * x[2]! * x[3]! - 1.2;
    return [...x.map((value) => value.toFixed(5)), luck < 1 / (1 + Math.exp(-2 * z)) ? "yes" : "no"].join();
  });
  return `a,b,c,d,e,f,g,h,y\n${lines.join("\n")}\n`;
})();

interface RunJson {
  readonly ranks?: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly model: { readonly path: string; readonly sha256: string };
}

/** The newest run and what `train` said. */
async function trained(made: LifecycleWorkspace, more: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = await made.startWith({ ...variables, ...more }, "train", "--json").finished;
  expect(status, stderr).toBe(0);
  const { run_id: id } = JSON.parse(stdout) as { run_id: string };
  return { id, stderr, run: JSON.parse(made.read(`models/run_${id}.json`)) as RunJson };
}

const leftovers = (made: LifecycleWorkspace): string[] =>
  globSync(".mlctl-tmp-*", { cwd: join(made.folder, "models") });

/** Processes of the ranks and the tracker of a workspace. */
const processes = (made: LifecycleWorkspace): string[] =>
  spawnSync("pgrep", ["-af", `rank.js.*(tracker|${made.folder})`], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line.includes(made.folder));

const job = (made: LifecycleWorkspace): string => join(made.folder, "models", leftovers(made)[0] ?? "none");

/** Trains with a launch command that notes process ids, and kills a rank once there is a checkpoint. */
async function trainedWithKill(made: LifecycleWorkspace, rank: number, more: Readonly<Record<string, string>> = {}) {
  const pids = join(made.folder, "pids");
  mkdirSync(pids);
  const result = trained(made, more);
  while (!existsSync(join(job(made), "checkpoint.json"))) await sleep(10);
  process.kill(Number(readFileSync(join(pids, String(rank)), "utf8")), "SIGKILL");
  return result;
}

const unbroken = new Map<number, Promise<RunJson>>();
/** The run of unbroken processes of this machine. */
function local(ranks: number): Promise<RunJson> {
  if (!unbroken.has(ranks))
    unbroken.set(
      ranks,
      trained(workspace({ ranks })).then(({ run }) => run),
    );
  return unbroken.get(ranks)!;
}

const hosts = networkHosts(4);
beforeAll(() => hosts.areHere && hosts.start());
afterAll(() => hosts.stop());

const RESTARTED = /all start again from round [1-9]\d*0/;

describe.skipIf(library === undefined)("train.distributed (needs libxgboost 2.1 or newer)", () => {
  it("fits the model in two processes, close to one, and reproduces it byte for byte", async () => {
    const made = workspace({ ranks: 2 }, { early_stopping_rounds: 10 }, true);
    const { id, run } = await trained(made);
    expect(run.ranks).toBe(2);
    const { run: alone } = await trained(workspace(null, { early_stopping_rounds: 10, tree_method: "hist" }, true));
    expect(alone.ranks).toBeUndefined();
    // Bins of merged sketches differ a little, and each rank samples its own rows.
    expect(Math.abs(run.metrics["log_loss"]! - alone.metrics["log_loss"]!)).toBeLessThan(0.01);
    made.configure({ train: { distributed: null } });
    const again = made.run(["reproduce", id, "--json"], { environment: variables });
    expect(JSON.parse(again.stdout)).toMatchObject({ identical: true });
    expect(leftovers(made)).toEqual([]);
  });

  it("goes on from the last checkpoint after a rank was killed, to the same bytes", async () => {
    const made = workspace({ ranks: 2, launch: "echo $$ > pids/{rank}; exec {command}" });
    const { run, stderr } = await trainedWithKill(made, 1);
    expect(stderr).toMatch(RESTARTED);
    expect(run.model.sha256).toBe((await local(2)).model.sha256);
  });

  it.skipIf(noSlurm !== undefined)(
    `runs under srun with 2 and 4 ranks, one killed (${noSlurm ?? "Slurm"})`,
    async () => {
      const launch = `srun -n {ranks} sh -c 'echo $$ > "pids/$SLURM_PROCID"; exec "$@"' - {command}`;
      const server = await slurmCluster(temporaryFolder(), 4);
      try {
        for (const ranks of [2, 4]) {
          const made = workspace({ ranks, launch, tracker_host: "127.0.0.1" });
          const { run, stderr } = await trainedWithKill(made, ranks - 1, server.environment);
          expect(stderr).toMatch(RESTARTED);
          expect(run.model.sha256).toBe((await local(ranks)).model.sha256);
          expect(run.ranks).toBe(ranks);
          expect(processes(made)).toEqual([]);
        }
        const wrong = workspace({ ranks: 2, launch: "srun -n 1 {command}", tracker_host: "127.0.0.1" });
        const { status, stderr } = await wrong.startWith({ ...variables, ...server.environment }, "train").finished;
        expect(stderr).toContain("1 of 2 ranks were started: use {ranks} in train.distributed.launch");
        expect(status).toBe(1);
      } finally {
        await server.stop();
      }
    },
  );

  it.skipIf(!hosts.areHere)("runs on several hosts, one killed (needs root and ip netns)", async () => {
    for (const ranks of [2, 4]) {
      const launch = `echo $$ > pids/{rank}; exec ip netns exec ${hosts.name}{rank} {command}`;
      const made = workspace({ ranks, launch, tracker_host: hosts.address });
      const { run, stderr } = await trainedWithKill(made, 0);
      expect(stderr).toMatch(RESTARTED);
      expect(run.model.sha256).toBe((await local(ranks)).model.sha256);
    }
  });

  it("hands rows and checkpoints over through the bucket of a shared workspace", async ({ skip }) => {
    const postgres = await postgresServer();
    if (typeof postgres === "string") return skip(postgres);
    const s3 = await s3Server(temporaryFolder(), "models");
    try {
      const shared = { PGPASSWORD: process.env["PGPASSWORD"]!, ...s3.variables };
      const made = workspace({ ranks: 2 });
      const share = ["share", await postgres.create("ml"), "s3://models/churn"];
      expect(await made.startWith(shared, ...share).finished).toMatchObject({ status: 0 });
      const { status, stdout, stderr } = await made.startWith({ ...variables, ...shared }, "train", "--json").finished;
      expect(status, stderr).toBe(0);
      const { sha256 } = (await local(2)).model;
      expect(JSON.parse(stdout)).toMatchObject({ model: { sha256 } });
      const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: "models" }));
      expect(Contents.map(({ Key }) => Key).filter((key) => key!.startsWith("churn/ranks/"))).toEqual([]);
      expect(Contents.map(({ Key }) => Key)).toContain(`churn/objects/${sha256}`);
    } finally {
      await s3.stop();
      await postgres.stop();
    }
  });

  it("leaves no process behind: after Ctrl-C, and after the command was killed", async () => {
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const made = workspace({ ranks: 2 });
      const { child, finished } = made.startWith(variables, "train");
      while (!existsSync(join(job(made), "checkpoint.json"))) await sleep(10);
      expect(processes(made).length).toBeGreaterThanOrEqual(2);
      child.kill(signal);
      expect((await finished).status).toBe(signal === "SIGINT" ? 130 : null);
      if (signal === "SIGINT") expect(leftovers(made)).toEqual([]);
      while (processes(made).length > 0) await sleep(20);
    }
  });

  it.skipIf(old === undefined)("names the machine whose libxgboost is another one (needs two versions)", async () => {
    const launch = `MLCTL_XGBOOST_LIBRARY=${old?.path} {command}`;
    const made = workspace({ ranks: 2, launch: `test {rank} = 0 && {command} || ${launch}` });
    const { status, stderr } = await made.startWith(variables, "train").finished;
    expect(stderr).toMatch(/distributed training failed: \S+: all ranks need libxgboost \d/);
    expect(stderr).toContain(`here it is ${old!.version}`);
    expect(status).toBe(1);
  });

  it("is ignored, with a note, by other families, and refuses tree_method exact", async () => {
    const made = workspace({ ranks: 2 }, { tree_method: "exact" });
    const refused = made.run(["train"], { environment: variables });
    expect(refused.stderr).toContain('tree_method "exact" does not support train.distributed');
    expect(refused.status).toBe(2);
    made.configure({ train: { refit: false, models: [{ family: "logistic_regression" }], distributed: { ranks: 2 } } });
    const { notes } = made.json<{ notes: string[] }>("train");
    expect(notes.join("\n")).toContain("train.distributed is ignored");
  });
});

describe("train.distributed", () => {
  it.skipIf(old === undefined)("refuses libxgboost 1.7 with a hint (needs libxgboost0)", () => {
    const made = workspace({ ranks: 2 });
    const { status, stderr } = made.run(["train"], { environment: { MLCTL_XGBOOST_LIBRARY: old!.path } });
    expect(stderr).toContain(`needs libxgboost 2.1 or newer, but ${old!.path} is ${old!.version}`);
    expect(stderr).toContain("`mlctl engine install` installs");
    expect(status).toBe(2);
  });

  it("runs the command of a config.json only if it is trusted", () => {
    const made = workspace({ ranks: 2, launch: "touch evil; {command}" });
    const { status, stderr } = made.run(["train"], { environment: { MLCTL_TRUST: "" } });
    expect(stderr).toContain("train.distributed.launch of config.json is not trusted");
    expect(status).toBe(4);
    expect(existsSync(join(made.folder, "evil"))).toBe(false);
    expect(made.ok("config", "show", "--json")).toContain("touch evil");
  });
});
