import { describe, expect, it } from "vitest";
import type { Task } from "../core/table/table.ts";
import { exampleInput } from "../testing/exampleInput.ts";
import { htmlReport, modelCard } from "./htmlReport.ts";
import type { ReportInput } from "./reportInput.ts";

const tasks: readonly Task[] = ["binary", "multiclass", "regression"];
const HOSTILE = `"><img src=x onerror=alert(1)><script>alert(2)</script>'&lt;`;

/** An input with nothing but the run. */
function bareInput(): ReportInput {
  const input = exampleInput("binary");
  return {
    ...input,
    run: { ...input.run, score: null, model: null, warnings: [], params: {} },
    decision: null,
    roc: null,
    precisionRecall: null,
    positiveShare: null,
    calibration: null,
    thresholds: null,
    gains: null,
    meanClasses: [],
    dependence: null,
    weakest: null,
    overTime: null,
    importance: [],
    drift: null,
    distributions: {},
    candidates: [],
    data: null,
    dataset: null,
    deployment: null,
    deployments: [],
    warnings: [],
    findings: [],
  };
}

async function titles(task: Task): Promise<string[]> {
  const page = await htmlReport(exampleInput(task));
  expect(page.split("<figure").length).toBe(page.split("<figcaption>").length);
  return [...page.matchAll(/<h3 id="[^"]+">\s*([^<\n]+?)\s*</g)].map((match) => match[1]!);
}

function byName<T>(value: T): Record<string, T> {
  return Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`column ${i}`, value]));
}

