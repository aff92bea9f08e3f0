/** Sample data: hourly traffic on a road, one CSV file a year, holidays marked at midnight only, several rows in some hours. */
import { random, type Random } from "../../core/random.ts";
import { csvFile, type SampleFile } from "./sampleFile.ts";

const HEADER = "holiday,temp,rain_1h,snow_1h,clouds_all,weather_main,weather_description,date_time,traffic_volume";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Vehicles per hour by hour of the day, in hundreds: two peaks on working days, one on other days. */
const WORKING = [6, 4, 3, 4, 8, 26, 53, 60, 55, 49, 44, 46, 48, 49, 52, 56, 61, 58, 44, 33, 28, 27, 21, 14];
const FREE = [13, 8, 6, 4, 4, 6, 11, 16, 23, 31, 37, 40, 43, 44, 43, 43, 44, 42, 38, 32, 28, 26, 24, 17];
/** Share of hours with a measurement; on holidays it is 0.5, and midnight is always measured. */
const MEASURED = 0.16;
/** Simplified: the same day every year. */
const holidays: Readonly<Record<string, string>> = {
  "01-01": "New Years Day",
  "02-18": "Washingtons Birthday",
  "05-27": "Memorial Day",
  "07-04": "Independence Day",
  "09-02": "Labor Day",
  "10-14": "Columbus Day",
  "11-11": "Veterans Day",
  "11-28": "Thanksgiving Day",
  "12-25": "Christmas Day",
};
const weathers = [
  ["Clear", "sky is clear", 30],
  ["Clouds", "broken clouds", 34],
  ["Mist", "mist", 12],
  ["Rain", "light rain", 11],
  ["Snow", "light snow", 6],
  ["Drizzle", "drizzle", 3],
  ["Haze", "haze", 2],
  ["Fog", "fog", 1.4],
  ["Smoke", "smoke", 0.4],
  ["Squall", "SQUALLS", 0.2],
] as const;

/**
 * Volume depends on hour and day of the week. A holiday is like a Sunday for all its hours, although only its midnight row
 * is marked. Snow reduces the volume. The noise is about 300 vehicles.
 */
export function trafficSample(seed: number): SampleFile[] {
  const source = random(seed);
  const years = [2013, 2014, 2015, 2016, 2017].map((year) => yearRows(source, year));
  const test = years.pop()!;
  return [
    ...years.map((rows, i) => csvFile(`sourcedata/traffic_${2013 + i}.csv`, HEADER, rows)),
    csvFile("testdata/traffic_2017.csv", HEADER, test),
    csvFile("requests/hours.csv", "holiday,temp,rain_1h,snow_1h,clouds_all,weather_main,date_time", [
      "None,288.3,0,0,40,Clouds,2018-01-09 09:00:00",
      "None,275.1,0,0,90,Snow,2018-01-14 09:00:00",
      "Independence Day,295.4,0,0,1,Clear,2018-07-04 17:00:00",
    ]),
  ];
}

function yearRows(source: Random, year: number): string[] {
  const rows: string[] = [];
  for (let time = Date.UTC(year, 0, 1); time < Date.UTC(year + 1, 0, 1); time += HOUR) {
    const holiday = holidays[new Date(time).toISOString().slice(5, 10)];
    const midnight = time % DAY === 0;
    const measured = source.uniform() < (holiday === undefined ? MEASURED : 0.5);
    if (measured || (midnight && holiday !== undefined)) rows.push(...hourRows(source, time, holiday));
  }
  return withSensorErrors(source, rows);
}

/** If the weather changes within an hour, the hour has a row for each weather, with the same volume. */
function hourRows(source: Random, time: number, holiday: string | undefined): string[] {
  const date = new Date(time);
  const hour = date.getUTCHours();
  const season = Math.cos((2 * Math.PI * (time - Date.UTC(date.getUTCFullYear(), 6, 20))) / (365.25 * DAY));
  const temperature = 281 + 13 * season + 3 * Math.sin((2 * Math.PI * (hour - 9)) / 24) + 3.5 * source.normal();
  const seen = [...new Set([weather(source), ...(source.uniform() < 0.15 ? [weather(source)] : [])])];
  const free = holiday !== undefined || date.getUTCDay() % 6 === 0;
  const usual = 100 * (free ? FREE : WORKING)[hour]!;
  const slowed = seen.some(([name]) => name === "Snow") ? 0.88 : 1;
  const volume = Math.max(0, Math.round(usual * slowed * (1 + 0.05 * season) + (120 + 0.05 * usual) * source.normal()));
  const clouds = [1, 20, 40, 75, 90][source.integer(5)]!;
  const at = date.toISOString().replace("T", " ").slice(0, 19);
  return seen.map(([main, description]) =>
    [
      hour === 0 && holiday !== undefined ? holiday : "None",
      temperature.toFixed(2),
      main === "Rain" ? (0.25 + 2 * source.uniform()).toFixed(2) : "0.0",
      main === "Snow" ? (0.05 + 0.3 * source.uniform()).toFixed(2) : "0.0",
      clouds,
      main,
      description,
      at,
      volume,
    ].join(","),
  );
}

function weather(source: Random): (typeof weathers)[number] {
  let left = source.uniform() * weathers.reduce((sum, [, , weight]) => sum + weight, 0);
  return weathers.find(([, , weight]) => (left -= weight) < 0) ?? weathers[0];
}

/** Adds, once each per year: a duplicate row, a temperature of 0 K and an impossible amount of rain. */
function withSensorErrors(source: Random, rows: readonly string[]): string[] {
  const [cold, wet, duplicate] = [0, 1, 2].map(() => source.integer(rows.length));
  return rows.flatMap((row, i) => {
    const cells = row.split(",");
    if (i === cold) cells[1] = "0.0";
    if (i === wet) cells[2] = "9720.5";
    return i === duplicate ? [row, row] : [cells.join(",")];
  });
}
