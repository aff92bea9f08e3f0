/** A real PgBouncer for tests. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./postgresServer.ts";

const program = "/usr/sbin/pgbouncer";

export const hasPgbouncer = spawnSync(program, ["--version"]).status === 0;

export interface Pooler {
  readonly port: number;
  stop(): Promise<void>;
}

/** In front of database `ml`. @param folder other users may enter it */
export async function pgbouncer(
  folder: string,
  { port, mode, size }: { port: number; mode: string; size: number },
): Promise<Pooler> {
  const own = await freePort();
  const settings = [
    "[databases]",
    `ml = host=127.0.0.1 port=${port} dbname=ml`,
    "[pgbouncer]",
    `listen_addr = 127.0.0.1\nlisten_port = ${own}\nunix_socket_dir =`,
    `auth_type = plain\nauth_file = ${join(folder, "users")}`,
    `pool_mode = ${mode}\ndefault_pool_size = ${size}`,
  ];
  writeFileSync(join(folder, "users"), `"mlctl" "${process.env["PGPASSWORD"]}"\n`);
  writeFileSync(join(folder, "pgbouncer.ini"), `${settings.join("\n")}\n`);
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ["-u", "postgres"] : [];
  const child = spawn(program, [...user, join(folder, "pgbouncer.ini")], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  while (!said.includes("process up")) {
    if (child.exitCode !== null) throw new Error(said);
    await sleep(20);
  }
  return {
    port: own,
    async stop() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
