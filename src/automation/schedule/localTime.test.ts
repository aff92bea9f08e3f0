import { expect, it } from "vitest";
import { localTime, offsetAt, utcOf } from "./localTime.ts";

const at = (text: string): number => Date.parse(text);

it("returns offsets east and west of UTC, also of minutes and seconds", () => {
  const minutes = (zone: string, time: string): number => offsetAt(at(time), zone) / 60_000;
  expect(minutes("UTC", "2026-01-01T00:00:00Z")).toBe(0);
  expect(minutes("Europe/Oslo", "2026-07-01T00:00:00Z")).toBe(120);
  expect(minutes("America/St_Johns", "2026-01-01T00:00:00Z")).toBe(-210);
  expect(minutes("+05:30", "2026-01-01T00:00:00Z")).toBe(330);
  // Liberia was 44 minutes and 30 seconds behind UTC until 1972.
  expect(minutes("Africa/Monrovia", "1971-01-01T00:00:00Z")).toBe(-44.5);
});

it("converts local times to UTC: the earlier of two, undefined if a clock never shows it", () => {
  // Europe/Oslo: 2026-03-29 02:00 → 03:00, 2026-10-25 03:00 → 02:00.
  expect(localTime(at("2026-10-25T01:30:00Z"), "Europe/Oslo")).toBe(at("2026-10-25T02:30:00Z"));
  expect(utcOf(at("2026-10-25T02:30:00Z"), "Europe/Oslo")).toBe(at("2026-10-25T00:30:00Z"));
  expect(utcOf(at("2026-03-29T02:30:00Z"), "Europe/Oslo")).toBeUndefined();
});
