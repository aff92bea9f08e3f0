/** Which Host headers a server without tokens responds to. */
import { expect, it } from "vitest";
import { configSchema } from "../../config/schema/schema.ts";
import { hostCheck } from "./listen.ts";

function accepted(serve: object, hosts: (string | undefined)[]): boolean[] | null {
  const check = hostCheck(configSchema().parse({ target: "y", serve }).serve);
  return check && hosts.map(check);
}

const own = [undefined, "localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1:1", "[::1]:8000"];
const foreign = [
  "evil.example",
  "evil.example:8000",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "",
  "[::1",
  "a:b:1",
];

it("on a loopback address: its names, serve.host and serve.hosts", () => {
  expect(accepted({}, own)).toEqual(own.map(() => true));
  expect(accepted({}, [...foreign, "10.0.0.1"])).toEqual([...foreign, "10.0.0.1"].map(() => false));
  expect(accepted({ host: "127.0.0.2", hosts: ["Mlctl"] }, ["127.0.0.2:80", "mlctl:8000", "other"])).toEqual([
    true,
    true,
    false,
  ]);
});

it("open to other machines without a token: also every IP address, because rebinding needs a name", () => {
  const serve = { host: "::", anonymous: true };
  const addresses = ["10.0.0.1:8000", "[fe80::1]:8000", "[::]"];
  expect(accepted(serve, [...own, ...addresses])).toEqual([...own, ...addresses].map(() => true));
  expect(accepted(serve, foreign)).toEqual(foreign.map(() => false));
});

it('with a token, or with "*": any', () => {
  expect(accepted({ token: "token-of-the-test" }, foreign)).toBeNull();
  expect(accepted({ hosts: ["*"] }, foreign)).toBeNull();
});
