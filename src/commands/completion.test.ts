import { spawnSync } from "node:child_process";
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

  it("offers metrics, areas and, where a command takes one, run ids and versions", async () => {
    const bash = await script("bash");
    // The program would be started by its name: here, a function that prints two runs and a version.
    const mlctl = `mlctl() { case "$1" in runs) printf 'run\\tcreated\\naaa111\\tx\\nbbb222\\ty\\n' ;; models) printf 'version\\trun\\nv1\\tx\\n' ;; esac; }`;
    const offered = (...words: string[]): string[] => {
      const line = ["mlctl", ...words].map((word) => `'${word}'`).join(" ");
      const call = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _mlctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = spawnSync("bash", ["--norc", "-c", `${mlctl}\n${bash}\n${call}`], { encoding: "utf8" });
      return stdout.split("\n").filter((word) => word !== "");
    };
    expect(offered("train", "--metric", "roc")).toEqual(["roc_auc"]);
    expect(offered("monitor", "--fail-on", "")).toEqual(["drift", "quality", "performance"]);
    expect(offered("deploy", "")).toEqual(expect.arrayContaining(["aaa111", "bbb222", "v1", "--rollback"]));
    expect(offered("runs", "show", "b")).toEqual(["bbb222"]);
    expect(offered("score", "--model", "")).toEqual(["aaa111", "bbb222", "v1", "@champion", "latest"]);
    expect(offered("deploy", "--roll")).toEqual(["--rollback"]);
    const fish = await script("fish");
    expect(fish).toContain("complete -c mlctl -n '__fish_seen_subcommand_from deploy' -f -a '(_mlctl_runs)'");
    expect(fish).toMatch(/-l metric -x -a '[^']*roc_auc/);
  });

  it("says in fish what a flag means", async () => {
    expect(await script("fish")).toContain(
      "complete -c mlctl -n '__fish_seen_subcommand_from models; and __fish_seen_subcommand_from list' -l md -d 'print the list as a Markdown table'",
    );
  });
});
