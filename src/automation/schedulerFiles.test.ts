/** Checks the files for systemd, GitHub Actions and Kubernetes with systemd-analyze and a YAML parser. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { nextTimes } from "./schedule/cron.ts";
import type { Reference } from "../config/references.ts";
import type { JobPlace } from "./schedule/executeJob.ts";
import { githubWorkflow } from "./schedule/install/githubWorkflow.ts";
import { jobVariables, variablesNote, type Target } from "./schedule/install/jobCommand.ts";
import { clusterPrefix } from "./schedule/install/names.ts";
import type { InstallOptions } from "./schedule/install/scheduleFiles.ts";
import { kubernetesCronJobs } from "./schedule/install/kubernetesCronJobs.ts";
import type { ScheduledJob } from "./schedule/scheduledJobs.ts";
import { calendarOf, systemdUnits } from "./schedule/install/systemdUnits.ts";

const now = new Date("2026-01-01T00:00:00Z");
const folder = mkdtempSync(join(tmpdir(), "mlctl-units-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function job(change: Partial<ScheduledJob> = {}): ScheduledJob {
  const defaults = {
    name: "nightly",
    cron: "30 2 * * 1-5",
    timezone: "Europe/Oslo",
    words: ["fullprocess", "--wait", "10m"],
  };
  return { ...defaults, jitterMs: 0, missed: "run", timeoutMs: 7_200_000, ...change };
}

/** HOOK_URL and a variable with a default; CALLER is a token of a server's caller, and HOME is the system's own. */
const references: Reference[] = [
  { name: "HOOK_URL", path: ["alerts", 0, "url"], fallback: undefined, isSet: true },
  { name: "TOKEN", path: ["serve", "token"], fallback: "dev", isSet: false },
  { name: "CALLER", path: ["serve", "tokens", 0, "token"], fallback: undefined, isSet: true },
  { name: "HOME", path: ["input_folder_path"], fallback: undefined, isSet: true },
];

const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

describe("systemd", () => {
  it.skipIf(!has("systemd-analyze"))("accepts the units, also with spaces and % in paths", () => {
    // systemdUnits reads only the paths of JobPlace.
    const place = {
      configPath: "/srv/my 100% $HOME/config.json",
      directory: folder,
      references,
    } as unknown as JobPlace;
    const units = systemdUnits([job(), job({ name: "second", cron: "15 0 10 L * *" })], place, "mlctl-test");
    for (const [name, text] of Object.entries(units)) writeFileSync(join(folder, name), text);
    const paths = Object.keys(units).map((name) => join(folder, name));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...paths], { encoding: "utf8" });
    expect(stderr.split("\n").filter((line) => line.includes("mlctl-test"))).toEqual([]);
    expect(status).toBe(0);
    expect(units["mlctl-test-nightly.service"]).toContain("\nSuccessExitStatus=143\n");
    expect(units["mlctl-test-nightly.service"]).toContain('"/srv/my 100%% $$HOME/config.json"');
  });

  it.skipIf(!has("systemd-analyze"))("fires at the same times as mlctl itself", () => {
    const jobs = [
      job(),
      job({ cron: "*/10 * * * *", timezone: "UTC" }),
      job({ cron: "0 10 1,15 * *", timezone: "America/Chicago" }),
      job({ cron: "0 0 * * 0" }),
      job({ cron: "5 12 13 * 5" }),
      job({ cron: "0 12 L * *" }),
      job({ cron: "*/20 * * * * *" }),
    ];
    for (const each of jobs) {
      const calendar = calendarOf(each);
      const args = ["calendar", "--iterations=4", "--base-time=2026-01-01 00:00:00 UTC", calendar];
      const { stdout, stderr } = spawnSync("systemd-analyze", args, {
        encoding: "utf8",
        env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
      });
      const found = [...stdout.matchAll(/(?:elapse|#\d+): \w+ (\S+) (\S+) UTC/g)].map(
        ([, day, clock]) => `${day}T${clock}`,
      );
      const expected = nextTimes(each, 4, now).map((time) => time.toISOString().slice(0, 19));
      expect(found, `${each.cron}: ${calendar} ${stderr}`).toEqual(expected);
    }
  });

  it("rejects days that systemd cannot express", () => {
    expect(() => calendarOf(job({ cron: "0 0 15W * *" }))).toThrow(
      "systemd cannot express 15W in the day of the month",
    );
    expect(() => calendarOf(job({ cron: "0 0 * * 1#1" }))).toThrow("systemd cannot express L and # in the weekday");
  });
});

