/** Rows for the benchmark, made from a counter so that they are always the same; written in blocks, because 10 M do not fit in one string. */
import { closeSync, openSync, writeSync } from "node:fs";

const WEATHER = ["Clear", "Clouds", "Rain", "Snow", "Mist"];
const BLOCK = 50_000;

/**
 * Traffic by the minute: numbers, a category, a time, and a target that depends on hour, weather and temperature.
 * @param copies one row in `copies` is a copy of the one before; 0 for none
 */
export function writeTraffic(path, rowCount, { copies = 50, target = true } = {}) {
  writeRows(path, `temp,rain,clouds,weather,time${target ? ",y" : ""}`, rowCount, (i) => {
    const k = copies > 0 && i % copies === copies - 1 ? i - 1 : i;
    const mixed = Math.imul(k, 2654435761) >>> 0;
    const instant = Date.UTC(2012, 0, 1) + k * 60_000;
    const time = new Date(instant).toISOString().slice(0, 19).replace("T", " ");
    const y = Math.round(
      3000 + 2500 * Math.sin(((instant / 3_600_000) % 24) / 3.8) + (mixed % 1500) - 30 * (mixed % 5),
    );
    const input = `${(mixed % 4000) / 100 + 260},${(mixed >>> 7) % 30},${mixed % 101},${WEATHER[mixed % 5]},${time}`;
    return target ? `${input},${y}` : input;
  });
}

/** Eleven or twenty number columns x0 … and a target: linear in some, with a step and noise; `y` is 0, 1, … where `classes` tells how many. */
export function writeNumbers(path, rowCount, { width, classes = 0, target = true, seed = 1 }) {
  const next = numbers(seed);
  const names = Array.from({ length: width }, (_, column) => `x${column}`);
  writeRows(path, [...names, ...(target ? ["y"] : [])].join(","), rowCount, () => {
    const x = names.map(() => Math.round(next() * 10_000) / 1000);
    const signal = x[0] * 2 - x[1] + (x[2] > 5 ? 4 : 0) + x[3] * x[4] * 0.2 + (next() - 0.5) * 4;
    const y = classes > 0 ? classOf(signal, classes) : Math.round(signal * 1000) / 1000;
    return target ? `${x.join(",")},${y}` : x.join(",");
  });
}

/** Twelve number columns and eight of 5 to 300 categories, each of which has an effect of its own; `y` is 0 or 1. */
export function writeCategories(path, rowCount) {
  const next = numbers(1);
  const counts = [5, 8, 12, 20, 40, 80, 150, 300];
  const names = [...Array.from({ length: 12 }, (_, column) => `x${column}`), ...counts.map((count) => `c${count}`)];
  writeRows(path, `${names.join(",")},y`, rowCount, () => {
    const x = Array.from({ length: 12 }, () => Math.round(next() * 10_000) / 1000);
    const codes = counts.map((count) => Math.floor(next() * count));
    const effect = codes.reduce((sum, code, column) => sum + ((code * 7919 + column) % 11) - 5, 0);
    const signal = x[0] * 2 - x[1] + effect + (next() - 0.5) * 4;
    return `${x.join(",")},${codes.map((code, column) => `${"abcdefgh"[column]}${code}`).join(",")},${signal > 5 ? 1 : 0}`;
  });
}

/** Two classes part at 10, more at 5, 10, 15 …: both sides of each border have rows. */
function classOf(signal, classes) {
  if (classes === 2) return signal > 10 ? 1 : 0;
  return Math.min(classes - 1, Math.max(0, Math.floor(signal / 5)));
}

/** Eight number columns and two of categories, nothing of which drifts from seed to seed; `y` where there is a target. */
export function writeMixed(path, rowCount, { target = true, seed = 1 } = {}) {
  const next = numbers(seed);
  const names = Array.from({ length: 8 }, (_, column) => `x${column}`);
  writeRows(path, [...names, "weather", "region", ...(target ? ["y"] : [])].join(","), rowCount, () => {
    const x = names.map((_, column) => Math.round((next() + (column % 3) * next()) * 10_000) / 1000);
    const weather = Math.floor(next() * WEATHER.length);
    const row = `${x.join(",")},${WEATHER[weather]},r${Math.floor(next() * 8)}`;
    return target ? `${row},${Math.round((x[0] * 2 - x[1] + weather + next()) * 1000) / 1000}` : row;
  });
}

function writeRows(path, header, rowCount, rowOf) {
  const file = openSync(path, "w");
  writeSync(file, `${header}\n`);
  for (let start = 0; start < rowCount; start += BLOCK) {
    const rows = Array.from({ length: Math.min(BLOCK, rowCount - start) }, (_, i) => rowOf(start + i));
    writeSync(file, `${rows.join("\n")}\n`);
  }
  closeSync(file);
}

/** Park and Miller's generator: enough to fill columns. */
function numbers(seed) {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
