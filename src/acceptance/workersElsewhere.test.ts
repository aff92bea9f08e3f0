/** Workers that Slurm or a command starts, whose work is in a bucket, and whose connection is cut. */
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished } from "vitest";
import { networkHosts } from "../testing/networkHosts.ts";
import { s3Server, type S3Server } from "../testing/s3Server.ts";
import { noSlurm, slurmCluster } from "../testing/slurmCluster.ts";
import { bin, environment, temporaryFolder, workspaceIn } from "./lifecycleWorkspace.ts";
import { busy, leftovers, living, ok, onPostgres, start, toTune, trials, url, variables } from "./workersWorkspace.ts";

const tunedAlone = (...flags: string[]): Promise<object[]> => {
  const alone = toTune();
  alone.ok("tune", ...flags);
  return trials(alone);
};

/** Keys of work that is in the bucket. */
async function workOf({ client }: S3Server): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: "models" }));
  return Contents.map(({ Key }) => Key!).filter((key) => key.includes("/work/"));
}

/** A connection to the database that can be cut. */
async function proxy(port: number, address = "127.0.0.1") {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const database = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {}).on("close", () => (sockets.delete(from), to.destroy()));
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut(is: boolean) {
      isCut = is;
      if (is) for (const socket of sockets) socket.destroy();
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe("workers elsewhere", () => {
  onPostgres("go on after their connection was cut; what they did is done once", async () => {
    const shared = toTune();
    await ok(shared, "share", `${url}?workspace=cut`);
    const line = await proxy(Number(new URL(url).port));
    const other = shared.copy();
    other.configure({ database: `${url.replace(/:\d+\//, `:${line.port}/`)}?workspace=cut` });
    const worker = start(other, "worker", "--threads", "1");
    await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(1);
    const tuning = start(shared, "tune", "--workers", "1");
    await expect.poll(busy, { timeout: 60_000, interval: 5 }).toBe(1);
    line.cut(true);
    await expect.poll(busy, { timeout: 5000, interval: 5 }).toBe(0);
    // A worker that is between two tasks notices with its next question.
    await sleep(3000);
    line.cut(false);
    const { status, stderr } = await tuning.finished;
    expect(status, stderr).toBe(0);
    expect(await trials(shared)).toEqual(await tunedAlone());
    // The search may have ended before the worker tried again.
    await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(1);
    worker.child.kill("SIGINT");
    expect((await worker.finished).stderr).toMatch(/trying again[^]*responds again[^]*did \d+ tasks?/);
    expect(await leftovers()).toEqual([]);
    await line.close();
  });

  onPostgres("go on after their network was silent for a minute: nothing is lost or done twice", async (skip) => {
    const hosts = networkHosts(1);
    if (!hosts.areHere) return skip("needs root and ip netns");
    hosts.start();
    onTestFinished(() => hosts.stop());
    const s3 = await s3Server(temporaryFolder(), "models");
    const [database, bucket] = await Promise.all(
      [url, s3.variables["AWS_ENDPOINT_URL"]!].map((place) => proxy(Number(new URL(place).port), hosts.address)),
    );
    const all = { ...variables(), ...s3.variables };
    const shared = toTune();
    expect((await shared.startWith(all, "share", `${url}?workspace=silent`, "s3://models/s").finished).status).toBe(0);
    const elsewhere = workspaceIn(temporaryFolder());
    elsewhere.write({ "config.json": shared.read("config.json") });
    const there = url.replace(/127.0.0.1:\d+/, `${hosts.address}:${database!.port}`);
    elsewhere.configure({ database: `${there}?workspace=silent` });
    const variablesThere = { ...all, AWS_ENDPOINT_URL: `http://${hosts.address}:${bucket!.port}` };
    const command = ["netns", "exec", `${hosts.name}0`, process.execPath, bin, "worker", "--threads", "1"];
    const worker = spawn("ip", command, {
      cwd: elsewhere.folder,
      env: environment(variablesThere),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    worker.stderr.on("data", (chunk: Buffer) => (said += String(chunk)));
    onTestFinished(() => void worker.kill("SIGKILL"));
    await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(1);
    const tuning = shared.startWith(all, "tune", "--workers", "1", "--trials", "48");
    await expect.poll(busy, { timeout: 60_000, interval: 5 }).toBe(1);
    hosts.plug(0, "down");
    await sleep(60_000);
    hosts.plug(0, "up");
    const { status, stderr } = await tuning.finished;
    expect(status, stderr).toBe(0);
    expect(await trials(shared)).toEqual(await tunedAlone("--trials", "48"));
    expect(await workOf(s3)).toEqual([]);
    // It is still a worker: the next command has its help again.
    await expect.poll(() => living(shared), { timeout: 120_000 }).toHaveLength(1);
    worker.kill("SIGINT");
    await new Promise((resolve) => worker.once("close", resolve));
    expect(said).toMatch(/trying again[^]*responds again[^]*did [1-9]\d* tasks?/);
    for (const line of [database!, bucket!]) line.cut(true);
    await Promise.all([database!.close(), bucket!.close(), s3.stop()]);
  });

  onPostgres("get the work from the bucket, where there is one", async () => {
    const s3 = await s3Server(temporaryFolder(), "models");
    const all = { ...variables(), ...s3.variables };
    const shared = toTune();
    expect((await shared.startWith(all, "share", `${url}?workspace=b`, "s3://models/x").finished).status).toBe(0);
    const elsewhere = workspaceIn(temporaryFolder());
    elsewhere.write({ "config.json": shared.read("config.json") });
    const worker = elsewhere.startWith(all, "worker", "--threads", "1");
    await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(1);
    expect((await shared.startWith(all, "tune", "--workers", "1").finished).status).toBe(0);
    worker.child.kill("SIGINT");
    expect((await worker.finished).stderr).toMatch(/did [1-9]\d* tasks?/);
    expect(await trials(shared)).toEqual(await tunedAlone());
    expect(await workOf(s3)).toEqual([]);
    await s3.stop();
  });

  onPostgres("are started by workers.launch, once config.json is trusted, and end with the command", async () => {
    const shared = toTune();
    await ok(shared, "share", `${url}?workspace=launch`);
    const launch = `touch started{index}; exec "${process.execPath}" "${bin}" worker --threads 1`;
    shared.configure({ workers: { launch, count: 2 } });
    const untrusted = { ...variables(), MLCTL_TRUST: "", MLCTL_DATABASE: `${url}?workspace=launch` };
    const refused = await shared.startWith(untrusted, "tune", "--trials", "1", "--method", "random").finished;
    expect(refused.stderr).toContain("workers.launch of config.json is not trusted");
    expect(existsSync(join(shared.folder, "started1"))).toBe(false);
    const tuning = start(shared, "tune", "--workers", "1");
    await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(2);
    expect((await tuning.finished).status).toBe(0);
    expect(shared.names(".", /^started/)).toEqual(["started1", "started2"]);
    await expect.poll(() => living(shared), { timeout: 60_000 }).toEqual([]);
    // The first trial is that of the command before.
    expect((await trials(shared)).slice(1)).toEqual(await tunedAlone());
  });

  onPostgres("are tasks of a Slurm job array, of which two are killed", async (skip) => {
    if (noSlurm !== undefined) return skip(`Slurm: ${noSlurm}`);
    const cluster = await slurmCluster(temporaryFolder(), 4);
    onTestFinished(() => cluster.stop());
    const shared = toTune();
    await ok(shared, "share", `${url}?workspace=slurm`);
    const program = temporaryFolder();
    writeFileSync(join(program, "mlctl"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`, { mode: 0o755 });
    const slurm = (command: string, args: readonly string[], input = ""): string => {
      const env = environment({ ...variables(), ...cluster.environment });
      env["PATH"] = `${program}:${env["PATH"]}`;
      const { status, stdout, stderr } = spawnSync(command, args, { env, cwd: shared.folder, encoding: "utf8", input });
      expect(status, stderr).toBe(0);
      return stdout;
    };
    slurm("sbatch", [], (await ok(shared, "worker", "--print", "slurm", "--count", "4")).stdout);
    await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(4);
    const tuning = start(shared, "tune", "--workers", "1");
    for (const task of ["1_1", "1_2"]) {
      await expect.poll(busy, { timeout: 60_000, interval: 5 }).toBeGreaterThan(1);
      slurm("scancel", ["--signal=KILL", "--full", task]);
    }
    const { status, stderr } = await tuning.finished;
    expect(status, stderr).toBe(0);
    expect(await trials(shared)).toEqual(await tunedAlone());
    expect(await living(shared)).toHaveLength(2);
  });
});
