/** Files that start workers elsewhere: Kubernetes, Slurm, or any command. They only start them: the queue knows the work. */
import type { Config } from "../../config/schema/schema.ts";
import { TRUST_VARIABLE } from "../../config/trust.ts";
import { shellWord } from "../schedule/install/jobCommand.ts";
import { containerOf, podOf, yamlText } from "../schedule/install/kubernetesCronJobs.ts";

export type Launcher = "kubernetes" | "deployment" | "slurm" | "command";

export interface WorkerFilesOptions {
  readonly config: Pick<Config, "database" | "artifacts" | "target">;
  /** Absolute path of the workspace, on the other machines too. */
  readonly directory: string;
  readonly count: number;
  readonly threads: number;
  readonly idle: string;
}

export function workerFile(launcher: Launcher, options: WorkerFilesOptions): string {
  if (launcher === "slurm") return slurmScript(options);
  if (launcher === "command") return commandLine(options);
  return kubernetesFile(launcher, options);
}

function commandLine({ directory, threads, idle }: WorkerFilesOptions): string {
  const remote = `mlctl worker -C ${shellWord(directory)} --threads ${threads} --idle ${idle}`;
  return `ssh node{index} ${shellWord(remote)}\n`;
}

function slurmScript({ directory, count, threads, idle }: WorkerFilesOptions): string {
  return `#!/bin/sh
# Workers of mlctl, ${count} of them: sbatch FILE. PGPASSWORD or ~/.pgpass has the password of the database.
#SBATCH --job-name=mlctl-worker
#SBATCH --array=1-${count}
#SBATCH --cpus-per-task=${threads}
#SBATCH --output=mlctl-worker-%A_%a.log
# What a killed worker was doing, others do.
#SBATCH --no-requeue
exec mlctl worker -C ${shellWord(directory)} --threads "\${SLURM_CPUS_PER_TASK:-${threads}}" --idle ${idle}
`;
}

const NAME = "mlctl-worker";

function kubernetesFile(kind: "kubernetes" | "deployment", options: WorkerFilesOptions): string {
  const { config, count, threads, idle } = options;
  const { database, artifacts, target } = config;
  const labels = { "app.kubernetes.io/name": "mlctl", "app.kubernetes.io/component": "worker" };
  const metadata = { name: NAME, labels };
  const isJob = kind === "kubernetes";
  const container = {
    ...containerOf("worker", ["worker", "--threads", String(threads), ...(isJob ? ["--idle", idle] : [])]),
    // The password of the database and the credentials of the bucket.
    envFrom: [{ secretRef: { name: "mlctl-env", optional: true } }],
    env: [{ name: TRUST_VARIABLE, value: "1" }],
    resources: { requests: { cpu: String(threads), memory: "1Gi" } },
    volumeMounts: [
      { name: "config", mountPath: "/workspace", readOnly: true },
      { name: "temporary", mountPath: "/tmp" },
    ],
  };
  const volumes = [
    { name: "config", configMap: { name: NAME } },
    { name: "temporary", emptyDir: { sizeLimit: "4Gi" } },
  ];
  const template = { metadata: { labels }, spec: podOf(isJob ? "Never" : "Always", container, volumes) };
  const content = JSON.stringify({ target, database, ...(artifacts !== null && { artifacts }) });
  const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "config.json": content } };
  const starter = isJob
    ? {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata,
        spec: {
          completionMode: "Indexed",
          completions: count,
          parallelism: count,
          // A worker that is evicted or killed is started again; its task is done by others meanwhile.
          backoffLimitPerIndex: 3,
          ttlSecondsAfterFinished: 3600,
          template,
        },
      }
    : {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: { replicas: count, selector: { matchLabels: labels }, template },
      };
  const remarks = [
    "mlctl is the image of the Dockerfile; all that workers need is here and in the secret mlctl-env (PGPASSWORD, AWS_*).",
  ];
  return yamlText(configMap, remarks, { separated: true }) + yamlText(starter, [], { separated: true });
}
