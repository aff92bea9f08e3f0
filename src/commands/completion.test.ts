import { describe, expect, it } from "vitest";
import type { Invocation } from "./command.ts";
import { completion } from "./completion.ts";
import { commands } from "./index.ts";

async function offered(...line: string[]): Promise<string[]> {
  const global = { directory: "/nowhere", trust: false };
  const rest = { options: {}, flagSettings: [], environment: {}, context: { emit: () => {} } };
  const invocation = { args: ["words", ...line], commands, global, ...rest } as unknown as Invocation;
  const outcome = await completion.run!(invocation);
  return "text" in outcome ? outcome.text.split("\n").slice(0, -1) : [];
}
const wordsOf = async (...line: string[]): Promise<string[]> =>
  (await offered(...line)).map((word) => word.split("\t")[0]!);

describe("completion", () => {
  it("offers every flag of a list, with what it means", async () => {
    expect(await offered("models", "list", "--m")).toEqual(["--md\tprint the list as a Markdown table"]);
    expect(await wordsOf("models", "list", "--c")).toEqual(["--csv", "--csv-safe", "--config"]);
    expect(await wordsOf("models", "show", "--cs")).toEqual([]);
  });

  it("offers commands, and behind a flag or in place of an argument its values", async () => {
    expect(await offered("conf")).toEqual([expect.stringMatching(/^config\tshow the settings/)]);
    expect(await wordsOf("-C", "demo", "config", "s")).toEqual(["show", "schema"]);
    expect(await wordsOf("models", "export", "--format", "")).toEqual(["json", "xgboost-json", "onnx"]);
    expect(await wordsOf("train", "--metric", "roc")).toEqual(["roc_auc"]);
    expect(await wordsOf("monitor", "--fail-on", "")).toEqual(["drift", "quality", "performance"]);
    expect(await wordsOf("completion", "z")).toEqual(["zsh"]);
  });

  it("offers no runs, and no error, where there is no workspace", async () => {
    expect(await wordsOf("deploy", "--roll")).toEqual(["--rollback"]);
    expect(await wordsOf("score", "--model", "")).toEqual([]);
  });
});
