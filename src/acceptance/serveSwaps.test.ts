/** Deployments under load: every request is answered, by the model that it says; a pinned one by the model that it names. */
import { Agent } from "node:http";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { commitDeployment } from "../storage/deployment/commitDeployment.ts";
import { deploymentHistory } from "../storage/deployment/currentDeployment.ts";
import type { DeploymentRequest } from "../storage/records/records.ts";
import { logisticWorkspace } from "./lifecycleWorkspace.ts";
import { ask, served } from "./servedWorkspace.ts";

const SWAPS = 100;
const CONNECTIONS = 8;

it("swaps models 100 times under load without a failed request or a mixed response", async () => {
  const workspace = logisticWorkspace();
  const rowOf = { lastmonth_activity: 73, lastyear_activity: 955, number_of_employees: 14 };
  const sizes = [20, 19, 18, 17, 16, 15];
  workspace.configure({
    train: { models: sizes.map((size) => ({ family: "xgboost", params: { n_estimators: size } })) },
    promotion: { top: sizes.map((size) => `of_${size}`) },
  });
  workspace.ok("train");
  workspace.ok("score");
  workspace.ok("deploy", "--force");
  const { folder } = workspace;
  const paths = {
    workspace: folder,
    datasets: join(folder, "ingesteddata"),
    models: join(folder, "models"),
    production: join(folder, "production_deployment"),
    database: join(folder, "mlctl.db"),
    index: join(folder, "mlctl.db"),
  };
  // Oldest first, so that each is of another model than the one before: only then can its arrival be waited for.
  const requests = deploymentHistory(paths.production)
    .toReversed()
    .map(({ kind: _kind, deploymentId: _id, previousRunId: _previous, ...request }): DeploymentRequest => request);
  expect(requests).toHaveLength(2);

  // What each model says of the row, asked while it is the only one.
  const probabilityOf = new Map<unknown, unknown>();
  const server = await served(workspace);
  const current = async (): Promise<unknown> => (await server.get("/ready")).body["model_version"];
  for (const request of requests) {
    commitDeployment(paths, request);
    while ((await current()) !== request.runId) await turn();
    const { body } = await server.post("/predict", rowOf);
    probabilityOf.set(body["model_version"], body["probability"]);
  }
  expect(new Set(probabilityOf.values()).size).toBe(2);

  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const body = JSON.stringify(rowOf);
  const options = { method: "POST", headers: { "content-type": "application/json" }, agent };
  const load = { isDone: false };
  let [answers, failed, mixed] = [0, 0, 0];
  const seen = new Set<unknown>();
  // More than are kept in memory.
  const all = ["v1", ...sizes.map((_, i) => `v${i + 2}`)].map((version) => `/models/${version}/predict`);
  const answerOf = async (pin: string): Promise<unknown[]> => {
    const { model_version: version, probability } = (await server.post(pin, rowOf)).body;
    return [version, probability];
  };
  const answersOf = async (): Promise<unknown[][]> => Promise.all(all.map(answerOf));
  const known = await answersOf();
  expect(new Set(known.map(([version]) => version)).size).toBe(all.length);
  expect(known).toEqual(expect.arrayContaining([...probabilityOf]));
  const pinned = new Map(all.slice(0, 2).map((pin, i) => [pin, known[i]!]));
  const callers = Array.from({ length: CONNECTIONS }, async (_, caller) => {
    for (let call = caller; !load.isDone; call++) {
      const path = ["/predict", ...pinned.keys()][call % 3]!;
      const reply = await ask(`${server.url}${path}`, options, body).catch(() => undefined);
      answers++;
      const { model_version: version, probability } = reply?.body ?? {};
      const [pin, expected = probabilityOf.get(version)] = pinned.get(path) ?? [];
      if (reply?.status !== 200) failed++;
      else if (probability !== expected || version !== (pin ?? version)) mixed++;
      if (pin === undefined) seen.add(version);
    }
  });
  for (let swap = 0; swap < SWAPS; swap++) {
    const request = requests[swap % 2]!;
    commitDeployment(paths, request);
    while ((await current()) !== request.runId) await turn();
  }
  load.isDone = true;
  await Promise.all(callers);
  agent.destroy();
  expect(await answersOf()).toEqual(known);
  expect({ failed, mixed, models: seen.size }).toEqual({ failed: 0, mixed: 0, models: 2 });
  expect(answers).toBeGreaterThan(SWAPS);
  // The first deployment of the server, two to learn the answers, and these.
  expect((await server.get("/metrics")).text).toMatch(new RegExp(`^mlctl_deployment_swaps_total ${SWAPS + 3}$`, "m"));
  expect((await server.stop()).status).toBe(143);
}, 120_000);
