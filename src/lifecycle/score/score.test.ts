import { describe, expect, it } from "vitest";
import { deploy } from "../deploy/deploy.ts";
import { exampleConfig, exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { summaryOf } from "../../reporting/summary.ts";
import { ingest } from "../ingest/ingest.ts";
import { reportInput } from "../report/reportInput.ts";
import { score, type ScoreResult } from "./score.ts";
import { train } from "../train/train.ts";

const [header, ...rows] = exampleCsv(1, 100).trim().split("\n");
const unseen = exampleCsv(9, 30).trim().split("\n").slice(1);
const csv = (some: readonly string[]): string => `${[header, ...some].join("\n")}\n`;

/** Trains on the first 80 rows, validates on the other 20, then scores on `testRows`. */
async function scoredOn(testRows: readonly string[]) {
  const example = await exampleWorkspace(
    { ...exampleConfig, train: { models: [{ family: "logistic_regression" }], split: { method: "head", rows: 80 } } },
    { "practicedata/a.csv": csv(rows), "testdata/t.csv": csv(testRows) },
  );
  const result = await example.change(async (session) => {
    await ingest(session);
    await train(session);
    // Scoring must use the recorded split, not the current setting.
    const now = {
      ...session.config,
      train: { ...session.config.train, split: { ...session.config.train.split, rows: 10 } },
    };
    return score({ ...session, config: now });
  });
  return { example, result };
}

const leakageWarnings = ({ warnings }: ScoreResult): string[] => warnings.filter((text) => !text.includes(" too few "));

describe("score", () => {
  it("reports copies of validation rows, and does not call them training rows", async () => {
    const { result, example } = await scoredOn(rows.slice(80));
    expect(result.leakage).toEqual({ copiedRows: 0, copiedValidationRows: 20 });
    expect(leakageWarnings(result)).toEqual([
      "20 of 20 test rows are validation rows of the model, so the score repeats the validation score: for an independent score, test on rows that were not ingested",
    ]);
    const record = example.list("models").find((name) => example.read(`models/${name}`).includes('"score": {'));
    expect(JSON.parse(example.read(`models/${record}`))).toMatchObject({
      score: { copiedRows: 0, copiedValidationRows: 20 },
    });
  });

  it("has its warnings in the report, and they cost it the good badge", async () => {
    const { result, example } = await scoredOn(unseen.slice(0, 10));
    const input = await example.look((session) => reportInput(session, "latest"));
    expect(result.warnings).toHaveLength(1); // 10 rows are too few
    expect(input.warnings).toEqual(result.warnings);
    expect(summaryOf(input).quality.words).toContain("1 warning about the score");
    const older = { ...input, run: { ...input.run, score: { ...input.run.score!, warnings: [] } } };
    expect(summaryOf(older).quality.words).not.toContain("about the score");
  });

  it("is preceded by a warning of train, if an expression fails on the test file", async () => {
    const example = await exampleWorkspace(
      { ...exampleConfig, ingest: { select: { twice: "CAST(z AS DOUBLE) * 2" } } },
      { "practicedata/a.csv": csv(rows), "testdata/t.csv": csv([...unseen, "1,abc,oslo,yes"]) },
    );
    const trained = await example.change(async (session) => {
      await ingest(session);
      return train(session);
    });
    expect(trained).toMatchObject({ modelVersion: 1 });
    expect(example.warnings()).toContainEqual(
      expect.stringMatching(
        /^the test data will not be read: ingest\.select\.twice: .*'abc'.* \(reading testdata\/t\.csv\)$/,
      ),
    );
  });

  it("reports copies of training rows and copies of validation rows separately", async () => {
    const { result } = await scoredOn([...rows.slice(75, 90), ...unseen]);
    expect(result.leakage).toEqual({ copiedRows: 5, copiedValidationRows: 10 });
    expect(leakageWarnings(result)).toEqual([
      "5 of 45 test rows are copies of training rows: all 4 columns are equal",
      expect.stringMatching(/^10 of 45 test rows are validation rows of the model, so the score partly repeats /),
    ]);
  });

  it("reports patients in the test rows that training rows have, too, if a patient has one target; so does train", async () => {
    /** Visits of 60 patients, or of 60 others. */
    const visits = (first: number, count: number, isOfPatient: boolean): string =>
      Array.from({ length: count }, (_, i) => {
        const patient = first + ((i * 7) % 60);
        return `P${patient},${(i * 13) % 29},${(isOfPatient ? patient % 3 : i % 7) < 2 ? "yes" : "no"}\n`;
      }).join("");
    const warningsOf = async (test: string, isOfPatient = true, group: string | null = null) => {
      const rest = { train: { models: [{ family: "logistic_regression" }], selection: { group_column: group } } };
      const example = await exampleWorkspace(
        { ...exampleConfig, target: "ill", id_columns: ["patient"], ...rest },
        {
          "practicedata/a.csv": `patient,dose,ill\n${visits(0, 300, isOfPatient)}`,
          "testdata/t.csv": `patient,dose,ill\n${test}`,
        },
      );
      await example.change(async (session) => {
        await ingest(session);
        await train(session);
        await score(session);
      });
      return example.warnings().filter((text) => text.includes("rows of one"));
    };
    const ofTrain = expect.stringMatching(
      /^rows of one "patient" have nearly the same target.* set "train": \{ "selection"/,
    ) as string;
    const ofScore = expect.stringMatching(
      /^90 of 90 test rows have a "patient" that training rows have, too/,
    ) as string;
    expect(await warningsOf(visits(0, 90, true))).toEqual([ofTrain, ofScore]);
    expect(await warningsOf(visits(0, 90, true), true, "patient")).toEqual([ofScore]);
    expect(await warningsOf(visits(60, 90, true))).toEqual([ofTrain]);
    expect(await warningsOf(visits(0, 90, false), false)).toEqual([]);
  });

  it("reports nothing for rows that were not ingested", async () => {
    const { result } = await scoredOn(unseen);
    expect([result.leakage, leakageWarnings(result)]).toEqual([{ copiedRows: 0, copiedValidationRows: 0 }, []]);
  });

  it("reports that all test rows are of one class", async () => {
    const last = unseen[0]!.split(",").at(-1)!;
    const { result } = await scoredOn(unseen.filter((row) => row.endsWith(`,${last}`)));
    expect(result.warnings).toContainEqual(
      expect.stringMatching(new RegExp(`^all \\d+ test rows are "${last}": metrics of the other classes are 0`)),
    );
  });

  it("warns if an alarm for every row would cost less than the model, and names the setting", async () => {
    const models = [{ family: "logistic_regression" }];
    const example = await exampleWorkspace(
      { ...exampleConfig, train: { models } },
      { "practicedata/a.csv": csv(rows), "testdata/t.csv": csv(unseen) },
    );
    const warned = async (false_negative: number, metric: string | null = null) => {
      const costs = { false_negative, false_positive: 1, currency: "EUR" };
      await example.configure({ ...exampleConfig, costs, train: { models, metric } });
      const { warnings } = await example.change(async (session) => {
        await ingest(session);
        await train(session);
        return score(session);
      });
      const found = warnings.filter((text) => text.startsWith("the model costs"));
      const before = example.warnings().length;
      await example.change((session) => deploy(session, { force: true }));
      expect(example.warnings().slice(before)).toEqual(found);
      return found;
    };
    // With an alarm for every row, only rows of the other class cost something: 1 EUR each.
    const calm = unseen.filter((row) => row.endsWith(",no")).length;
    const thousand = new RegExp(
      `^the model costs [\\d.]+ EUR per 1,000 rows; "yes" for every row would cost ${Number(((1000 * calm) / 30).toPrecision(4))}, ` +
        `"no" for every row would cost \\d+`,
    );
    const [dear, ...others] = await warned(1000);
    expect(others).toEqual([]);
    expect(dear).toMatch(thousand);
    expect(dear).toMatch(/; to choose the model by cost, set "train": \{ "metric": "cost" \}$/);
    expect((await warned(1000, "cost")).join()).not.toContain("to choose the model by cost");
    expect(await warned(1)).toEqual([]);
  });
});

describe("test rows that are older than training rows", () => {
  const dated = (months: readonly number[]): string =>
    [
      "sold,a,leaves",
      ...months.flatMap((month, i) => [1, 9, 17].map((day) => `2025-0${month}-${10 + day},${i + day},${day}`)),
    ].join("\n");

  it.each([
    [
      "are reported by train and score",
      [1, 2],
      [3, 4, 5, 6],
      /older.* 12 of 12 .* later in "sold" than the last test row \(2025-02-27/,
    ],
    ["are reported if only some training rows are later", [1, 2, 3, 4], [4, 5, 6], /older.* 6 of 9 /],
    ["are not: later ones", [6, 7], [1, 2, 3, 4, 5], undefined],
  ])("%s", async (_what, test, trained, warning) => {
    const example = await exampleWorkspace(
      { target: "leaves", task: "regression", train: { models: [{ family: "linear_regression" }] } },
      { "sourcedata/a.csv": dated(trained), "testdata/t.csv": dated(test) },
    );
    const both = await example.change(async (session) => {
      await ingest(session);
      return [await train(session), await score(session)];
    });
    for (const { warnings } of both) {
      const older = warnings.filter((text) => text.startsWith("test rows are older than training rows"));
      expect(older).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)]);
    }
  });
});
