import { expect, it } from "vitest";
import { exampleInput } from "../testing/exampleInput.ts";
import { htmlReport } from "./htmlReport.ts";

it("says that a text column has more values than the reference keeps", async () => {
  const input = exampleInput("binary");
  const kept = { kind: "category", missing: 0, counts: [["a", 2] as const, ["b", 1] as const] } as const;
  const columns = { ids: { ...kept, count: 5 }, plan: { ...kept, count: 3 } };
  const page = await htmlReport({ ...input, data: { rows: 5, columns } });
  expect(page).toContain("category, more than 2 values");
  expect(page).toContain("category, 2 values");
});
