/** Damages bytes and JSON values as disks, editors, transfers and ill-meaning people do; the same seed does the same damage. */
import type { Random } from "../../core/random.ts";

/** Texts that some reader has stumbled over. */
const nasty = [
  "",
  "1e999",
  "-0",
  "NaN",
  "Infinity",
  "9".repeat(400),
  "0x10",
  "=cmd|' /C calc'!A0",
  "@SUM(1+1)",
  "../../../outside",
  "/etc/passwd",
  "..\\..\\outside",
  "file:///etc/passwd",
  "__proto__",
  "constructor",
  "toString",
  "'; DROP TABLE raw; --",
  "\"); COPY (SELECT 1) TO 'stolen'; --",
  "${HOME}",
  "$(touch stolen)",
  "`touch stolen`",
  "\u0000",
  "\u202Egnp.exe",
  "\uD800",
  "\u001b[2J\u001b]0;title\u0007",
  "a\r\nb",
  '"',
  "'",
  "A".repeat(70_000),
  "null",
  "true",
  "2024-02-30T25:61:00Z",
] as const;

const pick = <T>(items: readonly T[], { integer }: Random): T => items[integer(items.length)]!;

/** One to three damages to a file's bytes. */
export function damagedBytes(bytes: Buffer, chance: Random): Buffer {
  let damaged = bytes;
  for (let i = chance.integer(3); i >= 0; i--) damaged = pick(byteDamages, chance)(damaged, chance);
  return damaged;
}

type ByteDamage = (bytes: Buffer, chance: Random) => Buffer;

const at = (bytes: Buffer, { integer }: Random): number => integer(bytes.length + 1);
const randomBytes = (count: number, { integer }: Random): Buffer =>
  Buffer.from(Array.from({ length: count }, () => integer(256)));
const spliced = (bytes: Buffer, from: number, to: number, insert: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(Math.max(from, to))]);

const byteDamages: readonly ByteDamage[] = [
  (bytes, chance) => bytes.subarray(0, at(bytes, chance)),
  (bytes, chance) => bytes.subarray(at(bytes, chance)),
  (bytes, chance) => {
    const flipped = Buffer.from(bytes);
    for (let i = 0; i <= chance.integer(20) && flipped.length > 0; i++)
      flipped[chance.integer(flipped.length)]! ^= 1 << chance.integer(8);
    return flipped;
  },
  (bytes, chance) => spliced(bytes, at(bytes, chance), at(bytes, chance), Buffer.alloc(0)),
  (bytes, chance) => {
    const from = at(bytes, chance);
    const part = bytes.subarray(from, from + chance.integer(200));
    return spliced(bytes, from, from, Buffer.concat(Array.from({ length: 1 + chance.integer(50) }, () => part)));
  },
  (bytes, chance) => {
    const from = at(bytes, chance);
    return spliced(bytes, from, from, randomBytes(1 + chance.integer(64), chance));
  },
  (bytes, chance) => {
    const from = at(bytes, chance);
    return spliced(bytes, from, from + chance.integer(50), Buffer.alloc(1 + chance.integer(50)));
  },
  (bytes, chance) => {
    const from = at(bytes, chance);
    return spliced(bytes, from, from, Buffer.from(pick(nasty, chance)));
  },
  (bytes, chance) => {
    const [one, other] = [
      pick([",", '"', "\n", ":", "{", "]", "}", "1"], chance),
      pick(['"', "\n", ";", "[", "", "\\"], chance),
    ];
    const every = 1 + chance.integer(5);
    let seen = 0;
    return Buffer.from(
      bytes.toString("latin1").replaceAll(one, (found) => (++seen % every === 0 ? other : found)),
      "latin1",
    );
  },
  (bytes, chance) => {
    const lines = bytes.toString("latin1").split("\n");
    return Buffer.from(chance.shuffle(lines).join(pick(["\n", "\r\n", "\r", "\n\n", ""], chance)), "latin1");
  },
  (bytes) => Buffer.from(`\uFEFF${bytes.toString("latin1")}`, "utf16le"),
  (bytes, chance) => Buffer.concat([bytes, bytes.subarray(at(bytes, chance))]),
  () => Buffer.alloc(0),
  (_, chance) => randomBytes(1 + chance.integer(3000), chance),
  (bytes, chance) =>
    Buffer.concat([Buffer.from(pick(["[", '{"a":', "(", '"'], chance).repeat(1 + chance.integer(60_000))), bytes]),
];

/** One to three values of a JSON document replaced, removed, doubled or renamed. */
export function damagedJson(value: unknown, chance: Random): unknown {
  const damaged = structuredClone(value);
  for (let i = chance.integer(3); i >= 0; i--) {
    const [holder, key] = pick(places(damaged), chance);
    damagePlace(holder, key, chance);
  }
  return damaged;
}

type Holder = Record<string, unknown>;

/** Every value with what holds it, found by walking; arrays are sampled, since most of a model is numbers. */
function places(value: unknown): [Holder, string][] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Object.keys(value);
  const some = Array.isArray(value) ? keys.slice(0, 5) : keys;
  const holder = value as Holder;
  return some.flatMap((key): [Holder, string][] => [[holder, key], ...places(holder[key])]);
}

function damagePlace(holder: Holder, key: string, chance: Random): void {
  switch (chance.integer(6)) {
    case 0:
      delete holder[key];
      return;
    case 1:
      holder[pick(nasty, chance)] = holder[key];
      return;
    case 2:
      holder[key] = [holder[key], holder[key]];
      return;
    case 3:
      holder[key] = pick(
        [null, true, -1, 1e308, 0.5, 2 ** 53, [], {}, [[]], { path: "../../../outside" }] as const,
        chance,
      );
      return;
    case 4:
      holder[key] = nested(1 + chance.integer(2000));
      return;
    default:
      holder[key] = pick(nasty, chance);
  }
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}
