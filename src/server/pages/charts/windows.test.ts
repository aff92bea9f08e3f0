import { expect, it } from "vitest";
import type { WindowLine, WindowValue } from "../../../storage/store/browse.ts";
import { htmlText } from "../../../reporting/html.ts";
import { columnMatrix } from "./windows.ts";

const windows = ["w3", "w2", "w1"].map((monitorId) => ({ monitorId, label: `window ${monitorId}` }) as WindowLine);

const value = (monitorId: string, name: string, status: "pass" | "fail" | "skipped", p: number | null) =>
  ({ monitorId, name, kind: "drift", area: "drift", status, value: p, bound: 0.05, message: "ks" }) as WindowValue;

it("links each column to the newest window in which it drifted, not to one with too few rows", () => {
  const text = htmlText(
    columnMatrix(windows, [
      ...["w3", "w2", "w1"].map((id) => value(id, "x", id === "w2" ? "fail" : id === "w1" ? "pass" : "skipped", 0.001)),
      ...["w2", "w1"].map((id) => value(id, "y", "pass", 0.003)),
    ]),
  );
  const [x, y] = text.split("<tr").filter((row) => row.includes("column?name="));
  expect(x).toContain("drifted");
  expect(x).toContain('monitoring/w2/column?name=x"');
  expect(x).toContain(">window w2</a>");
  expect(x).toContain(">ks 0.00100<");
  expect(x).toContain('aria-label="window w2: drifted"');
  expect(y).toContain("stable");
  expect(y).toContain('monitoring/w2/column?name=y"');
});
