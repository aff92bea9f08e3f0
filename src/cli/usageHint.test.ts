import { describe, expect, it } from "vitest";
import { usageError } from "./commandLine.ts";
import { requireHelpTopic } from "./usageHint.ts";

describe("the hint for a wrong command line", () => {
  it.each([
    ["version", "`mlctl --version` prints the version"],
    ["ui", "run `mlctl serve`, then open /ui on its address"],
    ["status", "`mlctl doctor` checks the workspace; `mlctl models list` shows what is deployed"],
    ["import x.json", expect.stringContaining("`mlctl predict --model FILE`")],
    ["trian", "did you mean train?"],
    ["runs lst", "did you mean list?"],
    ["runs list x", "`mlctl runs list --help` shows the usage"],
    ["init churn customers.csv", "`mlctl init DIR --from FILE --target COLUMN` starts from a file"],
    ["score --modle v1", "did you mean --model?"],
    ["train --modle v1", expect.stringMatching(/^did you mean --model\? It is a flag of .*score.*, not of train$/)],
    [
      "explain --model v1",
      expect.stringMatching(
        /^--model is a flag of .*score.*predictions list.*, not of explain, which takes it without a flag: mlctl explain \[ref\]$/,
      ),
    ],
    ["labels --rows x.csv", expect.stringMatching(/^--rows is a flag of .*, not of labels$/)],
    ["ingest --model v1", expect.stringMatching(/^--model is a flag of .*score.*, not of ingest$/)],
    ["train --nothing-like-it", "`mlctl train --help` shows the usage"],
  ])("of mlctl %s", async (line, hint) => {
    expect(await usageError(line.split(" "))).toMatchObject({ kind: "usage", hint });
  });

  it("is given for the help of an unknown command, which is an error", () => {
    expect(() => requireHelpTopic(["help", "trian"])).toThrow(
      expect.objectContaining({ message: "unknown command 'trian'", hint: "did you mean train?" }),
    );
    expect(() => requireHelpTopic(["help", "ui"])).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("/ui") }),
    );
    for (const words of [["help"], ["help", "train"], ["help", "--json"], ["train", "x"]]) requireHelpTopic(words);
  });
});
