/** Tests of all that `schedule install` writes for other programs, with seeded hostile strings in every setting and path. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, parseAllDocuments, type Document } from "yaml";
import type { Reference } from "../config/references.ts";
import { MlctlError } from "../core/errors.ts";
import { random, type Random } from "../core/random.ts";
import { program } from "../automation/schedule/executeJob.ts";
import { crontabLines, blockLines, withBlock } from "../automation/schedule/install/crontab.ts";
import { installSchedule } from "../automation/schedule/install/installSchedule.ts";
import type { Target } from "../automation/schedule/install/jobCommand.ts";
import { writeScheduleFiles, type InstallOptions } from "../automation/schedule/install/scheduleFiles.ts";
import type { ScheduledJob } from "../automation/schedule/scheduledJobs.ts";
import { brokenText, hostileName, hostileText } from "./hostileText.ts";
import { cronCommands, unitEntries, unitText, unitWords, withoutVariables, workflowText } from "./schedulerReaders.ts";

/** Names that YAML 1.1 or a program would not read as strings. */
const jobNames = ["on", "yes", "NO", "y", "null", "2026-01-01", "0777", "1e3", "0x1F", "1_000", "nightly", "a-B_9"];

const references: Reference[] = [{ name: "HOOK_URL", path: ["alerts", 0, "url"], fallback: undefined, isSet: true }];

const ownExpressions = [
  "vars.MLCTL_REPOSITORY",
  "vars.MLCTL_REF",
  "secrets.MLCTL_REPOSITORY_TOKEN || github.token",
  "secrets.HOOK_URL",
  "github.event_name == 'schedule' && '--due 12h' || ''",
];

interface Case {
  readonly job: ScheduledJob;
  readonly options: (target: Target) => InstallOptions;
  readonly directory: string;
  readonly configPath: string;
  readonly folders: readonly string[];
}

type Yaml = { readonly [key: string]: Yaml };

