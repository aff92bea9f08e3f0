/** What the tests of bad input share: a small deployed workspace, and the proof that nothing earlier was touched. */
import { expect } from "vitest";
import {
  keptWorkspace,
  snapshot,
  type Finished,
  type FullprocessJson,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";

export const HEADER = "corporation,lastmonth_activity,lastyear_activity,number_of_employees,exited\n";

/** 160 rows of training data, 60 of test data, one family: made in a second, and deployed. */
export function smallWorkspace(): LifecycleWorkspace {
  return keptWorkspace("small", makeSmall);
}

function makeSmall(workspace: LifecycleWorkspace): void {
  workspace.ok("init");
  const first = (path: string, count: number): string =>
    `${workspace
      .read(path)
      .split("\n")
      .slice(0, count + 1)
      .join("\n")}\n`;
  workspace.write({
    "practicedata/dataset1.csv": first("practicedata/dataset1.csv", 80),
    "practicedata/dataset2.csv": first("practicedata/dataset2.csv", 80),
    "testdata/testdata.csv": first("testdata/testdata.csv", 60),
  });
  workspace.configure({ train: { models: [{ family: "logistic_regression" }], metric: "f1", seed: 42 } });
  expect(workspace.json<FullprocessJson>("fullprocess").status).toBe("deployed");
}

/** Everything that was recorded or deployed, with content and time of change. */
export function earlierState({ folder }: LifecycleWorkspace): Record<string, string> {
  const kept = /^\/(ingesteddata|models|production_deployment)\//;
  return Object.fromEntries(
    Object.entries(snapshot(folder)).filter(([path, state]) => kept.test(path) && !state.startsWith("folder")),
  );
}

/** New files may have come (a quarantine, a dataset); what was there is the same file, and the deployment is the same. */
export function expectKept(workspace: LifecycleWorkspace, before: Readonly<Record<string, string>>): void {
  const after = earlierState(workspace);
  expect(Object.fromEntries(Object.keys(before).map((path) => [path, after[path]]))).toEqual(before);
  const deployed = (state: Readonly<Record<string, string>>): string[] =>
    Object.keys(state).filter((path) => path.startsWith("/production_deployment/"));
  expect(deployed(after)).toEqual(deployed(before));
  expect(Object.keys(after).filter((path) => path.includes("mlctl-tmp"))).toEqual([]);
}

/** What the deployed model answers to the test rows. */
export function answers(workspace: LifecycleWorkspace): string {
  return workspace.ok("predict", "testdata/testdata.csv");
}

/** The error as it is printed: its lines, without progress and warnings before it. */
export function errorOf({ stderr }: Finished): string[] {
  const at = stderr.search(/^error: /m);
  return at < 0 ? [] : stderr.slice(at).trimEnd().split("\n");
}

/** One row for each of `count` companies: a third leaves (1), the others stay (0). */
export function rows(count: number, change: (cells: string[], row: number) => string[] = (cells) => cells): string {
  const lines = Array.from({ length: count }, (_, row) =>
    change([`c${row}`, `${10 + row}`, `${100 + 10 * row}`, `${1 + (row % 7)}`, `${row % 3 === 0 ? 1 : 0}`], row),
  );
  return lines.map((cells) => `${cells.join(",")}\n`).join("");
}
