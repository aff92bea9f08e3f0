/** A real Slurm of one node for tests: munged, slurmctld and slurmd of Debian, on the loopback address. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./postgresServer.ts";

const programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue"];

/** Why there is none here. */
export const noSlurm =
  process.getuid?.() !== 0
    ? "slurmd needs root"
    : programs.every((name) => spawnSync("which", [name], { env: withSbin({}) }).status === 0)
      ? undefined
      : "not installed: slurmctld slurmd slurm-client munge";

export interface SlurmCluster {
  /** For sbatch, srun, squeue and scancel. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** @param folder empty, for this cluster alone @param cpus of its node; may be more than there are */
export async function slurmCluster(folder: string, cpus: number): Promise<SlurmCluster> {
  const path = (name: string): string => join(folder, name);
  // munged trusts no folder that others may write to.
  for (const name of ["munge", "state", "spool"]) mkdirSync(path(name), { mode: 0o755 });
  writeFileSync(path("munge/key"), randomBytes(128), { mode: 0o600 });
  const node = hostname().split(".")[0]!;
  const [control, daemon] = [await freePort(), await freePort()];
  const settings = [
    "ClusterName=test",
    `SlurmctldHost=${node}(127.0.0.1)`,
    `SlurmctldPort=${control}`,
    `SlurmdPort=${daemon}`,
    "SlurmUser=root",
    "SlurmdUser=root",
    "AuthType=auth/munge",
    `AuthInfo=socket=${path("munge/socket")}`,
    `StateSaveLocation=${path("state")}`,
    `SlurmdSpoolDir=${path("spool")}`,
    `SlurmctldPidFile=${path("slurmctld.pid")}`,
    `SlurmdPidFile=${path("slurmd.pid")}`,
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "MpiDefault=none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_CPU",
    "SlurmdParameters=config_overrides",
    "ReturnToService=2",
    "SchedulerParameters=sched_interval=1",
    `NodeName=${node} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN`,
    `PartitionName=all Nodes=${node} Default=YES MaxTime=INFINITE State=UP`,
  ];
  writeFileSync(path("slurm.conf"), `${settings.join("\n")}\n`);
  const environment = withSbin({ SLURM_CONF: path("slurm.conf") });
  const start = (program: string, ...args: string[]): ChildProcess =>
    spawn(program, args, { env: environment, stdio: "ignore", cwd: folder });
  const files = [
    "key-file=munge/key",
    "socket=munge/socket",
    "pid-file=munge/pid",
    "log-file=munge/log",
    "seed-file=munge/seed",
  ];
  const munge = files.map((each) => `--${each.replace("=", `=${folder}/`)}`);
  chmodSync(folder, 0o755);
  const children = [
    start("munged", "--foreground", "--force", ...munge),
    start("slurmctld", "-D", "-c", "-L", path("slurmctld.log")),
    start("slurmd", "-D", "-c", "-N", node, "-f", path("slurm.conf"), "-L", path("slurmd.log")),
  ];
  const cluster: SlurmCluster = {
    environment,
    async stop() {
      // The processes of its jobs would outlive the daemons.
      const options = { env: environment, encoding: "utf8" } as const;
      spawnSync("scancel", ["--user=root"], options);
      for (let i = 0, left = "?"; left !== "" && i < 100; i++, await sleep(100))
        left = spawnSync("squeue", ["-h"], options).stdout;
      for (const child of children.toReversed()) {
        if (child.exitCode !== null) continue;
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    },
  };
  for (let i = 0; i < 300; i++) {
    const { stdout } = spawnSync("sinfo", ["-h", "-o", "%T"], { env: environment, encoding: "utf8" });
    if (stdout.trim() === "idle") return cluster;
    await sleep(100);
  }
  await cluster.stop();
  throw new Error(`Slurm does not start; see ${folder}`);
}

function withSbin(more: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, ...more };
}
