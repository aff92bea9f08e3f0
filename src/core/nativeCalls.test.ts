import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { limitMemory, memoryLimit } from "./memoryLimit.ts";
import { nativeCall, nativeCallsRun } from "./nativeCalls.ts";

afterEach(() => limitMemory("80%"));

describe("nativeCall", () => {
  it("passes on the result and the error of the call", async () => {
    const interrupt = (): void => {};
    expect(await nativeCall(async () => 1, { interrupt })).toBe(1);
    await expect(nativeCall(() => Promise.reject(new Error("no")), { interrupt })).rejects.toThrow("no");
    expect(nativeCallsRun()).toBe(false);
  });

  it("interrupts at the deadline, and fails with its error in place of the library's", async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    const interrupt = (): void => reject(new Error("Interrupted!"));
    const call = nativeCall(() => promise, {
      interrupt,
      deadline: performance.now() + 60,
      late: () => new Error("late"),
    });
    await expect(call).rejects.toThrow("late");
  });

  it("abandons a call that does not stop, and knows that it still runs", async () => {
    const call = nativeCall(() => sleep(1500), {
      interrupt: () => {},
      deadline: performance.now() + 10,
      late: () => new Error("late"),
    });
    await expect(call).rejects.toThrow("late");
    expect(nativeCallsRun()).toBe(true);
    await sleep(900);
    expect(nativeCallsRun()).toBe(false);
  });

  it("interrupts when the process needs more than limits.memory", async () => {
    limitMemory("10MB");
    const { promise, reject } = Promise.withResolvers<never>();
    const call = nativeCall(() => promise, { interrupt: () => reject(new Error("Interrupted!")) });
    await expect(call).rejects.toMatchObject({
      kind: "failure",
      message: expect.stringMatching(/limits\.memory is 10MB$/),
    });
  });
});

describe("limits.memory", () => {
  it("is a size, or a share of the memory of the machine or its container", () => {
    limitMemory("1.5GB");
    expect(memoryLimit()).toEqual({ bytes: 1.5e9, text: "1.5GB" });
    limitMemory("100%");
    const all = memoryLimit().bytes;
    limitMemory("25%");
    expect(memoryLimit().bytes).toBeCloseTo(all / 4);
  });
});
