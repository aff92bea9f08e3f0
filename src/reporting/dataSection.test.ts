import { expect, it } from "vitest";
import { exampleInput } from "../testing/exampleInput.ts";
import { htmlText, type Html } from "./html.ts";
import { cardBody } from "./sections/cardSection.ts";
import { dataBody } from "./sections/lineageSection.ts";
import { metricsBody } from "./sections/metricsSection.ts";
import { candidateTable } from "./sections/modelSection.ts";
import { htmlReport } from "./htmlReport.ts";

it("says that a text column has more values than the reference keeps, and shows no value of few rows", async () => {
  const input = exampleInput("binary");
  const kept = { kind: "category", missing: 0, counts: [["P0002", 2] as const, ["b", 1] as const] } as const;
  const columns = {
    ids: { ...kept, count: 5 },
    plan: { ...kept, count: 3 },
    ward: { ...kept, counts: [["north", 10] as const], count: 10 },
  };
  const page = await htmlReport({ ...input, data: { rows: 10, columns } });
  expect(page).toContain("category, more than 2 values");
  expect(page).toContain("category, 2 values");
  expect(page).not.toContain("P0002");
  expect(page).toContain("north (100 %)");
});

const spaced = (part: Html): string => htmlText(part).replaceAll(/\s+/g, " ");

it("says on which rows the model was trained and chosen, as the model card does", () => {
  const input = exampleInput("binary");
  const run = { ...input.run, trainingRows: 704, validationRows: 176 };
  const scores = { values: [1, 1, 1, 1, 1], value: 1, mean: 1, standardDeviation: 0 };
  const selection = { method: "stratified_k_fold", folds: 5, aggregate: "mean", ...scores } as const;
  const onFolds = { ...input, run: { ...run, selection, refitRows: 880 } };
  for (const body of [dataBody, cardBody]) {
    expect(spaced(body(onFolds))).toContain(
      "trained on 704 rows and chosen on 5 folds of them, then fitted again on 880.",
    );
    expect(spaced(body({ ...input, run }))).toContain("trained on 704 rows and chosen on 176 others.");
  }
});

it("says what the baseline gives in either table, because its threshold may be tuned in one of them", () => {
  const input = exampleInput("binary");
  const score = { ...input.run.score!, baseline: { ...input.run.score!.baseline, recall: 0 } };
  const candidates = [
    { ...input.candidates[0]!, family: "baseline", featureSet: "all", params: {}, metrics: { recall: 1 } },
  ];
  const page = { ...input, run: { ...input.run, score }, candidates };
  expect(spaced(metricsBody(page))).toContain("ignores all columns: it gives no alarm.");
  expect(spaced(candidateTable(page))).toContain("baseline: an alarm for every row");
});
