/** Generates Kubernetes CronJobs for the jobs. */
import { Document, isNode } from "yaml";
import { DEFAULT_MEMORY, memoryPattern } from "../../../core/memoryLimit.ts";
import { TRUST_VARIABLE } from "../../../config/trust.ts";
import { sha256Text } from "../../../storage/files/workspacePaths.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { hostTimes } from "./hostTimes.ts";
import { SECRET } from "./jobCommand.ts";

/** Seconds: a job that catches up may start up to a day late, others up to five minutes. */
const STARTING_DEADLINE = { run: 86_400, skip: 300 } as const;

/** Kubernetes's limit of 52 characters without the suffixes of a name. */
const MAX_NAME_LENGTH = 41;

interface Place {
  /** Begins the names of the jobs: different for each configuration of a repository. */
  readonly prefix: string;
  /** Name of the configuration file on the volume. */
  readonly config: string;
  /** `limits.memory`. */
  readonly memory: string;
}

const usual: Place = { prefix: "mlctl", config: "config.json", memory: DEFAULT_MEMORY };

export function kubernetesCronJobs(jobs: readonly ScheduledJob[], now: Date, place = usual): string {
  const content = jobs.flatMap((job) => {
    const name = nameOf(job, place);
    // Kubernetes supports time zones, so no translation is needed.
    const times = hostTimes(job, [job.timezone], now);
    const named = (i: number): string => (times.length === 1 ? name : `${name}-${i + 1}`);
    return times.map((time, i) => cronJob(job, { ...place, name: named(i), time }));
  });
  return content.join("");
}

/** Kubernetes allows neither capitals nor "_"; a hash keeps changed names distinct. */
function nameOf({ name }: ScheduledJob, { prefix }: Place): string {
  const short = name
    .toLowerCase()
    .replaceAll("_", "-")
    .slice(0, MAX_NAME_LENGTH - prefix.length);
  const plain = `${prefix}-${short.replace(/-+$/, "")}`;
  return plain === `${prefix}-${name}` ? plain : `${plain}-${sha256Text(name).slice(0, 6)}`;
}

function cronJob(job: ScheduledJob, { name, time, ...place }: Place & { name: string; time: string }): string {
  const content = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name, labels: { "app.kubernetes.io/name": "mlctl", "app.kubernetes.io/component": "schedule" } },
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
          template: { spec: podOfJob(job, place) },
        },
      },
    },
  };
  const remarks = [
    `${job.cron} (${job.timezone})`,
    `Each project and environment needs its own namespace: this volume and the secret ${SECRET} are called the same in all.`,
    "Under `resources` of deploy/kubernetes/kustomization.yaml, this file gets the namespace and the image that are set there.",
    `${TRUST_VARIABLE} allows what config.json runs and calls: anyone who can write to the volume decides that.`,
  ];
  return yamlText(content, remarks, { separated: true });
}

function podOfJob({ name, missed }: ScheduledJob, { config, memory }: Omit<Place, "prefix">): object {
  const named = config === usual.config ? [] : ["-c", config];
  const container = {
    ...containerOf("mlctl", ["schedule", "now", name, "--due", missed === "run" ? "24h" : "15m", ...named]),
    envFrom: [{ secretRef: { name: SECRET } }],
    env: [{ name: TRUST_VARIABLE, value: "1" }],
    // No limit of CPU: a training takes what is idle.
    resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { memory: memoryOfContainer(memory) } },
    volumeMounts: [
      { name: "workspace", mountPath: "/workspace" },
      { name: "temporary", mountPath: "/tmp" },
    ],
  };
  return podOf("Never", container, [
    { name: "workspace", persistentVolumeClaim: { claimName: "mlctl-workspace" } },
    { name: "temporary", emptyDir: { sizeLimit: "1Gi" } },
  ]);
}

/** Of which `limits.memory` is a share: a number of bytes as its default share. */
function memoryOfContainer(setting: string): string {
  const [, count, unit] = memoryPattern.exec(setting) ?? [];
  if (count === undefined) return "4Gi";
  return `${Math.ceil((Number(count) * 100) / parseFloat(DEFAULT_MEMORY))}${unit}`;
}

export function podOf(restartPolicy: "Never" | "Always", container: object, volumes: readonly object[]): object {
  return {
    restartPolicy,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container],
    volumes,
  };
}

export function containerOf(name: string, args: readonly string[]): object {
  return {
    name,
    image: "mlctl:latest",
    imagePullPolicy: "IfNotPresent",
    args,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

export function yamlText(content: object, remarks: readonly string[], options: { separated?: boolean } = {}): string {
  // Kubernetes reads YAML 1.1, where a job's name such as `on` or 2026-01-01 is no string.
  const document = new Document(content, { compat: "yaml-1.1", aliasDuplicateObjects: false });
  if (options.separated === true && document.directives !== undefined) document.directives.docStart = true;
  const comment = remarks.map((line) => ` ${line}`).join("\n");
  if (isNode(document.contents)) document.contents.commentBefore = comment;
  return document.toString({ lineWidth: 0, nullStr: "" });
}
