import { afterEach, expect, it, vi } from "vitest";
import { checkPackages } from "./packages.ts";

afterEach(() => vi.unstubAllEnvs());

it("knows nothing of packages where no registry answers, and does not fail", async () => {
  // Port 9 (discard) is closed on every usual machine.
  vi.stubEnv("npm_config_registry", "http://127.0.0.1:9/");
  await expect(checkPackages(new AbortController().signal)).resolves.toEqual({
    status: "unknown",
    reason: "no package registry answered",
    packages: [],
  });
});

it("gives up at once when it is interrupted", async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(checkPackages(controller.signal)).resolves.toMatchObject({ status: "unknown" });
});
