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
  workspace.configure({ train: { models: [{ family: "xgboost", params: { n_estimators: 20 } }] } });
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
  const requests = deploymentHistory(paths.production).map(
    ({ kind: _kind, deploymentId: _id, previousRunId: _previous, ...request }): DeploymentRequest => request,
  );
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
  const pins = ["v1", "v2"].map((version) => `/models/${version}/predict`);
  const pinned = new Map(
    await Promise.all(pins.map(async (pin) => [pin, (await server.post(pin, rowOf)).body] as const)),
  );
  expect(new Set([...pinned.values()].map((each) => each["model_version"])).size).toBe(2);
  const callers = Array.from({ length: CONNECTIONS }, async (_, caller) => {
    for (let call = caller; !load.isDone; call++) {
      const path = ["/predict", ...pins][call % 3]!;
      const reply = await ask(`${server.url}${path}`, options, body).catch(() => undefined);
      answers++;
      const { model_version: version, probability } = reply?.body ?? {};
      const pin = pinned.get(path);
      if (reply?.status !== 200) failed++;
      else if (probabilityOf.get(version) !== probability) mixed++;
      else if (pin !== undefined && (version !== pin["model_version"] || probability !== pin["probability"])) mixed++;
      seen.add(version);
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
  expect({ failed, mixed, models: seen.size }).toEqual({ failed: 0, mixed: 0, models: 2 });
  expect(answers).toBeGreaterThan(SWAPS);
  // The first deployment of the server, two to learn the answers, and these.
  expect((await server.get("/metrics")).text).toMatch(new RegExp(`^mlctl_deployment_swaps_total ${SWAPS + 3}$`, "m"));
  expect((await server.stop()).status).toBe(143);
}, 60_000);
