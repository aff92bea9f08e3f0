/**
 * If a response is sent before the whole body has arrived, reads and discards the rest of the body for a while. Closing
 * a connection with unread bytes resets it, and the reset may reach the client before the response (RFC 9112, 9.6; the
 * default times are those of nginx's lingering_close).
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface LingerLimits {
  /** Maximum time to read the rest of a body. */
  readonly milliseconds: number;
  /** Maximum time without any byte. */
  readonly idleMilliseconds: number;
}

const limitsOfNginx: LingerLimits = { milliseconds: 30_000, idleMilliseconds: 5000 };

export function lingeringClose(server: Server, limits = limitsOfNginx): void {
  const newest = new WeakMap<Socket, IncomingMessage>();
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

function discardBody(request: IncomingMessage, socket: Socket, { milliseconds, idleMilliseconds }: LingerLimits): void {
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
  request.on("error", () => {
    // The client closed the connection.
  });
  request.on("data", () => {
    // Discarded; the listener makes the stream flow.
  });
  request.once("end", () => {
    stop();
    if (socket.writableEnded) cut();
  });
  socket.once("close", stop);
  // A handler that read pieces may have left a "readable" listener, which would keep the stream from flowing.
  request.removeAllListeners("readable").resume();
}
