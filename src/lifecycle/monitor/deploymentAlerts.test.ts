import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { exampleConfig, exampleCsv, exampleWorkspace, type ExampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { postgresServer, type PostgresServer } from "../../testing/postgresServer.ts";
import { deploy } from "../deploy/deploy.ts";
import { ingest } from "../ingest/ingest.ts";
import { train } from "../train/train.ts";
import { sendAlerts } from "./monitorAlerts.ts";

let server: PostgresServer | string;
beforeAll(async () => {
  server = await postgresServer();
});

/** @returns a workspace with two models, and what sends alerts and lists the subjects that arrived */
async function twoModels(database: string | undefined) {
  const config = { ...exampleConfig, name: "shop", ...(database !== undefined && { database }) };
  const example = await exampleWorkspace(config, { "practicedata/a.csv": exampleCsv(1, 80) });
  example.write({ "testdata/t.csv": exampleCsv(9, 60) });
  await example.change(async (session) => {
    await ingest(session);
    await train(session);
    await train({ ...session, config: { ...session.config, train: { ...session.config.train, seed: 3 } } });
  });
  const log = join(example.folder, "alerts.log");
  const news = async (): Promise<string[]> => {
    if (existsSync(log)) example.write({ "alerts.log": null });
    await sendAlerts(example.workspace(), []);
    const sent = existsSync(log) ? example.read("alerts.log") : "";
    return [...sent.matchAll(/"subject": ?"\[shop\] (.+?)",/g)].map(([, subject]) => subject!);
  };
  const channel = { type: "command", command: `cat >> "${log}"`, on: ["deployed"] };
  return { example, news, listen: () => example.configure({ ...config, alerts: [channel] }) };
}

/** As a command that is killed before it sends alerts. */
const deployed = (example: ExampleWorkspace, model: string) =>
  example.change((session) => deploy(session, { model, force: true }));

it.for(["folders", "Postgres"])(
  "deployments of killed commands are sent later, in order, once (%s)",
  async (where, test) => {
    if (where === "Postgres" && typeof server === "string") return test.skip(server);
    const create = async (name: string) =>
      where === "Postgres" && typeof server !== "string" ? server.create(name) : undefined;

    const { example, news, listen } = await twoModels(await create("early"));
    await listen();
    await deployed(example, "v1");
    await deployed(example, "v2");
    expect(await news()).toEqual(["deployed v1", "deployed v2, replacing v1"]);
    expect(await news()).toEqual([]);

    // What was deployed before the channels were configured is no news.
    const late = await twoModels(await create("late"));
    await deployed(late.example, "v1");
    await late.listen();
    expect(await late.news()).toEqual([]);
    await deployed(late.example, "v2");
    expect(await late.news()).toEqual(["deployed v2, replacing v1"]);
    expect(await late.news()).toEqual([]);
  },
);
