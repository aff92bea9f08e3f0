/** Several processes train and deploy at once in a workspace whose records are in Postgres. */
import { beforeAll, expect, it } from "vitest";
import { postgresServer, type PostgresServer } from "../../testing/postgresServer.ts";
import { logisticWorkspace } from "../lifecycleWorkspace.ts";
import { FAULTS_TIMEOUT, faultCount, tell } from "./faultCounts.ts";

const ROUNDS = faultCount(3, 20);

let server: PostgresServer | string;
beforeAll(async () => {
  server = await postgresServer();
});

it(
  `gives models and deployments numbers without gap or twin, while 4 processes train and 2 deploy in ${ROUNDS} rounds`,
  async ({ skip }) => {
    if (typeof server === "string") return skip(server);
    const workspace = logisticWorkspace();
    const ok = async (...args: string[]): Promise<string> => {
      const variables = { PGPASSWORD: process.env["PGPASSWORD"]! };
      const { status, stdout, stderr } = await workspace.startWith(variables, ...args).finished;
      expect(status, `mlctl ${args.join(" ")}\n${stderr}`).toBe(0);
      return stdout;
    };
    const train = (seed: number): Promise<string> => ok("train", "--seed", String(seed), "--wait", "20m");
    await ok("share", `${await server.create("ml")}?workspace=rounds`);
    for (const seed of [1, 2]) await train(seed);
    for (let round = 0; round < ROUNDS; round++) {
      const [first, deployed] = [3 + round * 4, [2 + round * 4, 3 + round * 4]];
      await Promise.all([
        ...[0, 1, 2, 3].map((i) => train(first + i)),
        ...deployed.map((version) => ok("deploy", `v${version}`, "--force", "--wait", "20m")),
      ]);
      tell(`${round + 1} of ${ROUNDS} rounds`);
    }
    const { models } = JSON.parse(await ok("models", "list", "--json")) as { models: { version: number }[] };
    const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
    expect(models.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(upTo(3 + 4 * ROUNDS));
    await ok("verify");
    await ok("share", "--folder");
    const history = workspace.names("production_deployment/history").map((name) => Number(/\d+/.exec(name)![0]));
    const active = JSON.parse(workspace.read("production_deployment/deployment.json")) as { deploymentId: number };
    expect([...history, active.deploymentId]).toEqual(upTo(1 + 2 * ROUNDS));
  },
  FAULTS_TIMEOUT,
);
