/** Tracks connections without any request: Node does not count them as idle, so a drain would wait for them. */
import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

/** @returns a function that closes them */
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
