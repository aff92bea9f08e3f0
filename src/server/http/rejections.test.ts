import { expect, it, vi } from "vitest";
import { rejections } from "./rejections.ts";

it("warns once for each reason and address, then once a minute with the number", () => {
  vi.useFakeTimers();
  const [counted, warned]: [string[], string[]] = [[], []];
  const rejected = rejections(
    (reason) => counted.push(reason),
    (message) => warned.push(message),
  );
  for (let i = 0; i < 1000; i++) rejected.note("wrong_token", "10.0.0.1");
  rejected.note("wrong_token", "10.0.0.2");
  vi.advanceTimersByTime(180_000);
  rejected.note("wrong_token", "10.0.0.1");
  for (let i = 0; i < 1000; i++) rejected.note("unknown_host", `10.1.${i % 10}.${i}`);
  rejected.close();
  vi.useRealTimers();
  const first = "the next ones are counted for a minute";
  expect(counted).toHaveLength(2002);
  expect(warned.slice(0, 4)).toEqual([
    `refuses requests with a wrong token, from 10.0.0.1; ${first}`,
    `refuses requests with a wrong token, from 10.0.0.2; ${first}`,
    "999 more requests with a wrong token, from 10.0.0.1",
    `refuses requests with a wrong token, from 10.0.0.1; ${first}`,
  ]);
  // 49 addresses by name, the others together.
  expect(warned).toHaveLength(4 + 49 + 2);
  expect(warned.at(-1)).toBe("950 more requests for a host name that is not in serve.hosts, from further addresses");
});
