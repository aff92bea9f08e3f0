/** predict, serve and score give the same numbers for the same rows, in a workspace of every template. */
import { expect, it } from "vitest";
import { parseJsonc } from "../config/jsonc.ts";
import { deployedWorkspace, templateWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { served } from "./servedWorkspace.ts";

interface Serve {
  readonly response_key?: string;
  readonly round?: number;
}

const requests = {
  attrition: "testdata/testdata.csv",
  crs: "requests/dates.csv",
  traffic: "requests/hours.csv",
  churn: "testdata/customer_churn_holdout.csv",
  course: "requests/learners.csv",
} as const;

/** Templates whose requests are their test data, with the column that holds the truth; their metric is F1. */
const truths: Readonly<Record<string, string>> = { attrition: "exited", churn: "Churn" };

it.each(Object.entries(requests))(
  "%s",
  async (template, file) => {
    const workspace = template === "attrition" ? deployedWorkspace() : templateWorkspace(template);
    const { response_key: key = "prediction", round } = serveOf(workspace);
    const predicted = column(workspace.ok("predict", file), "prediction");
    const server = await served(workspace);
    const reply = await server.post("/predict", workspace.read(file), { "content-type": "text/csv" });
    await server.stop();
    expect(reply.status, reply.text).toBe(200);
    const answers = column(reply.text, key);
    expect(answers).toEqual(predicted.map((value) => rounded(value, round)));
    expect(answers.length).toBeGreaterThan(1);
    const truth = truths[template];
    if (truth === undefined) return;
    const { metrics } = workspace.json<{ metrics: { f1: number } }>("score");
    expect(f1(column(workspace.read(file), truth), answers)).toBeCloseTo(metrics.f1, 12); // one rounding of a division
  },
  180_000,
);

function serveOf(workspace: LifecycleWorkspace): Serve {
  const { value } = parseJsonc(workspace.read("config.json"), "config.json");
  return (value as { serve?: Serve }).serve ?? {};
}

/** Of a CSV without quotes. */
function column(csv: string, name: string): string[] {
  const [header, ...rows] = csv.trim().split("\n");
  const at = header!.split(",").indexOf(name);
  expect(at, `${name} in ${header!}`).toBeGreaterThanOrEqual(0);
  return rows.map((row) => row.split(",")[at]!);
}

function rounded(value: string, digits: number | undefined): string {
  return digits === undefined ? value : String(Number(Number(value).toFixed(digits)));
}

/** 2 TP / (2 TP + FP + FN), class 1 the positive one. */
function f1(truth: readonly string[], answers: readonly string[]): number {
  const count = (t: string, a: string): number => truth.filter((value, i) => value === t && answers[i] === a).length;
  const hits = 2 * count("1", "1");
  return hits / (hits + count("0", "1") + count("1", "0"));
}
