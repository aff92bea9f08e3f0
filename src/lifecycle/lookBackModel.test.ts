/** The lifecycle of a model with history features: rows that its history does not reach get no prediction in any step. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../core/context.ts";
import type { JsonObject } from "../core/json.ts";
import { temporaryServer } from "../server/process/temporaryServer.ts";
import { apiCalls } from "./fullprocess/apiCalls.ts";
import { deploy } from "./deploy/deploy.ts";
import { diagnose } from "./health/diagnose.ts";
import { exampleWorkspace, type ExampleWorkspace } from "../testing/exampleWorkspace.ts";
import { ingest } from "./ingest/ingest.ts";
import { explain } from "./predict/explain.ts";
import { score } from "./score/score.ts";
import { train } from "./train/train.ts";

const config: JsonObject = {
  target: "y",
  task: "regression",
  time_column: "day",
  features: [{ type: "rolling", windows: ["3d", "10d"] }, { type: "lag" }],
  train: { models: [{ family: "linear_regression" }] },
  promotion: { beat_baseline: false },
};

const dayOf = (number: number): string => new Date(Date.UTC(2026, 0, 1 + number)).toISOString().slice(0, 10);

/** A wave, one row a day. */
function rows(...days: readonly number[]): string {
  return ["day,y", ...days.map((day) => `${dayOf(day)},${(100 + 10 * Math.sin(day / 4) + (day % 3)).toFixed(3)}`)].join(
    "\n",
  );
}

const upTo = (end: number, start = 0): number[] => Array.from({ length: end - start }, (_, i) => start + i);

async function cycle(example: ExampleWorkspace) {
  return example.change(async (session) => {
    await ingest(session);
    const trained = await train(session);
    const scored = await score(session);
    return { trained, scored, deployed: await deploy(session) };
  });
}

describe("a model that looks back ten days", () => {
  let example: ExampleWorkspace;
  let first: Awaited<ReturnType<typeof cycle>>;

  beforeAll(async () => {
    // The history ends on day 59. Days 60 to 68 are within ten days of it, day 69 is the tenth; 70 and 90 are beyond.
    const testData = rows(...upTo(71, 60), 90);
    example = await exampleWorkspace(config, { "sourcedata/a.csv": rows(...upTo(60)), "testdata/t.csv": testData });
    first = await cycle(example);
  });

  it("explains the rows that it reaches, and says how many it does not", async () => {
    writeFileSync(join(example.folder, "ask.csv"), `${rows(60, 61, 90)}\n`);
    const warnings: string[] = [];
    const found = await example.look((session) => {
      const emit: Context["emit"] = (event) => void (event.type === "warning" && warnings.push(event.message));
      return explain({ ...session, context: { ...session.context, emit } }, { rows: join(example.folder, "ask.csv") });
    });
    expect(warnings).toContain("1 row not explained: the history of the model does not reach it");
    expect(found.importance!.every(({ importance }) => Number.isFinite(importance))).toBe(true);
    expect(found.rows!.map(({ prediction }) => prediction === null)).toEqual([false, false, true]);
  });

  it("is trained without the first row, and reports it", () => {
    expect(first.trained.notes).toEqual(["1 of 60 rows has too little history and is dropped"]);
    expect(first.trained.trainingRows + first.trained.validationRows).toBe(59);
  });

  it("is scored row by row, each with the earlier rows as history, and reports how many rows its history does not reach", () => {
    // Day 70 has day 69 as history; there is no row in the ten days before day 90.
    expect(first.scored.rows).toBe(11);
    expect(first.scored.warnings).toContainEqual(
      expect.stringMatching(
        /^test rows not scored because the model's history does not reach them: 1, first: .* no value of /,
      ),
    );
  });

  it("predicts over the API also from its own predictions, and is diagnosed on the rows within its history", async () => {
    const { path, failed } = await example.change(async (session) => {
      const server = await temporaryServer(session);
      return apiCalls(session, server).finally(() => server.stop());
    });
    expect(failed).toBe(0);
    const { predictions } = JSON.parse(example.read(path)) as { predictions: (number | null)[] };
    // A call has no labels of the days between: each row looks back on the predictions before it, and nothing reaches day 90.
    expect(predictions.map((value) => value === null)).toEqual(Array.from({ length: 12 }, (_, row) => row === 11));
    const { predictions: diagnosed } = await example.look((session) => diagnose(session, { offline: true }));
    expect(diagnosed.rows).toBe(59);
  });

  it("is compared with a newer one on the rows that both reach", async () => {
    example.write({ "sourcedata/b.csv": rows(...upTo(66, 60)) });
    const { scored, deployed } = await cycle(example);
    expect(scored.rows).toBe(11);
    expect(deployed.reasons.at(-1)).toContain("on the same 11 rows");
  });

  it("cannot be scored if its history reaches none of the rows", async () => {
    example.write({ "testdata/t.csv": rows(200) });
    await expect(example.change((session) => score(session))).rejects.toMatchObject({
      kind: "data",
      message: "the model's history reaches none of the rows",
    });
  });
});
