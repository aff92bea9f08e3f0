/** Checks: each finding of diagnose, failures first. */
import type { Finding } from "../../core/records/drift.ts";
import { limitText } from "../../core/text/recordText.ts";
import { exact, displayNumber } from "../../plots/displayNumber.ts";
import { dataTable, numeric } from "../dataTable.ts";
import { html, type Html } from "../html.ts";
import type { ReportInput } from "../reportInput.ts";
import { emptyNote, section } from "../section.ts";

const order = ["fail", "warn", "pass"] as const;
/** Words in addition to colours, for readers who cannot distinguish red and green. */
const words = { fail: "failed", warn: "warning", pass: "passed" } as const;
const tones = { fail: "bad", warn: "caution", pass: "good" } as const;

export function findingsSection({ findings }: ReportInput): Html {
  if (findings.length === 0)
    return section("checks", "Checks", emptyNote("No checks were run. Use mlctl diagnose to run them."));
  const sorted = findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const table = dataTable({
    caption: "Checks, failures first",
    columns: ["Check", "Verdict", numeric("Value"), numeric("Limit"), "What it means"],
    rows: sorted.map((finding) => ({
      cells: [
        finding.name,
        html`<span class="${tones[finding.status]}">${words[finding.status]}</span>`,
        valueText(finding.value),
        limitText(finding, valueText) ?? "–",
        finding.message,
      ],
    })),
  });
  return section("checks", "Checks", table);
}

function valueText(value: Finding["value"]): string {
  if (typeof value !== "number") return value ?? "–";
  return Number.isFinite(value) ? exact(value) : displayNumber(value);
}
