/** The frame of every command, through bin/mlctl.js: help, streams, forms of output, exit codes, signals. */
import { once } from "node:events";
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { commandGroups, commands } from "../commands/index.ts";
import type { Command } from "../commands/command.ts";
import { bin, environment, temporaryFolder, workspaceIn, type Finished } from "./lifecycleWorkspace.ts";
import { shellStatus } from "./shellStatus.ts";

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
  expect(mlctl(["init", "demo"]).status).toBe(0);
});

/** The first calls through bin/mlctl.js, the others in a process that stays. */
function mlctl(args: readonly string[], variables: Record<string, string> = {}): Finished {
  return workspaceIn(folder).run(args, { environment: variables });
}

/** "config", "config show", … */
function withSubcommands(command: Command, above = ""): string[] {
  const path = `${above}${command.name}`;
  return [path, ...(command.subcommands ?? []).flatMap((child) => withSubcommands(child, `${path} `))];
}

describe("help", () => {
  it("lists every command in its group, and nothing on stderr", () => {
    const { status, stdout, stderr } = mlctl(["--help"]);
    expect([status, stderr]).toEqual([0, ""]);
    for (const [group, members] of Object.entries(commandGroups))
      for (const { name } of members) expect(stdout).toMatch(new RegExp(`^${group}:[^]*^  ${name} `, "m"));
  });

  it.each(commands.flatMap((command) => withSubcommands(command)))("of %s has usage and examples to paste", (line) => {
    const words = line.split(" ");
    const { status, stdout } = mlctl([...words, "--help"]);
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: mlctl ${words.join(" ")}`);
    expect(stdout).toMatch(/^Examples:\n {2}\S/m);
  });

  it("gives each command at least two examples, unless its subcommands have them", () => {
    expect(commands.filter(({ examples }) => examples.length < 2).map(({ name }) => name)).toEqual([]);
  });

  it("fits a narrow terminal", () => {
    const { stdout } = mlctl(["init", "--help"], { COLUMNS: "60" });
    const tooLong = stdout.split("\n").filter((line) => line.length > 60 && !line.startsWith("  mlctl"));
    expect(tooLong).toEqual([]);
  });
});

describe("wrong usage", () => {
  it.each([
    [["confg"], "error: unknown command 'confg'\nhint: did you mean config?\n"],
    [["config", "shw"], "error: unknown command 'shw'\nhint: did you mean show?\n"],
    [["config", "check"], "error: unknown command 'check'\nhint: did you mean validate?\n"],
    [["config", "show", "--jsn"], "error: unknown option '--jsn'\nhint: did you mean --json?\n"],
    [["completion", "bas"], 'error: shell: found "bas", allowed bash, zsh, fish, words\nhint: did you mean bash?\n'],
    [["init", "--seed", "x"], 'error: --seed: found "x", allowed a whole number\n'],
    [["completion"], "error: missing required argument 'shell'\nhint: `mlctl completion --help` shows the usage\n"],
  ])("%j exits 2, tells why on stderr and writes nothing to stdout", (args, stderr) => {
    expect(mlctl(args)).toMatchObject({ status: 2, stdout: "", stderr });
  });

  it("without a config.json is exit code 4 with the next step", () => {
    const { status, stderr } = mlctl(["config", "show"]);
    expect(status).toBe(4);
    expect(stderr).toMatch(/^error: there is no config\.json in .*\nhint: run `mlctl init` there/);
  });

  it("in config.json is exit code 2 with every error", () => {
    writeFileSync(join(folder, "wrong.json"), '{\n "target": "y",\n "trian": {},\n "train": { "metric": "f2" }\n}');
    const { status, stderr } = mlctl(["config", "validate", "-c", "wrong.json"]);
    expect(status).toBe(2);
    expect(stderr).toContain('  wrong.json:3: trian: found an unknown key, did you mean "train"?\n');
    expect(stderr).toContain("  wrong.json:4: train.metric: found");
  });

  it("of a family's parameter is found before anything is trained", () => {
    const text = { target: "y", train: { models: [{ family: "xgboost", params: { max_dept: 3 } }] } };
    writeFileSync(join(folder, "param.json"), JSON.stringify(text));
    const { status, stderr } = mlctl(["config", "validate", "-c", "param.json"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/train\.models\.0\.params\.max_dept: .*max_depth/);
  });
});

describe("one result in three forms", () => {
  const args = ["config", "show", "train.seed", "-C", "demo"];

  it("is tab-separated under a header in a pipe", () => {
    expect(mlctl(args)).toMatchObject({
      status: 0,
      stdout: "setting\tvalue\tsource\ntrain.seed\t42\tconfig.json:22\n",
      stderr: "",
    });
  });

  it("is one JSON document with --json, anywhere on the line", () => {
    for (const line of [
      [...args, "--json"],
      ["--json", ...args],
    ]) {
      const { stdout, stderr } = mlctl(line, { MLCTL_TRAIN_SEED: "7" });
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toMatchObject({
        config: { train: { seed: 7 } },
        settings: [{ key: "train.seed", value: 7, source: "MLCTL_TRAIN_SEED" }],
      });
    }
  });

  it("is CSV or Markdown on request, one at a time", () => {
    expect(mlctl([...args, "--csv"]).stdout).toBe("setting,value,source\r\ntrain.seed,42,config.json:22\r\n");
    expect(mlctl([...args, "--md"]).stdout).toContain("| setting | value | source |\n| --- | --- | --- |\n");
    expect(mlctl([...args, "--md", "--csv"]).status).toBe(2);
  });

  it("has colours only where they are asked for", () => {
    expect(mlctl(["confg"], { FORCE_COLOR: "1" }).stderr).toContain("\u001b[31merror:");
    expect(mlctl(["confg", "--no-color"], { FORCE_COLOR: "1" }).stderr).not.toContain("\u001b");
  });
});

describe("init", () => {
  it("writes the same workspace for the same seed, and nothing over what is there", () => {
    expect(mlctl(["init", "again"]).status).toBe(0);
    const files = readdirSync(join(folder, "demo"), { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    expect(files.length).toBeGreaterThanOrEqual(8);
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      expect(readFileSync(path.replace("/demo", "/again"))).toEqual(readFileSync(path));
    }
    writeFileSync(join(folder, "again", "config.json"), "mine");
    const { status, stderr } = mlctl(["init", "again"]);
    expect([status, readFileSync(join(folder, "again", "config.json"), "utf8")]).toEqual([2, "mine"]);
    expect(stderr).toContain("--force");
  });

  it("changes nothing with --dry-run", () => {
    expect(mlctl(["init", "dry", "--dry-run"]).stdout).toContain("config.json\n");
    expect(readdirSync(folder)).not.toContain("dry");
  });
});

describe("completion", () => {
  it("completes commands, subcommands, flags and choices in a real bash", () => {
    const script = `mlctl() { "$NODE" "$BIN" "$@"; }
      source <(mlctl completion bash)
      complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _mlctl; echo "\${COMPREPLY[*]}"; }
      complete_line mlctl conf
      complete_line mlctl config sh
      complete_line mlctl -C demo config sc
      complete_line mlctl init --temp
      complete_line mlctl init --template a
      complete_line mlctl completion z`;
    const env = environment({ NODE: process.execPath, BIN: bin });
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], { cwd: folder, env, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe("config\nshow\nschema\n--template\nattrition\nzsh\n");
  });
});

describe("streams and signals", () => {
  it("a reader that closes early is no error", () => {
    // `true` has ended long before the first byte: every write meets a closed pipe.
    const script = `"$NODE" "$BIN" config schema | true; echo "\${PIPESTATUS[0]}"`;
    const env = environment({ NODE: process.execPath, BIN: bin });
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], { env, encoding: "utf8" });
    expect([stdout, stderr]).toEqual(["0\n", ""]);
  });

  it.each([
    ["SIGINT", 1, 130, "stopped cleanly"],
    ["SIGINT", 2, 130, ""],
    ["SIGTERM", 1, 143, "stopped cleanly"],
    ["SIGTERM", 2, 143, ""],
    ["SIGHUP", 2, 143, "stopped cleanly"], // twice: from the shell and from the kernel
  ] as const)("%s × %i ends with %i", async (name, times, code, said) => {
    const signals = new URL("../../dist/cli/stopSignals.js", import.meta.url).href;
    // A step that takes 300 ms to stop: the second signal does not wait for it.
    const step = `const { stopSignals } = await import("${signals}");
      const { signal, exitCode } = stopSignals(() => {});
      const alive = setInterval(() => {}, 1000);
      signal.addEventListener("abort", () => setTimeout(() => {
        clearInterval(alive); console.log("stopped cleanly"); process.exitCode = exitCode(); }, 300));
      console.log("ready");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", step]);
    let stdout = "";
    let sent = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      const send = () => sent++ < times && child.kill(name) && setTimeout(send, 50);
      if (sent === 0) send();
    });
    const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    const exitCode = shellStatus(status, signal);
    expect([exitCode, stdout]).toEqual([code, `ready\n${said === "" ? "" : `${said}\n`}`]);
  });
});

describe("loading", () => {
  it("loads no package of shared workspaces in a folder, and none at all for the version", () => {
    expect(loaded("--version")).toEqual([]);
    expect(loaded("runs")).toContain("better-sqlite3");
    for (const command of ["runs", "ingest", "train"])
      expect(loaded(command).filter((name) => /^(pg|pg-boss|@aws-sdk)\b/.test(name))).toEqual([]);
  });
});

/** The CommonJS packages outside the bundle that a command loads. */
function loaded(command: string): string[] {
  const cache = "createRequire(process.execPath).cache";
  const hook = `import{createRequire}from"node:module";process.on("exit",()=>console.error("LOADED "+Object.keys(${cache})))`;
  const node = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, bin, command];
  const { stderr } = spawnSync(process.execPath, node, {
    cwd: join(folder, "demo"),
    env: environment(),
    encoding: "utf8",
  });
  const paths = /LOADED (.*)/.exec(stderr)![1]!.split(",");
  return [...new Set(paths.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []))];
}
