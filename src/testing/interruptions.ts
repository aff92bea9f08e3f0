/** What interrupts a program: a proxy that cuts connections off, and code by which a process kills itself. */
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";

/** A proxy on the loopback address: passes a connection on, and ends it after as many bytes of the response as `limit` says. */
export function connectionCutter(target: number, limit: () => number): { port: Promise<number>; close(): void } {
  const server = net.createServer((client) => {
    const upstream = net.connect(target, "127.0.0.1");
    let bytes = 0;
    const end = (): void => void (client.destroy(), upstream.destroy());
    client.on("error", end).on("close", end).pipe(upstream);
    upstream.on("error", end).on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limit()) client.write(chunk);
      else client.write(chunk.subarray(0, chunk.length - (bytes - limit())), end);
    });
    upstream.on("end", () => client.end());
  });
  const port = once(server.listen(0, "127.0.0.1"), "listening").then(() => (server.address() as AddressInfo).port);
  return { port, close: () => void server.close() };
}

/**
 * Kills just before the n-th change to the file system (`killAt`), which covers a kill between any two changes; with
 * `sends`, messages to a server count too. (A kill loses nothing that was written without fsync, so only the calls that
 * change names or contents count.)
 */
export const killAtChange = (sends = false): string => `
  import fs from "node:fs";
  import net from "node:net";
  import { syncBuiltinESMExports } from "node:module";
  let left = killAt;
  const counted = (real) => function (...given) {
    if ((real !== open || given[1] !== "r") && left-- === 0) process.kill(process.pid, "SIGKILL");
    return real.apply(this, given);
  };
  const open = fs.openSync;
  for (const name of ["openSync", "writeFileSync", "renameSync", "mkdirSync", "rmSync"]) fs[name] = counted(fs[name]);
  ${sends ? "net.Socket.prototype.write = counted(net.Socket.prototype.write);" : ""}
  syncBuiltinESMExports();`;
