import { describe, expect, it } from "vitest";
import { exampleConfig, exampleCsv, exampleWorkspace } from "../exampleWorkspace.test.ts";
import { ingest } from "../ingest/ingest.ts";
import { score, type ScoreResult } from "./score.ts";
import { train } from "../train/train.ts";

const [header, ...rows] = exampleCsv(1, 100).trim().split("\n");
const strangers = exampleCsv(9, 30).trim().split("\n").slice(1);
const csv = (some: readonly string[]): string => `${[header, ...some].join("\n")}\n`;

/** Learned from the first 80 rows and validated on the other 20, then scored on `testRows`. */
async function scoredOn(testRows: readonly string[]) {
  const example = await exampleWorkspace(
    { ...exampleConfig, train: { models: [{ family: "logistic_regression" }], split: { method: "head", rows: 80 } } },
    { "practicedata/a.csv": csv(rows), "testdata/t.csv": csv(testRows) },
  );
  const result = await example.change(async (session) => {
    await ingest(session);
    await train(session);
    // What the split is now says nothing of what it was.
    const now = {
      ...session.config,
      train: { ...session.config.train, split: { ...session.config.train.split, rows: 10 } },
    };
    return score({ ...session, config: now });
  });
  return { example, result };
}

const told = ({ warnings }: ScoreResult): string[] => warnings.filter((text) => !text.includes(" decide "));

describe("score", () => {
  it("says that test rows are those the model was validated on, not that it learned from them", async () => {
    const { result, example } = await scoredOn(rows.slice(80));
    expect(result.leakage).toEqual({ copiedRows: 0, copiedValidationRows: 20 });
    expect(told(result)).toEqual([
      "20 of 20 test rows are rows that the model was validated on, so the score is the validation score again: to judge it independently, test on rows that were not ingested",
    ]);
    const record = example.list("models").find((name) => example.read(`models/${name}`).includes('"score": {'));
    expect(JSON.parse(example.read(`models/${record}`))).toMatchObject({
      score: { copiedRows: 0, copiedValidationRows: 20 },
    });
  });

  it("tells rows that the model learned from, and those of the validation part beside them", async () => {
    const { result } = await scoredOn([...rows.slice(75, 90), ...strangers]);
    expect(result.leakage).toEqual({ copiedRows: 5, copiedValidationRows: 10 });
    expect(told(result)).toEqual([
      "5 of 45 test rows are copies of training rows",
      expect.stringMatching(/^10 of 45 test rows are rows that the model was validated on, so the score leans on /),
    ]);
  });

  it("says nothing of rows that were not ingested", async () => {
    const { result } = await scoredOn(strangers);
    expect([result.leakage, told(result)]).toEqual([{ copiedRows: 0, copiedValidationRows: 0 }, []]);
  });
});
