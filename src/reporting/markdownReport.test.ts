import { expect, it } from "vitest";
import { exampleMonitoring } from "../testing/exampleRecords.ts";
import { htmlReport } from "./htmlReport.ts";
import { exampleInput } from "../testing/exampleInput.ts";
import { MARKDOWN_MARKER, markdownCard, markdownReport } from "./markdownReport.ts";

it("starts with the marker by which a bot finds its comment, then the headline", () => {
  const lines = markdownReport(exampleInput("binary")).split("\n");
  expect(lines[0]).toBe(MARKDOWN_MARKER);
  expect(lines[2]).toBe("## Attrition: Finds 120 of the 159 rows with exited = exited; 84 of 100 alarms are right");
  expect(lines[4]).toMatch(
    /^Quality: with reservations: 2 checks did not pass; [^.]*\. It gives an alarm .* Xgboost v12 was deployed\. /,
  );
  expect(lines).toContain("| **F1** | 0.713 | 0.678 to 0.749 | 0.392 |");
});

it("lists failed checks and drifted columns", () => {
  const text = markdownReport(exampleInput("binary"));
  expect(text).toContain("- integrity: models/old.json has changed since it was written");
  expect(text).not.toContain("missing values");
  expect(text).toContain("2 of 3 columns drifted (detected from 50 %): corporation, lastmonth_activity; ");
});

it("escapes names that look like markup, mentions or table cells", () => {
  const input = exampleInput("binary");
  const text = markdownReport({
    ...input,
    name: "<b>a|b</b> @team",
    warnings: ["![x](https://evil.example/x.png)\n# head"],
  });
  expect(text).toContain("## &lt;b&gt;a\\|b&lt;/b&gt; @\u200bteam: ");
  expect(text).not.toMatch(/!\[x\]\(|https:\/\/|^# head/m);
});

it("has the verdict on the newest monitored window, as the page", async () => {
  const nothing = { status: "fail", value: 1, limit: 0, passes: "at_most", interval: null, message: "" } as const;
  const findings = [{ area: "drift", name: "drifted columns", ...nothing }] as const;
  const input = { ...exampleInput("binary"), drift: null, monitored: exampleMonitoring(3, { findings }) };
  const words = "The newest window of mlctl monitor, day 3 (50 rows, checked on 2026-03-04), failed: drifted columns. ";
  expect(markdownReport(input)).toContain(words);
  const page = await htmlReport(input);
  expect([page.includes(words), page.includes("Nothing to compare")]).toEqual([true, false]);
  expect(page).toContain("the newest monitored window failed");
});

it("says that the model was not scored and drift was not tested", () => {
  const input = exampleInput("binary");
  const text = markdownReport({ ...input, run: { ...input.run, score: null }, decision: null, drift: null });
  expect(text).toContain("It was not scored yet.");
  expect(text).toContain("Drift: there were no new rows to compare.");
  expect(text).not.toContain("| Metric |");
});

it("compares no model with one that was not scored, and says that it is no longer in production", () => {
  const input = exampleInput("binary");
  const own = { ...input.deployment!, deploymentId: 2 };
  const back = { ...own, deploymentId: 3, runId: "run_0007", previousRunId: own.runId, action: "rollback" } as const;
  const run = { ...input.run, score: null };
  const after = { run, deployment: back, deployedVersion: 11, deployments: [own, back] };
  const text = markdownReport({ ...input, ...after });
  expect(text).toContain("## Attrition: xgboost v12 was deployed and then rolled back: v11 is in production\n");
  expect(text).not.toContain("previously deployed");
  expect(markdownCard({ ...input, ...after })).toContain("It was deployed and then rolled back: v11 is in production.");
  const replaced = { ...after, deployments: [own, { ...back, action: "deploy" as const }], deployedVersion: null };
  expect(markdownReport({ ...input, ...replaced })).toContain("then replaced: run run_0007 is in production");
});

it("writes the model card with the same chapters as in HTML", () => {
  const card = markdownCard({ ...exampleInput("binary"), description: "Whom to call | not whom to fire" });
  expect(card).toMatch(
    /^# Attrition: model card\n\n## Intended use\n\nWhom to call \\\| not whom to fire\n\n## Model\n/,
  );
  expect(card).toContain("Finds 120 of the 159 rows");
  expect(card).toMatch(/## Limits\n\nRows unlike/);
});
