import { describe, expect, it } from "vitest";
import { usageError } from "./commandLine.ts";
import { requireHelpTopic } from "./usageHint.ts";

describe("the hint for a wrong command line", () => {
  it.each([
    ["ui", "did you mean serve?"],
    ["status", "did you mean doctor?"],
    ["import x.json", "did you mean ingest?"],
    ["trian", "did you mean train?"],
    ["runs lst", "did you mean list?"],
    ["runs list x", "`mlctl runs list --help` shows the usage"],
    ["score --modle v1", "did you mean --model?"],
    ["train --nothing-like-it", "`mlctl train --help` shows the usage"],
  ])("of mlctl %s", async (line, hint) => {
    expect(await usageError(line.split(" "))).toMatchObject({ kind: "usage", hint });
  });

  it("is given for the help of an unknown command, which is an error", () => {
    expect(() => requireHelpTopic(["help", "trian"])).toThrow(
      expect.objectContaining({ message: "unknown command 'trian'", hint: "did you mean train?" }),
    );
    expect(() => requireHelpTopic(["help", "ui"])).toThrow(expect.objectContaining({ hint: "did you mean serve?" }));
    for (const words of [["help"], ["help", "train"], ["help", "--json"], ["train", "x"]]) requireHelpTopic(words);
  });
});
