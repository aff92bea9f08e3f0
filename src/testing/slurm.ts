/** A real Slurm of one node on loopback for tests. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./postgresServer.ts";

const run = promisify(execFile);
const programs = ["/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/srun"];

/** Why there is none; undefined if there is one. */
export const noSlurm = !programs.every((program) => existsSync(program))
  ? "needs Slurm (Debian: slurmctld slurmd slurm-client munge)"
  : process.getuid?.() === 0
    ? undefined
    : "needs root to start Slurm";

export interface Slurm {
  /** Variables by which srun finds it. */
  readonly variables: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** @param cpus tasks that run at the same time; may be more than the machine has */
export async function slurm(folder: string, cpus: number): Promise<Slurm> {
  const [controller, node] = [await freePort(), await freePort()];
  const host = hostname().split(".")[0]!;
  const socket = join(folder, "munge.socket");
  for (const name of ["state", "spool"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "munge.key"), "k".repeat(64), { mode: 0o400 });
  const file = join(folder, "slurm.conf");
  const settings = [
    "ClusterName=test\nSlurmUser=root\nSlurmdUser=root\nAuthType=auth/munge",
    `SlurmctldHost=${host}(127.0.0.1)\nAuthInfo=socket=${socket}`,
    `SlurmctldPort=${controller}\nSlurmdPort=${node}`,
    `StateSaveLocation=${join(folder, "state")}\nSlurmdSpoolDir=${join(folder, "spool")}`,
    `SlurmctldPidFile=${join(folder, "ctld.pid")}\nSlurmdPidFile=${join(folder, "slurmd.pid")}`,
    "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nReturnToService=2",
    "SelectType=select/cons_tres\nSelectTypeParameters=CR_Core\nSlurmdParameters=config_overrides",
    "MpiDefault=none\nSwitchType=switch/none\nJobAcctGatherType=jobacct_gather/none\nAccountingStorageType=accounting_storage/none",
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN`,
    `PartitionName=all Nodes=${host} Default=YES State=UP`,
  ];
  writeFileSync(file, `${settings.join("\n")}\n`);
  const variables = { SLURM_CONF: file };
  const env = { ...process.env, ...variables };
  const munge = ["key-file", "socket", "pid-file", "log-file", "seed-file"].map((name) => {
    return name === "socket" ? `--socket=${socket}` : `--${name}=${join(folder, `munge.${name.split("-")[0]}`)}`;
  });
  const children: ChildProcess[] = [];
  const start = (program: string, ...args: string[]): void =>
    void children.push(spawn(program, args, { env, stdio: "ignore" }));
  start(programs[0]!, "--foreground", "--force", ...munge);
  while (!existsSync(socket)) await sleep(20);
  start(programs[1]!, "-D");
  start(programs[2]!, "-D", "-N", host);
  const isIdle = async (): Promise<boolean> =>
    (await run("/usr/bin/sinfo", ["-h", "-o", "%T"], { env }).catch(() => ({ stdout: "" }))).stdout.trim() === "idle";
  while (!(await isIdle())) await sleep(100);
  return {
    variables,
    async stop() {
      for (const child of children.toReversed()) {
        if (child.exitCode !== null) continue;
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    },
  };
}
