import { expect, it } from "vitest";
import { exampleExecution } from "../../testing/exampleRecords.ts";
import { jobNews } from "./executionLog.ts";

it("reports every job that failed, also with what --fail-on of monitoring found", () => {
  const statusOf = (exitCode: number) =>
    jobNews(exampleExecution(1, { status: exitCode === 0 ? "done" : "failed", exitCode }))[0]!.findings[0]!.status;
  expect([0, 1, 11, 12, 13, 14].map(statusOf)).toEqual(["pass", "fail", "fail", "fail", "fail", "fail"]);
});
