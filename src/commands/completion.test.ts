import { describe, expect, it } from "vitest";
import type { Invocation } from "./command.ts";
import { completion } from "./completion.ts";
import { commands } from "./index.ts";

async function script(shell: string): Promise<string> {
  const outcome = await completion.run!({ args: [shell], commands } as Partial<Invocation> as Invocation);
  return "text" in outcome ? outcome.text : "";
}

describe("completion", () => {
  it("offers every flag of a list, and choices after their flag", async () => {
    const bash = await script("bash");
    expect(bash).toMatch(/"models list"\) words="--csv --csv-safe --md --config .*--help" ;;/);
    expect(bash).toContain('"models export --format") words="json xgboost-json onnx" ;;');
    expect(bash).not.toMatch(/"models show"\) words="[^"]*--csv/);
  });

  it("says in fish what a flag means", async () => {
    expect(await script("fish")).toContain(
      "complete -c mlctl -n '__fish_seen_subcommand_from models; and __fish_seen_subcommand_from list' -l md -d 'print the list as a Markdown table'",
    );
  });
});
