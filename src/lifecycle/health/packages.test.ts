import { afterEach, expect, it, vi } from "vitest";
import { checkPackages } from "./diagnose.ts";

afterEach(() => vi.unstubAllEnvs());

it("returns unknown if no registry responds, and does not fail", async () => {
  // Port 9 (discard) is normally closed.
  vi.stubEnv("npm_config_registry", "http://127.0.0.1:9/");
  await expect(checkPackages(new AbortController().signal)).resolves.toEqual({
    status: "unknown",
    reason: "no package registry responded",
    packages: [],
  });
});

it("stops at once when aborted", async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(checkPackages(controller.signal)).resolves.toMatchObject({ status: "unknown" });
});
