/**
 * Closes connections whose client takes no byte of its response for too long. Not with server.timeout, whose timers made
 * one-row requests 6 % slower.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";

export interface UnreadOptions {
  /** With more unread responses of an address than this, each is closed after `milliseconds`, otherwise after ten times as long. */
  readonly perAddress: number;
  readonly milliseconds: number;
  /** Called with the address of the client. */
  readonly onUnread: (ip: string) => void;
}

const PATIENCE = 10;

/** Bytes that the kernel has not taken yet: undocumented, and what Node's own timeouts of sockets look at. */
interface Handle {
  readonly _handle?: { readonly writeQueueSize: number } | null;
}

/**
 * A slow reader is not an attacker: the kernel holds megabytes for it, and takes nothing more until they are gone. So there
 * is plenty of time, unless an address has many such connections.
 */
export function closeUnread(server: Server, { milliseconds, perAddress, onUnread }: UnreadOptions): void {
  const sockets = new Set<Socket>();
  const blocked = new Map<Socket, { readonly left: number; readonly sweeps: number }>();
  const interval = Math.min(1000, milliseconds / 2);
  const sweep = setInterval(() => {
    const counts = new Map<string, number>();
    for (const { remoteAddress = "" } of blocked.keys())
      counts.set(remoteAddress, (counts.get(remoteAddress) ?? 0) + 1);
    for (const socket of sockets) {
      if (socket.writableLength === 0) {
        blocked.delete(socket);
        continue;
      }
      const { _handle: handle } = socket as Handle;
      const left = handle?.writeQueueSize ?? 0;
      const before = blocked.get(socket);
      const sweeps = before?.left === left ? before.sweeps + 1 : 0;
      blocked.set(socket, { left, sweeps });
      const isMany = (counts.get(socket.remoteAddress ?? "") ?? 0) > perAddress;
      if (sweeps * interval < (isMany ? milliseconds : PATIENCE * milliseconds)) continue;
      onUnread(socket.remoteAddress ?? "");
      socket.destroy();
    }
  }, interval);
  sweep.unref();
  server.on("close", () => clearInterval(sweep));
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      blocked.delete(socket);
    });
  });
}
