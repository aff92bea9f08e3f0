/**
 * An answer that comes before the whole body has arrived is read: whoever still sends is let run dry for a while, and
 * nothing of it is kept. A connection that is closed with bytes unread is reset, and the reset overtakes the answer
 * (RFC 9112, 9.6; the times are those of nginx's lingering_close).
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface LingerLimits {
  /** Of all that is let run dry. */
  readonly milliseconds: number;
  /** In which nothing comes. */
  readonly idleMilliseconds: number;
}

const limitsOfNginx: LingerLimits = { milliseconds: 30_000, idleMilliseconds: 5000 };

export function lingeringClose(server: Server, limits = limitsOfNginx): void {
  const newest = new WeakMap<Socket, IncomingMessage>();
  server.on("connection", (socket: Socket) => {
    const destroySoon = socket.destroySoon.bind(socket);
    // Node calls it after an answer with `connection: close`, whether the body has been read or not.
    socket.destroySoon = () => {
      const request = newest.get(socket);
      if (request === undefined || request.complete) return destroySoon();
      socket.end();
      runDry(request, socket, limits);
    };
  });
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    const { headers, socket } = request;
    if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) return;
    newest.set(socket, request);
    response.once("finish", () => {
      if (!request.complete && !socket.writableEnded) runDry(request, socket, limits);
    });
  });
}

function runDry(request: IncomingMessage, socket: Socket, { milliseconds, idleMilliseconds }: LingerLimits): void {
  const cut = (): void => void socket.destroy();
  let seen = socket.bytesRead;
  // Node tells nothing of what comes for a request whose body nobody began to read: the socket's count is asked.
  const idle = setInterval(() => {
    if (socket.bytesRead === seen) cut();
    seen = socket.bytesRead;
  }, idleMilliseconds);
  const whole = setTimeout(cut, milliseconds);
  const stop = (): void => {
    clearInterval(idle);
    clearTimeout(whole);
    // A connection outlives many requests.
    socket.off("close", stop);
  };
  request.on("error", () => {
    // The caller hung up on a refusal.
  });
  request.on("data", () => {
    // Nothing of it is kept; it flows because somebody listens.
  });
  request.once("end", () => {
    stop();
    if (socket.writableEnded) cut();
  });
  socket.once("close", stop);
  // Left behind by whoever read pieces of it: while one waits, nothing flows.
  request.removeAllListeners("readable").resume();
}
