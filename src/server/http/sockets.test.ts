import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { closeUnread, lingeringClose } from "./sockets.ts";

const HEAD = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n";

/** A server that responds before it reads the body, and a client connected to it. */
async function earlyServer(
  limits?: Parameters<typeof lingeringClose>[1],
): Promise<{ client: Socket; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.writeHead(401, { "content-length": 0 }).end();
  });
  lingeringClose(server, limits);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { client, requests };
}

it("leaves no listeners on a connection that carries many requests", async () => {
  const { client, requests } = await earlyServer();
  for (let i = 0; i < 5; i++) {
    client.write(HEAD);
    await once(client, "data");
    client.write("body");
  }
  client.write(HEAD);
  await once(client, "data");
  const { socket } = requests[0]!;
  expect(requests.length).toBe(6);
  await expect.poll(() => requests[4]!.complete).toBe(true);
  client.write("body");
  await expect.poll(() => requests[5]!.complete && socket.listenerCount("close")).toBeLessThanOrEqual(3);
});

it("waits for a body that arrives slowly, even if no handler reads it", async () => {
  const { client, requests } = await earlyServer({ milliseconds: 10_000, idleMilliseconds: 200 });
  client.write(HEAD);
  for (const character of "body") {
    await sleep(100);
    client.write(character);
  }
  client.write(HEAD);
  await expect.poll(() => requests.length).toBe(2);
});

it("closes the connection of a client that stops sending", async () => {
  const { client } = await earlyServer({ milliseconds: 10_000, idleMilliseconds: 50 });
  client.resume().write(HEAD);
  await once(client, "close");
});

it("closes the connection of a client that reads nothing sooner if its body waits, too", async () => {
  const server = createServer((_request, response) => void response.end(Buffer.alloc(1 << 26)));
  const unread: string[] = [];
  lingeringClose(server);
  closeUnread(server, { body_seconds: 0.3, bodies_per_address: 10 }, (ip) => unread.push(ip));
  server.prependListener("request", (request: IncomingMessage) => void request.once("readable", () => {}));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const clients = [4, 1 << 24].map((length) => {
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
    client.on("error", () => {}).write(HEAD.replace("4", String(length)));
    client.write(Buffer.alloc(length));
    return client;
  });
  onTestFinished(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  await expect.poll(() => clients[1]!.closed, { timeout: 10_000 }).toBe(true);
  expect([unread.length, clients[0]!.closed]).toEqual([1, false]);
});
