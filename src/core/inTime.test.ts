/** A time limit that garbage collection does not take away. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { inTime } from "./inTime.ts";

const never = new AbortController().signal;

describe("inTime", () => {
  it("ends an answer that stops in the middle, also where garbage is collected meanwhile", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const collecting = setInterval(collect, 20);
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const late = inTime({ timeout: 200, signal: never }, async (signal) => (await fetch(url, { signal })).text());
      await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
    } finally {
      clearInterval(collecting);
      server.closeAllConnections();
      server.close();
    }
  });

  it("ends with the signal of the caller and its reason, and gives back what was in time", async () => {
    const stop = new AbortController();
    const waiting = inTime(
      { timeout: 60_000, signal: stop.signal },
      (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    );
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    expect(await inTime({ timeout: 60_000, signal: never }, async () => 7)).toBe(7);
  });
});
