import { expect, it } from "vitest";
import type { WindowLine, WindowValue } from "../../../storage/store/browse.ts";
import { htmlText } from "../../../reporting/html.ts";
import { columnMatrix } from "./windows.ts";

const windows = ["w3", "w2", "w1"].map((monitorId) => ({ monitorId, label: `window ${monitorId}` }) as WindowLine);

const value = (monitorId: string, name: string, status: "pass" | "fail" | "skipped", p: number | null) =>
  ({ monitorId, name, kind: "drift", area: "drift", status, value: p, bound: 0.05, message: "ks" }) as WindowValue;

it("shows the worst window of each column with a link, not the newest, which may have too few rows", () => {
  const text = htmlText(
    columnMatrix(
      windows,
      [
        ...["w3", "w2", "w1"].map((id) =>
          value(id, "x", id === "w2" ? "fail" : id === "w1" ? "pass" : "skipped", 0.001),
        ),
        ...["w2", "w1"].map((id) => value(id, "y", "pass", 0.003)),
      ],
      "p-value (adjusted)",
    ),
  );
  expect(text).toContain(">p-value (adjusted)</th>");
  const [x, y] = text.split("<tr").filter((row) => row.includes("column?name="));
  expect(x).toContain("drifted");
  expect(x).toContain('monitoring/w2/column?name=x"');
  expect(x).toContain(">window w2</a>");
  expect(x).toContain('aria-label="window w2: drifted"');
  expect(y).toContain("stable");
  expect(y).toContain("below 0.05, unless small");
});

it("shows the window whose value is furthest beyond its limit: the least p-value, the largest distance", () => {
  const psi = (monitorId: string, distance: number, bound: number) =>
    ({ ...value(monitorId, "y", "fail", distance), bound, message: "psi" }) as WindowValue;
  const text = htmlText(
    columnMatrix(
      windows,
      [
        ...[1e-9, 1e-40, 1e-30].map((p, i) => value(windows[i]!.monitorId, "x", "fail", p)),
        psi("w3", 0.3, 0.1),
        psi("w2", 0.4, 0.3),
        psi("w1", 0.35, 0.1),
      ],
      "p-value",
    ),
  );
  const [x, y] = text.split("<tr").filter((row) => row.includes("column?name="));
  expect(text).toContain(">p-value or distance</th>");
  expect(x).toContain("monitoring/w2/column");
  expect(y).toContain("monitoring/w1/column");
});
