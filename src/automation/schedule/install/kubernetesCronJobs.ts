/** A CronJob of Kubernetes for each job. */
import { sha256Text } from "../../../storage/files/sha256.ts";
import { hostTimes } from "./hostTimes.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { yamlText } from "./githubState.ts";

/** A missed start is made up for within the day; else it may be a little late. */
const STARTING_DEADLINE = { run: 86_400, skip: 300 } as const;

/** With what stands before and behind it, below 52. */
const LONGEST_NAME = 36;

/** The volume with the workspace is that of deploy/kubernetes. */
export function kubernetesCronJobs(jobs: readonly ScheduledJob[], now: Date): string {
  return jobs.map((job) => cronJobs(job, now)).join("");
}

function cronJobs(job: ScheduledJob, now: Date): string {
  const name = nameOf(job);
  // In the job's own zone: Kubernetes knows them.
  const times = hostTimes(job, [job.timezone], now);
  return times.map((time, i) => cronJob(job, times.length === 1 ? name : `${name}-${i + 1}`, time)).join("");
}

/** Kubernetes allows no capitals, no _ and 52 characters: what reads alike then still differs. */
function nameOf({ name }: ScheduledJob): string {
  const plain = name.toLowerCase().replaceAll("_", "-").slice(0, LONGEST_NAME).replace(/-+$/, "");
  return plain === name ? `mlctl-${plain}` : `mlctl-${plain}-${sha256Text(name).slice(0, 6)}`;
}

function cronJob(job: ScheduledJob, name: string, time: string): string {
  const content = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: {
      name,
      labels: { "app.kubernetes.io/name": "mlctl", "app.kubernetes.io/component": "schedule" },
    },
    spec: {
      schedule: time,
      timeZone: job.timezone,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: STARTING_DEADLINE[job.missed],
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 5,
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          ...(job.timeoutMs === null ? {} : { activeDeadlineSeconds: Math.ceil(job.timeoutMs / 1000) + 60 }),
          template: { spec: podOf(job) },
        },
      },
    },
  };
  return yamlText(content, [`${job.cron} (${job.timezone})`], { separated: true });
}

function podOf({ name, missed }: ScheduledJob): object {
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "mlctl",
        image: "mlctl:latest",
        imagePullPolicy: "IfNotPresent",
        args: ["schedule", "now", name, "--due", missed === "run" ? "24h" : "15m"],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          { name: "workspace", mountPath: "/workspace" },
          { name: "temporary", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "workspace", persistentVolumeClaim: { claimName: "mlctl-workspace" } },
      { name: "temporary", emptyDir: { sizeLimit: "1Gi" } },
    ],
  };
}
