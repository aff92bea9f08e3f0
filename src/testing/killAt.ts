/** Code of a process that kills itself. */

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
