import { describe, expect, it } from "vitest";
import { candidateNames, claimName, isTemporary, nameBehind, siblingNames, stemOf } from "./dropNames.ts";
import { oneLine } from "../../core/text/format.ts";

const now = new Date("2026-01-02T03:04:05.678Z");

describe("names of drops", () => {
  it("that programs give to files in the making are temporary, in any folder", () => {
    const temporary = ["a.csv.part", ".a.csv", "~a.csv", "a.csv~", "x.TMP", "sub/.new/a.csv", "a.crdownload"];
    expect(temporary.filter((name) => !isTemporary(name))).toEqual([]);
    expect(["a.csv", "part.csv", "sub/tmp/a.csv", "a b.json"].filter(isTemporary)).toEqual([]);
  });

  it("have a stem without the ending of a table, or any other ending", () => {
    expect(["2024/a.CSV.gz", "a.b.csv", "image.png", "sub/x"].map(stemOf)).toEqual(["2024/a", "a.b", "image", "sub/x"]);
    expect(stemOf("sub/.csv")).toBe("sub/.csv");
  });

  it("that would have the same results have the same claim, and see each other", () => {
    expect(claimName("a.csv")).toBe(claimName("a.json.gz"));
    expect(claimName("a.csv")).not.toBe(claimName("sub/a.csv"));
    expect(siblingNames("a.csv")).toContain("a.parquet");
  });

  it("that are taken get the time, then a number", () => {
    const names = candidateNames("sub/a.csv.gz", now);
    expect([1, 2, 3].map(() => names.next().value)).toEqual([
      "sub/a.csv.gz",
      "sub/a_20260102T030405678Z.csv.gz",
      "sub/a_20260102T030405678Z-2.csv.gz",
    ]);
  });

  it("that are too long for a file system are cut between letters and stay different", () => {
    const [a, b] = ["日".repeat(83), `${"日".repeat(82)}本`].map((stem) =>
      nameBehind(`sub/${stem}`, "_predictions_m_v1.csv"),
    );
    expect(Buffer.byteLength(a!.slice(4))).toBeLessThanOrEqual(255);
    expect(a).toMatch(/^sub\/日+-[0-9a-f]{8}_predictions_m_v1\.csv$/);
    expect(a).not.toBe(b);
  });

  it("stand on one line of a log", () => {
    expect(oneLine("a\nb\u001b[31m\u007f\u2028c")).toBe(String.raw`a\nb\u001b[31m\u007f\u2028c`);
  });
});
