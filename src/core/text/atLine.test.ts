import { expect, it } from "vitest";
import { atLine } from "./format.ts";

it("gives the line number exactly once", () => {
  expect(atLine("a.csv", undefined, "the file is empty")).toBe("a.csv: the file is empty");
  expect(atLine("a.csv", 1, "the first line is blank")).toBe("a.csv, line 1: the first line is blank");
  expect(atLine("a.csv", 3, "line 3 has 2 values")).toBe("a.csv, line 3 has 2 values");
});
