/** A proxy on the loopback address that cuts connections off. */
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";

/** Passes a connection on, and ends it after as many bytes of the response as `limit` says. */
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