/** Shells run a tenth of the cases, at least 15: each starts a few processes. */
export function fuzzWriters(count: number, seed: number): void {
  let root: string;
  const node = process.execPath;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "mlctl-hostile-"));
    mkdirSync(join(root, "bin"));
    // What stands in for the programs prints its folder and arguments; git notes them.
    const said = String.raw`printf '%s\0' "$PWD" "$@"; printf '\001'`;
    for (const [name, script] of Object.entries({ node: said, git: `{ ${said}; } >> "$NOTED"` })) {
      writeFileSync(join(root, "bin", name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(root, "bin", name), 0o755);
    }
    process.execPath = join(root, "bin", "node");
  });
  afterAll(() => {
    process.execPath = node;
    rmSync(root, { recursive: true, force: true });
  });

  const cases = (salt: number): Case[] =>
    Array.from({ length: count }, (_, i) => caseOf(random(seed + salt + i), root));
  const shellCases = (salt: number): Case[] => cases(salt).slice(0, Math.max(15, count / 10));
  const nothingRan = (): void =>
    expect((readdirSync(root, { recursive: true }) as string[]).filter((path) => basename(path) === "pwned")).toEqual(
      [],
    );

  it("systemd reads the same directives for every string, and the exact values", () => {
    const written: string[] = [];
    const keys = new Map<string, string[]>();
    for (const { job, options, directory, configPath } of cases(0)) {
      const { files } = writeScheduleFiles([job], options("systemd"));
      for (const path of files) {
        const entries = unitEntries(readFileSync(path, "utf8"));
        const kind = path.endsWith(".timer") ? "timer" : "service";
        keys.set(kind, keys.get(kind) ?? entries.map(({ key }) => key));
        expect(
          entries.map(({ key }) => key),
          path,
        ).toEqual(keys.get(kind));
        const value = (key: string): string => entries.find((entry) => entry.key === key)!.value;
        for (const { value: text } of entries) unitText(text);
        if (kind === "timer") continue;
        expect(unitText(value("Service.WorkingDirectory"))).toBe(`${directory}/`);
        const [command, ...args] = unitWords(value("Service.ExecStart"));
        const exact = args.map(withoutVariables);
        expect([command, ...exact.slice(0, 4), ...exact.slice(-2)]).toEqual(
          [process.execPath, program, "schedule", "now", job.name, "-c", configPath], // and --due, -q
        );
        expect(unitWords(value("Service.Environment"))[0]).toMatch(/^PATH=.*:\/bin$/);
      }
      written.push(...files);
    }
    if (spawnSync("systemd-analyze", ["--version"]).error !== undefined) return;
    for (let i = 0; i < written.length; i += 200) {
      const some = written.slice(i, i + 200);
      const args = ["verify", "--man=no", "--user", ...some];
      const { stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
      expect(stderr.split("\n").filter((line) => line.includes(root))).toEqual([]);
    }
  });

  it("cron runs exactly the command, whatever it does with backslashes", () => {
    let ran = 0;
    for (const { job, options, directory, configPath, folders } of shellCases(10_000)) {
      const place = options("crontab");
      let lines: string[];
      try {
        lines = crontabLines([job], place, ["UTC"]);
      } catch (error) {
        expect(String(error)).toContain("too long for cron");
        continue;
      }
      const table = withBlock("", configPath, lines).text;
      expect(blockLines(table, configPath)).toEqual(lines);
      const commands = table.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      const due = commands.map((line) => /^(?:@reboot|(?:\S+ ){4}\S+) (cd .*)$/.exec(line)![1]!);
      const log = join(directory, folders[1]!, "schedule", "cron.log");
      mkdirSync(join(log, ".."), { recursive: true });
      for (const command of due.flatMap(cronCommands)) {
        rmSync(log, { force: true });
        const { status, stderr } = spawnSync("/bin/sh", ["-c", command], { cwd: root, encoding: "utf8" });
        expect([status, stderr], command).toEqual([0, ""]);
        const calls = callsIn(readFileSync(log, "utf8"));
        const flags = command.includes(" --missed ") ? ["--missed"] : ["--due", "15m"];
        const args = [program, "schedule", "now", job.name, ...flags, "-q", "-c", configPath];
        expect(calls).toEqual([[directory, ...args]]);
        ran++;
      }
    }
    expect(ran).toBeGreaterThan(15);
    nothingRan();
  });

  it("GitHub reads the same keys and expressions for every string, and the exact values", () => {
    const shells = new Set(shellCases(20_000).map(({ directory }) => directory));
    for (const { job, options, directory, folders } of cases(20_000)) {
      const [path] = writeScheduleFiles([job], options("github")).files;
      const text = readFileSync(path!, "utf8");
      const workflow = parse(text) as Yaml;
      expect(parse(text, { version: "1.1" })).toEqual(workflow);
      const { steps, defaults } = workflow["jobs"]!["mlctl"]!;
      expect(workflow["name"]).not.toContain("${{");
      const group = workflowText(String(workflow["concurrency"]!["group"])).text;
      const folder = workflowText(String(defaults!["run"]!["working-directory"])).text;
      expect([group, folder]).toEqual([`mlctl ${basename(directory)}/config.json ${job.name}`, basename(directory)]);
      const expressions: string[] = [];
      JSON.stringify(workflow, (_, value: unknown) => {
        if (typeof value === "string") expressions.push(...workflowText(value).expressions);
        return value;
      });
      expect(expressions).toEqual(ownExpressions);
      const [restore, run, keep] = Object.values(steps!)
        .slice(-3)
        .map((step) => workflowText(String(step["run"])));
      expect(run!.text).toBe(`mlctl schedule now ${job.name} $DUE -c config.json`);
      if (!shells.has(directory)) continue;
      const noted = join(root, "noted");
      const calls = (script: string): string[][] => {
        rmSync(noted, { force: true });
        const env = { PATH: `${root}/bin:/usr/bin:/bin`, NOTED: noted, RUNNER_TEMP: root };
        spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], { cwd: directory, env });
        return callsIn(readFileSync(noted, "utf8")).map(([, ...args]) => args);
      };
      const restored = calls(restore!.text).filter(([verb]) => verb === "restore");
      expect(restored.map((call) => call.at(-1))).toEqual(folders.map((each) => `:(literal)${each}`));
      const added = calls(keep!.text).find(([verb]) => verb === "add")!;
      const wanted = [...folders.map((each) => `:(literal)${each}`), ":(exclude)*.lock"];
      expect(added.slice(added.indexOf("--") + 1)).toEqual(wanted);
    }
    nothingRan();
  });

  it("Kubernetes reads the name of every job as a string, in YAML 1.1 too", () => {
    const { job, options } = caseOf(random(seed), root);
    const jobs = jobNames.map((name) => ({ ...job, name }));
    const text = readFileSync(writeScheduleFiles(jobs, options("k8s")).files[0]!, "utf8");
    for (const version of ["1.1", "1.2"] as const) {
      const documents = parseAllDocuments(text, { version }) as Document[];
      expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
      const found = documents.map((document) => {
        const { spec, metadata } = document.toJS() as Yaml;
        expect(metadata!["name"]).toMatch(/^mlctl-[a-z0-9-]+$/);
        return spec!["jobTemplate"]!["spec"]!["template"]!["spec"]!["containers"]!["0"]!["args"];
      });
      expect(found).toEqual(jobNames.map((name) => ["schedule", "now", name, "--due", "24h"]));
    }
  });

  it("a path with a line break or a control character is refused by the name of its setting", async () => {
    const settings = ["the configuration file", "output_folder_path", "output_model_path", "prod_deployment_path"];
    const keys = ["", "datasets", "models", "production"];
    for (const [i, { job, options, directory }] of cases(40_000).entries()) {
      const at = (i >> 2) % 4;
      const place = options((["crontab", "systemd", "github", "k8s"] as const)[i % 4]!);
      const broken = join(directory, brokenText(random(seed + i)).replaceAll("/", "_"));
      const paths = { ...place.workspace.paths, ...(at === 0 ? {} : { [keys[at]!]: broken }) };
      const configPath = at === 0 ? broken : place.configPath;
      const changed = { ...place, configPath, workspace: { ...place.workspace, paths } };
      const error = await installSchedule([job], changed).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(MlctlError);
      expect((error as MlctlError).kind).toBe("usage");
      expect((error as MlctlError).message).toContain(settings[at]);
    }
    nothingRan();
  });
}