describe("the variables that config.json names", () => {
  const place = (target: Target) => ({ directory: folder, references, target }) as unknown as InstallOptions;

  it("reach the jobs of every scheduler", () => {
    const env = (
      parse(githubWorkflow(job(), { folder: ".", config: "config.json", kept: [], now, references })) as Workflow
    ).jobs["mlctl"]!.steps.find(({ run }) => run?.includes("schedule now") === true)!.env;
    expect(env).toMatchObject({ HOOK_URL: "${{ secrets.HOOK_URL }}", TOKEN: "${{ secrets.TOKEN }}" });
    expect(Object.keys(env!)).toEqual(["HOOK_URL", "TOKEN", "MLCTL_TRUST", "DUE"]);
    const container = { envFrom: [{ secretRef: { name: "mlctl-env" } }], env: [{ name: "MLCTL_TRUST", value: "1" }] };
    expect(parse(kubernetesCronJobs([job()], now))).toMatchObject({
      spec: { jobTemplate: { spec: { template: { spec: { containers: [container] } } } } },
    });
  });

  it("are listed after the installation, if they are not in the file", () => {
    const note = (target: Target) => variablesNote(jobVariables(place(target), target), target);
    writeFileSync(join(folder, "mlctl.env"), "XHOOK_URL=1\n");
    expect(note("crontab")).toMatch(
      /mlctl\.env.*: HOOK_URL \(alerts\.0\.url\), TOKEN \(serve\.token; has a default\)$/,
    );
    expect(note("github")).toContain("secrets of the repository");
    expect(note("k8s")).toContain(
      "kubectl create secret generic mlctl-env --from-literal=HOOK_URL=… --from-literal=TOKEN=…",
    );
    writeFileSync(join(folder, "mlctl.env"), "export HOOK_URL=1\n TOKEN=2\n");
    expect(note("systemd")).toBeUndefined();
  });
});

interface Workflow {
  readonly on: { readonly schedule: readonly { readonly cron: string }[] };
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly steps: readonly {
          readonly run?: string;
          readonly uses?: string;
          readonly env?: Readonly<Record<string, string>>;
        }[];
      }
    >
  >;
}

describe("GitHub Actions", () => {
  it("gets a workflow in UTC that runs the job when it is due", () => {
    const workflow = parse(
      githubWorkflow(job(), {
        folder: 'models/it\'s "one"',
        config: "config.json",
        kept: ["models"],
        now,
        references: [],
      }),
    ) as Workflow;
    expect(workflow.on.schedule).toEqual([{ cron: "30 0,1 * * *" }]);
    expect(workflow).toMatchObject({
      jobs: { mlctl: { "timeout-minutes": 135, defaults: { run: { "working-directory": 'models/it\'s "one"' } } } },
    });
    const runs = workflow.jobs["mlctl"]!.steps.flatMap(({ run }) => run ?? []);
    expect(runs).toContain("mlctl schedule now nightly $DUE -c config.json");
  });

  it("gives each job its own concurrency group, because GitHub cancels pending runs of a group", () => {
    const of = (name: string): unknown =>
      (
        parse(githubWorkflow(job({ name }), { folder: ".", config: "config.json", kept: [], now, references: [] })) as {
          concurrency: object;
        }
      ).concurrency;
    expect([of("a"), of("b")]).toEqual([{ group: "mlctl ./config.json a" }, { group: "mlctl ./config.json b" }]);
  });
});

