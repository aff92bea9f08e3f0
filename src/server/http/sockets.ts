/** Connections whose body is not read to its end, whose response is not read, or that are never used. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Config } from "../../config/schema/schema.ts";

/** The newest request with a body of each connection. */
const newest = new WeakMap<Socket, IncomingMessage>();

/** Maximum time to read the rest of a body, and maximum time without any byte: those of nginx's lingering_close. */
const lingerLimits = { milliseconds: 30_000, idleMilliseconds: 5000 };

/**
 * If a response is sent before the whole body has arrived, reads and discards the rest of the body for a while. Closing
 * a connection with unread bytes resets it, and the reset may reach the client before the response (RFC 9112, 9.6).
 */
export function lingeringClose(server: Server, limits = lingerLimits): void {
  server.on("connection", (socket: Socket) => {
    const destroySoon = socket.destroySoon.bind(socket);
    // Node calls it after a response with `connection: close`, even if the body has not been read.
    socket.destroySoon = () => {
      const request = newest.get(socket);
      if (request === undefined || request.complete) return destroySoon();
      socket.end();
      discardBody(request, socket, limits);
    };
  });
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    const { headers, socket } = request;
    if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) return;
    newest.set(socket, request);
    response.once("finish", () => {
      if (!request.complete && !socket.writableEnded) discardBody(request, socket, limits);
    });
  });
}

function discardBody(
  request: IncomingMessage,
  socket: Socket,
  { milliseconds, idleMilliseconds }: typeof lingerLimits,
): void {
  const cut = (): void => void socket.destroy();
  let seen = socket.bytesRead;
  // Node emits no events for a body that no handler reads, so progress is measured by the socket's byte count.
  const idle = setInterval(() => {
    if (socket.bytesRead === seen) cut();
    seen = socket.bytesRead;
  }, idleMilliseconds);
  const total = setTimeout(cut, milliseconds);
  const stop = (): void => {
    clearInterval(idle);
    clearTimeout(total);
    // The connection may serve further requests.
    socket.off("close", stop);
  };
  // Of a client that closes the connection. The listener of "data" makes the stream flow.
  request.on("error", () => {}).on("data", () => {});
  request.once("end", () => {
    stop();
    if (socket.writableEnded) cut();
  });
  socket.once("close", stop);
  // A handler that read pieces may have left a "readable" listener, which would keep the stream from flowing.
  request.removeAllListeners("readable").resume();
}

const PATIENCE = 10;

/**
 * Closes connections whose client takes no byte of its response for too long. A slow reader is not an attacker: the
 * kernel holds megabytes for it, and takes nothing more until they are gone; many clients send their whole body first.
 * So there is plenty of time, unless an address has many such connections, or the server has stopped reading the body:
 * both sides would wait for ever. Not with server.timeout, whose timers made one-row requests 6 % slower.
 */
export function closeUnread(
  server: Server,
  { body_seconds, bodies_per_address }: Pick<Config["serve"]["limits"], "body_seconds" | "bodies_per_address">,
  onUnread: (ip: string) => void,
): void {
  const milliseconds = body_seconds * 1000;
  const sockets = new Set<Socket>();
  const blocked = new Map<Socket, { readonly moved: number; readonly sweeps: number }>();
  const interval = Math.min(1000, milliseconds / 2);
  const sweep = setInterval(() => {
    const byAddress = Map.groupBy(blocked.keys(), ({ remoteAddress }) => remoteAddress);
    for (const socket of sockets) {
      if (socket.writableLength === 0) {
        blocked.delete(socket);
        continue;
      }
      const isMany = (byAddress.get(socket.remoteAddress)?.length ?? 0) > bodies_per_address;
      // Bytes that the kernel has not taken yet: undocumented, and what Node's own timeouts of sockets look at.
      const { _handle: handle } = socket as { readonly _handle?: { readonly writeQueueSize: number } | null };
      const moved = (handle?.writeQueueSize ?? 0) + (isMany ? 0 : socket.bytesRead);
      const before = blocked.get(socket);
      const sweeps = before?.moved === moved ? before.sweeps + 1 : 0;
      blocked.set(socket, { moved, sweeps });
      const request = newest.get(socket);
      const isDeadlock = request !== undefined && !request.complete && request.readableLength > 0;
      if (sweeps * interval < (isMany || isDeadlock ? milliseconds : PATIENCE * milliseconds)) continue;
      onUnread(socket.remoteAddress ?? "");
      socket.destroy();
    }
  }, interval).unref();
  server.on("close", () => clearInterval(sweep));
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      blocked.delete(socket);
    });
  });
}

/** Node does not count connections without any request as idle, so a drain would wait for them. @returns closes them */
export function unusedSockets(server: Server): () => void {
  const unused = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.prependListener("request", ({ socket }: IncomingMessage) => void unused.delete(socket));
  return () => {
    for (const socket of unused) socket.destroy();
  };
}
