/** Limits of bodies: time, rate, and number for each caller, address and all together. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { bodyReader, type BodyReader, type Sender } from "./bodyReader.ts";
import { HttpProblem } from "./problem.ts";
import type { Reason } from "./rejections.ts";

const limits = {
  totalBytes: 1e6,
  body_seconds: 30,
  stream_bytes_per_second: 1000,
  together: 8,
  bodies_per_caller: 3,
  bodies_per_address: 5,
};

const PIECE = 10_000;

let bodies: BodyReader;
let noted: [Reason, string][];
beforeEach(() => {
  vi.useFakeTimers();
  noted = [];
  bodies = bodyReader(
    limits,
    () => performance.now(),
    (...each) => noted.push(each),
  );
});
afterEach(() => {
  bodies.close();
  vi.useRealTimers();
});

/** A stream that waits for its first piece; `problem` is set when it is ended. */
function stream(sender: Sender = { caller: "a", address: "a" }) {
  const state: { problem?: HttpProblem; ahead: number } = { ahead: 0 };
  const end = (problem: HttpProblem): void => {
    state.problem ??= problem;
    watched.done();
  };
  const watched = bodies.watch(sender, end, () => {
    for (; watched.isStalled(); state.ahead++) watched.arrived(PIECE);
  });
  watched.waits();
  return { state, ...watched };
}

/** One piece of so many bytes after each pause, until it is ended or `pieces` arrived. @returns seconds until then */
function sendSlowly(bytes: number, seconds: number, pieces: number) {
  const { state, ...watched } = stream();
  const start = performance.now();
  for (let i = 0; i < pieces && state.problem === undefined; i++) {
    vi.advanceTimersByTime(seconds * 1000);
    watched.taken(bytes);
    watched.waits();
  }
  return { ended: state.problem?.message, seconds: (performance.now() - start) / 1000 };
}

it("ends a stream that is silent, or slower than the minimum rate in total", () => {
  expect(sendSlowly(1, 29, 100)).toEqual({
    ended: "the stream sent 1 bytes in 30 s, less than 1000 a second (serve.limits.stream_bytes_per_second)",
    seconds: 58,
  });
  expect(sendSlowly(1e6, 31, 2).ended).toBe("the body, or its next piece, did not arrive within 30 s");
  expect(noted).toEqual([
    ["slow_body", "a"],
    ["slow_body", "a"],
  ]);
});

it("lets a slow producer go on, and does not count the time in which the server is busy", () => {
  expect(sendSlowly(20_000, 10, 1000)).toEqual({ ended: undefined, seconds: 10_000 });
  const { state, ...watched } = stream();
  for (let i = 0; i < 20; i++) {
    watched.taken(10);
    vi.advanceTimersByTime(3600_000);
    watched.waits();
  }
  expect(state.problem).toBeUndefined();
});

it("limits the bodies of a caller, of an address and of all, and a quiet one makes room", () => {
  const statusOf = (sender: Sender): number => {
    try {
      stream(sender);
      return 200;
    } catch (error) {
      return (error as HttpProblem).status;
    }
  };
  const at = (caller: string, address: string, times: number) =>
    Array.from({ length: times }, () => statusOf({ caller, address }));
  const quiet = stream({ caller: "x", address: "x" });
  expect(at("x", "x", 3)).toEqual([200, 200, 429]);
  // Callers with tokens are not kept out by those without at their address.
  expect([...at("token a", "x", 2), ...at("token b", "x", 1)]).toEqual([200, 200, 429]);
  expect([...at("token a", "y", 2), ...at("token b", "z", 3)]).toEqual([200, 429, 200, 200, 503]);
  expect(noted.map(([reason, address]) => `${reason} ${address}`)).toEqual(
    ["x", "x", "y", "z"].map((address) => `many_bodies ${address}`),
  );
  vi.advanceTimersByTime(1000);
  expect(at("x", "x", 1)).toEqual([200]);
  expect(quiet.state.problem).toMatchObject({ status: 408, message: expect.stringMatching(/too many others/) });
});

it("reads a stream ahead while nobody takes its pieces, in half of the memory for all", () => {
  const [waiting, stalled, other] = [stream(), stream(), stream()];
  for (const { taken } of [stalled, other]) taken(1);
  vi.advanceTimersByTime(1000);
  expect([waiting, stalled, other].map(({ state }) => state.ahead)).toEqual([0, 49, 0]);
  stalled.done();
  vi.advanceTimersByTime(1000);
  expect(other.state.ahead).toBe(49);
  for (let i = 0; i < 20; i++) other.taken(PIECE);
  vi.advanceTimersByTime(1000);
  expect(other.state.ahead).toBe(69);
});