describe("Kubernetes", () => {
  it("gets a CronJob in the job's own time zone, with deadlines and no overlap", () => {
    const jobs = [job({ name: "Nightly_Run" }), job({ name: "skips", missed: "skip", timeoutMs: null })];
    const documents = parseAllDocuments(kubernetesCronJobs(jobs, now)).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as object;
    });
    const resources = (memory: string) => {
      const text = kubernetesCronJobs([job()], now, { prefix: "mlctl", config: "config.json", memory });
      return /limits:\s+memory: (\w+)/.exec(text)![1];
    };
    // A process of mlctl takes `limits.memory` at most: by default 80 % of what its container has.
    expect(["80%", "4GB", "600MB", "1.5GB"].map(resources)).toEqual(["4Gi", "5G", "750M", "2G"]);
    expect(documents).toMatchObject([
      {
        apiVersion: "batch/v1",
        kind: "CronJob",
        metadata: { name: expect.stringMatching(/^mlctl-nightly-run-[0-9a-f]{6}$/) as string },
        spec: {
          schedule: "30 2 * * 1,2,3,4,5",
          timeZone: "Europe/Oslo",
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: 86_400,
          jobTemplate: {
            spec: {
              activeDeadlineSeconds: 7260,
              template: {
                spec: {
                  restartPolicy: "Never",
                  containers: [{ resources: { requests: { cpu: "500m", memory: "512Mi" } } }],
                },
              },
            },
          },
        },
      },
      { metadata: { name: "mlctl-skips" }, spec: { startingDeadlineSeconds: 300 } },
    ]);
  });

  it("gives unique names to jobs whose Kubernetes names would be equal or too long", () => {
    const names = ["a_b", "A-b", "a-b", "a-b-", "x".repeat(60), `${"x".repeat(59)}y`];
    const text = kubernetesCronJobs(
      names.map((name) => job({ name })),
      now,
    );
    const found = parseAllDocuments(text).map(
      (document) => (document.toJS() as { metadata: { name: string } }).metadata.name,
    );
    expect(new Set(found).size).toBe(names.length);
    expect(found[2]).toBe("mlctl-a-b");
    for (const name of found) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])$/);
  });

  it("gets other names for each configuration, the same after `git init`, and calls it by its name", () => {
    const named = (name = "model") =>
      ["staging.json", "prod.json", "staging/config.json", "prod/config.json", "config.json"].map((path) =>
        clusterPrefix(join(folder, path), name),
      );
    const prefixes = named();
    mkdirSync(join(folder, ".git"), { recursive: true });
    expect(named()).toEqual(prefixes);
    expect(prefixes).toEqual([
      expect.stringMatching(/^mlctl-staging-[0-9a-f]{6}$/),
      expect.stringMatching(/^mlctl-prod-[0-9a-f]{6}$/),
      expect.stringMatching(/^mlctl-staging-[0-9a-f]{6}$/),
      expect.stringMatching(/^mlctl-prod-[0-9a-f]{6}$/),
      expect.stringMatching(/^mlctl-.+-[0-9a-f]{6}$/),
    ]);
    expect(new Set([...prefixes, ...named("churn"), ...named("shop")]).size).toBe(15);
    const jobs = [job({ name: "x".repeat(60) }), job({ name: "nightly" })];
    const text = kubernetesCronJobs(jobs, now, { prefix: prefixes[0]!, config: "staging.json", memory: "80%" });
    const names = parseAllDocuments(text).map((each) => (each.toJS() as { metadata: { name: string } }).metadata.name);
    expect(names[1]).toBe(`${prefixes[0]}-nightly`);
    expect(names[0]!.length).toBeLessThanOrEqual(52);
    expect(text.match(/- -c\n\s+- staging\.json/g)).toHaveLength(2);
  });
});
