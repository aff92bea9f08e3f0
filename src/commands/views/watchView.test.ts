import { expect, it } from "vitest";
import type { DropResult } from "../../automation/watch/dropResult.ts";
import { dropFields } from "../watch.ts";

function lastField(message: string, details: readonly string[]): string {
  const drop: DropResult = {
    file: "a.csv",
    name: "a.csv",
    status: "errored",
    at: "2026-01-01T00:00:00.000Z",
    seconds: 1,
    attempts: 1,
    runId: null,
    modelVersion: null,
    rows: 0,
    rejected: 0,
    logged: null,
    logProblem: null,
    output: null,
    rejectFile: null,
    log: "drops/logs/a.csv.log",
    monitoring: null,
    failed: [],
    warned: [],
    unjudged: [],
    warnings: [],
    error: { message, details, hint: null },
  };
  return dropFields(drop).at(-1)!;
}

it("lists the first three problems in the field, and the number of the others", () => {
  const missing = [1, 2, 3, 4, 5].map((i) => `column "x${i}" is missing`);
  expect(lastField("the rows lack columns that the model needs", missing)).toBe(
    'the rows lack columns that the model needs: column "x1" is missing; column "x2" is missing; column "x3" is missing; and 2 more',
  );
  expect(lastField("the file is empty", [])).toBe("the file is empty");
});

it("does not repeat a detail that is in the message", () => {
  expect(lastField("a.csv: 2 rows cannot be predicted, first: line 3: no", ["line 3: no", "line 5: no"])).toBe(
    "a.csv: 2 rows cannot be predicted, first: line 3: no; line 5: no",
  );
});
