import { expect, it, onTestFinished } from "vitest";
import { configSchema } from "../../config/schema/schema.ts";
import { bodyReader } from "./bodyReader.ts";
import { createApp } from "./http.ts";
import { rejections } from "./rejections.ts";

it("sets no limit of Node's on the time of a request: a stream may last for hours", async () => {
  const ignore = (): void => {};
  const { serve } = configSchema().parse({ target: "y" });
  const bodies = bodyReader({ ...serve.limits, totalBytes: 1, together: 1 }, () => 0, ignore);
  const rejected = rejections(ignore, ignore);
  const app = await createApp({ serve, bodies, rejected, streamed: [], intercept: () => false, onBug: ignore });
  onTestFinished(async () => {
    bodies.close();
    rejected.close();
    await app.close();
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  expect([app.server.requestTimeout, app.server.timeout]).toEqual([0, 0]);
});
