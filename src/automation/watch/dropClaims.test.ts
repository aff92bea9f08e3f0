import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openClaims, type ClaimNote } from "./dropClaims.ts";

const processing = mkdtempSync(join(tmpdir(), "mlctl-claims-"));
afterAll(() => rmSync(processing, { recursive: true }));

function leave(name: string): void {
  const folder = join(processing, name);
  mkdirSync(folder);
  const note: ClaimNote = {
    owner: "gone-1-0",
    origin: "folder",
    given: `${name}.csv`,
    name: `${name}.csv`,
    claimedAt: "2026-01-01T00:00:00.000Z",
    nonce: "0",
    starts: 1,
  };
  writeFileSync(join(folder, "claim.json"), JSON.stringify(note));
  writeFileSync(join(folder, "original.csv"), "a\n1\n");
}

const startsOf = (name: string): number =>
  (JSON.parse(readFileSync(join(processing, name, "claim.json"), "utf8")) as ClaimNote).starts;

it("counts a start where work begins, not for every claim that a watcher takes over from one that is gone", async () => {
  leave("a");
  leave("b");
  const claims = await openClaims({ processing, origin: "folder", now: () => new Date(0) });
  const taken = await claims.takeOver();
  expect(taken.map(({ given, owner }) => [given, owner])).toEqual([
    ["a.csv", claims.owner],
    ["b.csv", claims.owner],
  ]);
  expect([startsOf("a"), startsOf("b")]).toEqual([1, 1]);
  expect(claims.begin(taken[0]!).starts).toBe(2);
  expect([startsOf("a"), startsOf("b")]).toEqual([2, 1]);
  expect(await claims.takeOver()).toEqual([]);
  claims.close();
});
