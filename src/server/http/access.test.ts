/** Wrong tokens, and what counts as one address. */
import { expect, it } from "vitest";
import { configSchema } from "../../config/schema/schema.ts";
import { access, addressOf } from "./access.ts";

const known = "known-token of the test";

function checker(wrong_tokens: number) {
  let now = 0;
  const wrong: string[] = [];
  const { serve } = configSchema().parse({ target: "y", serve: { token: known, limits: { wrong_tokens } } });
  const check = access(serve, { rate: null, clock: () => now, wrongToken: (address) => wrong.push(address) })!;
  const statusOf = (authorization: string | undefined, address: string): Promise<number> =>
    check({ headers: authorization === undefined ? {} : { authorization }, address }, "read").then(
      () => 200,
      (error: { status: number }) => error.status,
    );
  const statusesOf = (given: readonly string[], address: string) =>
    Promise.all(given.map((each) => statusOf(each, address)));
  return { statusOf, statusesOf, wrong, pass: (milliseconds: number) => void (now += milliseconds) };
}

it("limits wrong tokens by address; the right one always passes", async () => {
  const { statusOf, statusesOf, wrong, pass } = checker(3);
  const right = `Bearer ${known}`;
  const guesses = ["Bearer x", "Bearer known-token", `${right}s`, "bearer y", "Bearer z"];
  expect(await statusesOf(guesses, "10.0.0.1")).toEqual([401, 401, 401, 429, 429]);
  expect([await statusOf(right, "10.0.0.1"), await statusOf("Bearer x", "10.0.0.2")]).toEqual([200, 401]);
  expect(await statusOf(undefined, "10.0.0.1")).toBe(401);
  pass(20_000);
  expect(await statusOf("Bearer x", "10.0.0.1")).toBe(401);
  expect(wrong).toHaveLength(7);
});

it("takes the whole header for the token", async () => {
  const { statusesOf } = checker(100);
  const headers = [
    `Bearer ${known} `,
    `bearer   ${known}`,
    "Bearer known-token",
    `Basic ${known}`,
    "Bearer",
    "Bearer  ",
  ];
  expect(await statusesOf(headers, "::1")).toEqual([200, 200, 401, 401, 401, 401]);
});

it("counts an IPv6 network as one address", () => {
  expect(
    ["127.0.0.1", "::ffff:10.0.0.1", "2001:db8:1:2::9", "2001:db8:1:2:3:4:5:6", "::1", "fe80::1%eth0"].map(addressOf),
  ).toEqual(["127.0.0.1", "::ffff:10.0.0.1", "2001:db8:1:2::/64", "2001:db8:1:2::/64", "::1", "fe80:0:0:0::/64"]);
});
