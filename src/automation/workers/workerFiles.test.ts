/** The files that start workers, as the programs that take them read them. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { workerFile } from "./workerFiles.ts";

const options = {
  config: { database: "postgres://mlctl@db/ml?workspace=churn", artifacts: "s3://bucket/churn", target: "exited" },
  directory: "/data/it's here",
  count: 3,
  threads: 4,
  idle: "10m",
};

describe("workers in Kubernetes", () => {
  it.each([
    ["kubernetes", "batch/v1 Job", ["worker", "--threads", "4", "--idle", "10m"], "Never"],
    ["deployment", "apps/v1 Deployment", ["worker", "--threads", "4"], "Always"],
  ] as const)("%s is a %s with the configuration that workers need", (launcher, kind, args, restartPolicy) => {
    const text = workerFile(launcher, options);
    const [map, starter, ...more] = parseAllDocuments(text, { version: "1.1" }).map((each) => {
      expect(each.errors).toEqual([]);
      return each.toJS() as { apiVersion: string; kind: string; metadata: object; data: object; spec: never };
    });
    expect([more, text]).toEqual([[], expect.not.stringMatching(/[&*]a\d/)]);
    expect(map).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "mlctl-worker" } });
    expect(JSON.parse((map!.data as Record<string, string>)["config.json"]!)).toEqual(options.config);
    expect(`${starter!.apiVersion} ${starter!.kind}`).toBe(kind);
    const indexed = { completionMode: "Indexed", completions: 3, parallelism: 3, backoffLimitPerIndex: 3 };
    expect(starter!.spec).toMatchObject({
      ...(launcher === "kubernetes" ? indexed : { replicas: 3, selector: { matchLabels: {} } }),
      template: {
        spec: {
          restartPolicy,
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true },
          containers: [{ args, envFrom: [{ secretRef: { name: "mlctl-env", optional: true } }] }],
        },
      },
    });
  });
});

it("the job array of Slurm and the command are read by a shell as they were meant", () => {
  const script = workerFile("slurm", options);
  expect(script).toMatch(/^#!\/bin\/sh\n/);
  expect(script).toContain("\n#SBATCH --array=1-3\n#SBATCH --cpus-per-task=4\n");
  const shell = (text: string, variables: object) =>
    spawnSync("sh", ["-c", `mlctl() { printf '<%s>' "$@"; }; ssh() { shift; eval "$1"; }; ${text}`], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...variables },
    }).stdout;
  const words = (threads: number) => `<worker><-C></data/it's here><--threads><${threads}><--idle><10m>`;
  expect(shell(script.replace("exec ", ""), { SLURM_CPUS_PER_TASK: "2" })).toBe(words(2));
  expect(shell(workerFile("command", options), {})).toBe(words(4));
});