/** What the programs that stand in have printed: for each call its folder and its arguments. */
function callsIn(text: string): string[][] {
  const calls = text.split("\u0001").slice(0, -1);
  return calls.map((call) => call.split("\0").slice(0, -1));
}

function caseOf(chance: Random, root: string): Case {
  const directory = join(root, `w${chance.integer(1e9)}`, hostileName(chance));
  for (const path of [directory, join(directory, "..", ".git")]) mkdirSync(path, { recursive: true });
  const folders = ["data", "models", "production"].map((name) => hostileName(chance) + name);
  const [datasets, models, production] = folders.map((folder) => join(directory, folder));
  const configPath = join(directory, "config.json");
  const job: ScheduledJob = {
    name: jobNames[chance.integer(jobNames.length)]!,
    cron: "30 2 * * 1-5",
    timezone: "UTC",
    words: ["monitor", hostileText(chance), brokenText(chance)],
    jitterMs: 0,
    missed: "run",
    timeoutMs: 7_200_000,
  };
  const context = { now: () => new Date("2026-01-01T00:00:00Z"), emit: () => {} };
  const options = (target: Target) =>
    ({
      workspace: { paths: { workspace: directory, datasets, models, production }, context, config: { limits: {} } },
      configPath,
      directory,
      references,
      bases: [],
      target,
      dryRun: false,
      force: false,
      output: join(directory, "..", target),
    }) as unknown as InstallOptions;
  return { job, options, directory, configPath, folders };
}