describe("htmlReport", () => {
  it("distinguishes copies of training rows and of validation rows", async () => {
    const input = exampleInput("binary");
    const pageOf = async (counts: object): Promise<string> => {
      const page = await htmlReport({ ...input, run: { ...input.run, score: { ...input.run.score!, ...counts } } });
      return page.replace(/\s+/g, " ");
    };
    const learned = await pageOf({ copiedRows: 3, copiedValidationRows: 0 });
    expect(learned).toContain("3 of 1,000 test rows (0.3 %) are copies of training rows");
    expect(learned).not.toContain("validated on, so");
    const validated = await pageOf({ copiedRows: 0, copiedValidationRows: 1000 });
    expect(validated).toContain("No test row is a copy of a training row.");
    expect(validated).toContain("1,000 of 1,000 test rows (100 %) are rows that the model was validated on, so");
  });

  it.each(tasks)("writes one file of less than 1 MB without external references: %s", async (task) => {
    const page = await htmlReport(exampleInput(task));
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(page.match(/(?:src|href)\s*=\s*["']?(?!#)[^"'#\s>]/i)).toBeNull();
    expect(page.match(/url\((?!#)|@import|<script|<link|<iframe|https?:/i)).toBeNull();
    expect(page.match(/NaN|\[object|[>\s]null\b|>\s*undefined/)).toBeNull();
  });

  it.each(tasks)("has every chapter once, and no duplicate ids: %s", async (task) => {
    const page = await htmlReport(exampleInput(task));
    for (const title of [
      "Metrics",
      "Predictions on the test rows",
      "Model",
      "Drift",
      "Checks",
      "Data",
      "Lineage",
      "Model card",
    ]) {
      expect(page.split(`-title">${title}</h2>`).length).toBe(2);
    }
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
    expect(ids.length).toBe(new Set(ids).size);
    const anchors = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!);
    expect(anchors.filter((anchor) => !ids.includes(anchor))).toEqual([]);
  });

  it("shows every plot of a task with a caption", async () => {
    const classes = [
      "F1 compared",
      "Confusion matrix",
      "ROC curve",
      "Precision–recall curve",
      "Calibration",
      "Thresholds",
      "Cumulative gains",
    ];
    const rest = ["Importance by input column", "corporation", "lastmonth_activity"];
    expect(await titles("binary")).toEqual(expect.arrayContaining([...classes, ...rest]));
    const numbers = ["RMSE compared", "Predicted vs. actual", "Residuals vs. predicted"];
    expect(await titles("regression")).toEqual(expect.arrayContaining([...numbers, ...rest]));
  });

  it("shows partial dependence, predictions over time and weakest segments, with units of the task", async () => {
    expect(await titles("binary")).toEqual(expect.arrayContaining(["age", "city", "Share of “exited” over time"]));
    expect(await titles("multiclass")).toEqual(
      expect.arrayContaining([`Share of “${exampleInput("multiclass").meanClasses[0]}” over time`]),
    );
    expect(await titles("regression")).toEqual(expect.arrayContaining(["Salary (EUR) over time"]));
    const textOf = async (input: ReportInput): Promise<string> => (await htmlReport(input)).replace(/\s+/g, " ");
    const input = exampleInput("binary");
    const page = await textOf(input);
    expect(page).toContain(
      "Mean probability of “exited” over 500 test rows if all of them had the same value in one column",
    );
    expect(page).toContain("40 segments of at least 30 rows were compared: the values");
    expect(page).toContain("In 1 of them F1 is worse than on all rows (0.700) by more than two standard errors");
    expect(page).toContain('<span class="bad">−0.200</span>');
    const sampled = await textOf({ ...input, weakest: { ...input.weakest!, testRows: 2000, segments: [] } });
    expect(sampled).toContain("were compared, on a sample of 1,000 of 2,000 test rows: the values");
    expect(sampled).toContain("In none of them F1 is worse than on all rows");
  });

  it("writes the model card alone: use, data, metrics, threshold, segments, limits and who deployed", () => {
    const input = exampleInput("binary");
    const deployments = [{ ...input.deployments[0]!, by: "ada", host: "web1", message: "before the new tariff" }];
    const textOf = (changed: Partial<ReportInput>): string =>
      modelCard({ ...input, ...changed }).replace(/<[^>]+>/g, " ").replace(/\s+/g, " "); // prettier-ignore
    const card = textOf({ description: "Whom to call, not whom to fire", deployments });
    expect(card).toContain("Intended use Whom to call, not whom to fire");
    expect(card).toContain("from 1 column. “exited” is predicted from a probability of 0.350.");
    expect(card).toContain("Finds 120 of the 159 rows with exited = exited");
    expect(card).toContain("F1 0.713 (0.678 to 0.749); ");
    expect(card).toMatch(/F1 is 0\.700 on all rows; of 40 segments worst at .+ = .+ \(.+ rows\)\./);
    expect(card).toContain("Limits Rows unlike those of the training");
    expect(card).toContain("Deployed 2026-03-02 10:00 UTC by ada on web1: before the new tariff (deployment 1).");
    expect(card).not.toContain("Partial dependence");
    expect(textOf({ deployments: [], decision: null, weakest: null })).toContain("Deployment Not decided yet.");
  });

  it("names the line of a rejected file only once", async () => {
    const input = exampleInput("binary");
    const file = { path: "bad.csv", sha256: "0".repeat(64), bytes: 12, line: 2 };
    const pageWith = (reason: string): Promise<string> =>
      htmlReport({ ...input, dataset: { ...input.dataset!, rejected: [{ ...file, reason }] } });
    expect(await pageWith("line 2 has a quote that is not closed")).toContain(
      ">line 2 has a quote that is not closed<",
    );
    expect(await pageWith("the header is cut off")).toContain(">the header is cut off (line 2)<");
  });

  it("starts with a summary: decision, score with interval, baseline, previously deployed model, warnings", async () => {
    const page = await htmlReport(exampleInput("binary"));
    const summary = page.slice(page.indexOf('id="summary"'), page.indexOf('id="metrics"'));
    expect(summary).toContain("Xgboost v12 was deployed");
    expect(summary).toContain(
      "F1 is 0.713 on 1,000 test rows, of which 3 are copies of training rows, 95 % interval 0.678 to 0.749.",
    );
    // 0.7132 × 0.55 = 0.39226; 0.7132 − 0.39226 = 0.32094.
    expect(summary).toContain("reaches 0.392: the model is better by 0.321.");
    expect(summary).toContain("The previously deployed model (run_0007) reaches 0.678");
    expect(summary).toContain("1 warning");
  });

  it("says that the difference is not significant if the interval contains the value of the baseline", async () => {
    const input = exampleInput("binary");
    const { score } = input.run;
    const pageWith = async (lower: number): Promise<string> => {
      const intervals = { ...score!.intervals, f1: [lower, 0.75] as const };
      return htmlReport({ ...input, run: { ...input.run, score: { ...score!, intervals } } });
    };
    const rowOf = (page: string): string =>
      /<tr class="marked">[^]*?<\/tr>/.exec(page.slice(page.indexOf('id="metrics"')))![0];
    const open = await pageWith(0.39); // The baseline's F1 is 0.39226.
    expect(rowOf(open)).toContain("ahead, not significant");
    expect(rowOf(open)).not.toContain('class="good"');
    expect(open).toContain("the model is ahead by 0.321, but not significantly: the interval contains the baseline.");
    const significant = await pageWith(0.4);
    expect(rowOf(significant)).toContain('<span class="good">better</span>');
    expect(significant).not.toContain("not significant");
  });

  it("says where the test is clearly worse than the validation, by how much and why, and no other time", async () => {
    const input = exampleInput("binary");
    const pageWith = (value: number, validationRows = 120) =>
      htmlReport({ ...input, run: { ...input.run, validationRows, metrics: { ...input.run.metrics, f1: value } } });
    // 0.9 − 0.7132
    const worse = (await pageWith(0.9)).replace(/\s+/g, " ");
    expect(worse).toContain("On the validation rows F1 was 0.900: the test is clearly worse, by 0.187.");
    expect(worse).toContain("there are only 120 validation rows");
    expect(await pageWith(0.9, 5000)).not.toContain("there are only");
    for (const within of [0.72, 0.5]) expect(await pageWith(within)).not.toContain("clearly worse");
  });

  it("denies warnings only where there are none", async () => {
    const input = { ...exampleInput("binary"), warnings: [], findings: [] };
    const calm: ReportInput = {
      ...input,
      run: { ...input.run, warnings: [], score: { ...input.run.score!, copiedRows: 0 } },
      drift: null,
      candidates: input.candidates.filter(({ status }) => status === "FINISHED"),
    };
    expect(await htmlReport(calm)).toContain("No warnings.");
    for (const trouble of [
      { warnings: ["odd"] },
      { candidates: input.candidates },
      { drift: { ...input.drift!, dataset: { ...input.drift!.dataset, detected: true } } },
      { run: { ...calm.run, metrics: { ...calm.run.metrics, f1: 0.99 } } },
    ])
      expect(await htmlReport({ ...calm, ...trouble })).not.toContain("No warnings.");
  });

  it("calls a lower error better than the baseline", async () => {
    const page = await htmlReport(exampleInput("regression"));
    expect(page).toMatch(/RMSE is 4,211 on 1,000 test rows/);
    expect(page).toMatch(/the model is better by 6,316\./); // 4210.5 × 2.5 − 4210.5 = 6315.75
  });

  it("shows the fold scores of the candidates if they were chosen on folds", async () => {
    const input = exampleInput("regression");
    const candidates = input.candidates.map((candidate, place) => ({
      ...candidate,
      selection: {
        method: "time_series",
        folds: 5,
        aggregate: "mean" as const,
        standardDeviation: 12.5,
        values: Array<number>(5).fill(1000 + place),
        value: 1000 + place,
        mean: 1000 + place,
      },
    }));
    const page = await htmlReport({ ...input, candidates });
    expect(page).toContain("Candidates, chosen on time_series folds of the training rows");
    expect(page).toMatch(/RMSE, 5 folds<.*±<.*1,000<.*12\.5</s);
    expect(await htmlReport(input)).not.toContain("folds");
  });

  it("says what is missing", async () => {
    const page = await htmlReport(bareInput());
    for (const words of [
      "It was not scored yet.",
      "The model was not scored: run <code>mlctl score --model run_0012</code> to see its predictions",
      "deployment is not decided yet",
      "Nothing to compare: ",
      "No checks were run.",
      "The dataset no longer exists",
      "No warnings.",
      "No test file was used.",
      "There is no record of the candidates of this training.",
      "This family has no parameters.",
    ]) {
      expect([words, page.includes(words)]).toEqual([words, true]);
    }
    expect(page.match(/NaN|\[object|[>\s]null\b|>\s*undefined/)).toBeNull();
  });

  it("reports test rows of a single class and undefined metrics", async () => {
    const input = exampleInput("binary");
    const score = input.run.score!;
    const page = await htmlReport({
      ...input,
      roc: null,
      run: {
        ...input.run,
        score: {
          ...score,
          value: null,
          metrics: { ...score.metrics, f1: null, roc_auc: null },
          classReport: score.classReport!.map((one, i) => Object.assign({}, one, i === 0 ? { support: 0 } : {})),
        },
      },
    });
    expect(page).toContain("All test rows are of one class, “exited”");
    expect(page).toContain("F1 is undefined on the 1,000 test rows.");
    expect(page).toContain("Not drawn: ROC curve.");
  });

  it("escapes hostile names everywhere", async () => {
    const input = exampleInput("multiclass");
    const hostile = JSON.parse(
      JSON.stringify(input)
        .replaceAll("junior sales", JSON.stringify(HOSTILE).slice(1, -1))
        .replaceAll("lastmonth_activity", JSON.stringify(HOSTILE).slice(1, -1))
        .replaceAll("feature_1", JSON.stringify(HOSTILE).slice(1, -1))
        .replaceAll("practicedata/", JSON.stringify(HOSTILE).slice(1, -1)),
    ) as ReportInput;
    const page = await htmlReport({ ...hostile, name: HOSTILE, warnings: [HOSTILE], metric: "f1" });
    expect(page.split("&lt;script&gt;alert(2)").length).toBeGreaterThan(10);
    expect(page.match(/<script|<img/i)).toBeNull();
    // No tag has an event handler attribute.
    expect(page.replace(/"[^"]*"/g, '""').match(/<[^>]*\son\w+\s*=/gi)).toBeNull();
  });

  it("gives the same bytes for the same input", async () => {
    expect(await htmlReport(exampleInput("binary"))).toBe(await htmlReport(exampleInput("binary")));
  });

  it("stays below 1 MB with 1,000 columns, 1,000 drifted columns, 200 classes and 100,000 test rows", async () => {
    const input = exampleInput("multiclass");
    const classes = Array.from({ length: 200 }, (_, i) => `class number ${i}`);
    const [column, distribution, drift] = [
      input.data!.columns["corporation"]!,
      input.distributions["lastmonth_activity"]!,
      input.drift!,
    ];
    const page = await htmlReport({
      ...input,
      signature: { ...input.signature, target: { ...input.signature.target, classes } },
      run: {
        ...input.run,
        score: {
          ...input.run.score!,
          confusionMatrix: classes.map((_, i) => classes.map((_other, j) => (i + j) % 7)),
          classReport: classes.map((label) => ({ label, precision: 0.5, recall: 0.5, f1: 0.5, support: 9 })),
        },
      },
      // Of many classes, `reportCurves` gives points of few.
      roc: classes.map((label, i) => ({ ...input.roc![0]!, label, ...(i > 5 ? { points: [] } : {}) })),
      precisionRecall: [],
      data: { rows: 100_000, columns: byName(column) },
      drift: { ...drift, columns: byName(drift.columns["lastmonth_activity"]!) },
      distributions: byName(distribution),
    });
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
  });
});

it("takes no dearer threshold as the example: the cheapest, also if it is that of now", async () => {
  const costs = { truePositive: 0, falsePositive: 20, falseNegative: 200, trueNegative: 0, over: 0, under: 0 };
  const points = [0.2, 0.35, 0.5].map((threshold, i) => {
    return { threshold, precision: i === 0 ? 0.5 : 1, recall: i === 2 ? 0.5 : 1, selected: [0.5, 0.25, 0.125][i]! };
  });
  const input = { ...exampleInput("binary"), positiveShare: 0.25, money: { costs, currency: null } };
  const noteAt = async (threshold: number): Promise<string> => {
    const page = await htmlReport({ ...input, thresholds: { positive: "yes", threshold, points } });
    return /At 0\.[^<]*<code>[^<]*/.exec(page)![0].replaceAll(/\s+/g, " ");
  };
  const now = await noteAt(0.35);
  expect(now).toMatch(/^At 0\.350 \(now, and the cheapest\), 25 % of the rows get an alarm/);
  expect(now).toMatch(/"train": \{ "threshold": … \}$/);
  expect(await noteAt(0.2)).toMatch(/^At 0\.35, 25 % .*"threshold": 0\.35 \}$/);
});
