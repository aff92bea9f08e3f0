/** A deployment of a shared workspace that is killed before any change of a file, or any message to Postgres. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { databaseAddress } from "../../core/databaseAddress.ts";
import { dist, exampleRequest, exampleWorkspace } from "../../testing/exampleRecords.ts";
import { killAtChange } from "../../testing/interruptions.ts";
import { postgresServer, type PostgresServer } from "../../testing/postgresServer.ts";
import { currentDeployment, deploymentHistory } from "../deployment/currentDeployment.ts";
import { copies, repairDeployment } from "../deployment/repairDeployment.ts";
import { sha256Text, type WorkspacePaths } from "../files/workspacePaths.ts";
import { openRecords } from "../openRecords.ts";
import type { DeploymentRequest } from "../records/records.ts";
import { openMemoryStore } from "../store/openStore.ts";
import { syncStore } from "../store/syncStore.ts";

let server: PostgresServer | string;
let url = "";
beforeAll(async () => {
  server = await postgresServer();
  if (typeof server !== "string") url = await server.create("ml");
});

/** As a command that writes: the lock, the index, the repair of what a killed one left, then the work. */
async function writing<T>(paths: WorkspacePaths, work: (records: ReturnType<typeof openRecords>) => Promise<T>) {
  const records = openRecords(paths, () => {});
  const lock = await records.lock({ command: "mlctl deploy", waitMs: 30_000, now: () => new Date() });
  const store = openMemoryStore();
  try {
    await syncStore(records, store);
    repairDeployment(paths);
    return { result: await work(records), active: store.deployments()[0]?.runId };
  } finally {
    store.close();
    await lock.release();
  }
}

const hashOf = (path: string): string | undefined => (existsSync(path) ? sha256Text(readFileSync(path)) : undefined);

/** The release and its copies are complete, and numbers have no gap. */
function expectWhole({ production, workspace }: WorkspacePaths): void {
  for (const [name, artifact] of copies(currentDeployment(production)!))
    for (const path of [join(production, name), join(workspace, artifact!.path)])
      expect(hashOf(path), path).toBe(artifact!.sha256);
  const history = deploymentHistory(production);
  expect(history.map(({ deploymentId }) => deploymentId)).toEqual(history.map((_, i) => history.length - i));
}

const script = `
  import { openRecords } from ${JSON.stringify(join(dist, "openRecords.js"))};
  const { paths, request, killAt } = JSON.parse(process.argv[1]);
  const records = openRecords(paths, () => {});
  const lock = await records.lock({ command: "mlctl deploy", waitMs: 30000, now: () => new Date() });
  ${killAtChange(true)}
  await records.deploy(request);
  await lock.release();`;

async function isKilled(paths: WorkspacePaths, request: DeploymentRequest, killAt: number): Promise<boolean> {
  const given = JSON.stringify({ paths, request, killAt });
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, given], { stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== null) expect(code).toBe(0);
  return code === null;
}

it("leaves the old or the new deployment, in the records and in the folder", async ({ skip }) => {
  if (typeof server === "string") return skip(server);
  const outcomes = new Set<string>();
  let killAt = 0;
  for (let killed = true; killed; killAt++) {
    const paths = { ...exampleWorkspace(), shared: databaseAddress(`${url}?workspace=w${killAt}`)! };
    const [a, b, c] = ["a", "b", "c"].map((runId, i) => exampleRequest(paths, runId, i + 1));
    await writing(paths, (records) => records.deploy(a!));
    killed = await isKilled(paths, b!, killAt);
    const { active } = await writing(paths, async () => expectWhole(paths));
    expect(active).toBe(currentDeployment(paths.production)!.runId);
    outcomes.add(active!);
    const { result } = await writing(paths, (records) => records.deploy(c!));
    expect(result.deploymentId).toBe(active === "a" ? 2 : 3);
    expectWhole(paths);
  }
  // A deployment makes more changes than this; otherwise nothing was killed.
  expect(killAt).toBeGreaterThan(20);
  expect([...outcomes].toSorted()).toEqual(["a", "b"]);
});
