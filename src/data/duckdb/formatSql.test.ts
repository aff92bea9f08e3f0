import { expect, it } from "vitest";
import { dateFormat, dateFormatsOf } from "../../core/text/dateFormat.ts";
import {
  numberFormat,
  numberFormatsOf,
  isMissingMarker,
  MISSING_MARKERS,
  type ValueFormat,
} from "../../core/text/valueFormat.ts";
import { random } from "../../core/random.ts";
import { withDatabase, literal } from "./duckdb.ts";
import { formatIn, isMarker } from "./formatSql.ts";

/** One row per text, one column per SQL expression of `text`. */
async function evaluate(texts: readonly string[], expressions: readonly string[]) {
  return withDatabase((database) =>
    database.rows(
      `SELECT ${expressions.join(", ")} FROM (SELECT unnest([${texts.map(literal).join(", ")}]) AS text, unnest(range(${texts.length})) AS row) ORDER BY row`,
    ),
  );
}

async function expectAgreement(texts: readonly string[], formats: readonly ValueFormat[]): Promise<number> {
  const sql = formats.map((format) => {
    const value = formatIn("text", format);
    return format.kind === "number" ? value : `epoch_us(${value}) / 1000.0`;
  });
  const rows = await evaluate(texts, sql);
  let read = 0;
  const different: unknown[] = [];
  for (const [i, text] of texts.entries()) {
    for (const [j, format] of formats.entries()) {
      const value = format.parse(text);
      const bySql = rows[i]![j] ?? undefined;
      if (value !== undefined) read++;
      if (!Object.is(bySql, value)) different.push([text, format.id, bySql, value]);
    }
  }
  expect(different).toEqual([]);
  return read;
}

const { integer, uniform } = random(24);
const pick = <T>(list: readonly T[]): T => list[integer(list.length)]!;

it("reads numbers in SQL as it reads single cells: thousands of right and wrong texts", async () => {
  const pieces = ["1", "12", "234", "005", "0", ".", ",", " ", "\u00a0", "\u202f", "'", "’", "-", "−", "+", "(", ")"];
  const units = ["€", "$", "%", "R$", "CHF", "e", "E+3", "kr", "", "", ""];
  const grown = Array.from({ length: 6000 }, () =>
    Array.from({ length: 1 + integer(7) }, () => pick(uniform() < 0.15 ? units : pieces)).join(""),
  );
  const usual = Array.from({ length: 2000 }, () => {
    const [thousands, decimal] = pick([".,", ",.", " ,", "\u00a0,", "'.", "\u202f,"]);
    const number =
      pick(["1", "12", "123"]) +
      `${thousands}${100 + integer(900)}`.repeat(integer(3)) +
      pick(["", `${decimal}5`, `${decimal}05`]);
    const unit = pick(units);
    const signed = pick([number, `-${number}`, `−${number}`, `(${number})`, `${number}-`]);
    return pick([
      signed,
      `${unit}${signed}`,
      `${signed} ${unit}`,
      `-${unit}${number}`,
      `(${unit}${number})`,
      ` ${signed} `,
    ]);
  });
  const ids = ["1,234.5", "1.234,5", "1.234,5 €", "1,234.5 $", "1.234,5 %", "1.234,5 R$", "1,234.5 CHF", "1.234,5 kr"];
  const read = await expectAgreement(
    [...grown, ...usual],
    ids.map((id) => numberFormat(id)!),
  );
  expect(read).toBeGreaterThan(3000);
});

it("reads dates in SQL as it reads single cells: thousands of right and wrong texts", async () => {
  const [days, years] = [
    ["1", "01", "28", "29", "30", "31", "32", "00"],
    ["2024", "1949", "24", "69", "68", "0024"],
  ];
  const months = ["1", "02", "2", "12", "13", "Jan", "FEB", "february", "Sept", "May.", "Foo"];
  const times = [
    "",
    "",
    " 3:04",
    " 03:04 PM",
    "T03:04Z",
    " 12:00 am",
    " 13:00 PM",
    " 24:00",
    " 23:59:59.123456",
    " 03:04:05.5+0530",
    " 03:04-08",
    ", 3:04:05 p.m.",
    ":03:04:05 +0000",
    " UTC",
  ];
  const ids = [
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%d-%b-%Y",
    "%b %d, %Y",
    "%b-%y",
    "%Y",
    "%Y-%m",
    "%m/%Y",
    "%Y%m%d",
    "%d%b%Y",
    "%d. %b %Y",
  ];
  const texts = Array.from({ length: 5000 }, () => {
    const date = pick(ids).replaceAll(/%(.)/g, (_, letter: string) =>
      pick(letter === "d" ? days : letter.toLowerCase() === "y" ? years : months),
    );
    return pick(["", "", "", "Mon, ", " "]) + date + pick(times);
  });

  const read = await expectAgreement(
    texts,
    ids.map((id) => dateFormat(id)!),
  );
  expect(read).toBeGreaterThan(400);
});

it("knows the same missing markers in SQL as in single cells", async () => {
  const cased = MISSING_MARKERS.flatMap((text) => [text, text.toUpperCase(), ` ${text}\t`, `\u00a0${text}`]);
  const texts = [...cased, "LINE", "0", "n", "--1", "... ", "unknown", "        "];
  const rows = await evaluate(texts, [isMarker("text")]);
  expect(rows.map(([value]) => value)).toEqual(texts.map(isMissingMarker));
  expect(rows.slice(0, cased.length).every(([value]) => value === true)).toBe(true);
});

it.each([
  [["5,9 %", "12,25%"], "1.234,5 %", [5.9, 12.25]],
  [["1.234,50 €", "€ -3,5", "12"], "1.234,5 €", [1234.5, -3.5, 12]],
  [["$1,005.00", "($2.50)", "-$3"], "1,234.5 $", [1005, -2.5, -3]],
  [["R$ 1.005,00"], "1.234,5 R$", [1005]],
  [["CHF 1'234.50", "5"], "1,234.5 CHF", [1234.5, 5]],
  [["1\u202f234,5", "1\u00a0234", "1 234 567"], "1.234,5", [1234.5, 1234, 1_234_567]],
  [["\u22125", "7"], "1,234.5", [-5, 7]],
  [["1.157,0-", "3"], "1.234,5", [-1157, 3]],
  [["1,50E+03"], "1.234,5", [1500]],
])("reads %j as numbers like %s", (texts, id, values) => {
  const format = numberFormatsOf(texts).find((each) => each.id === id);
  expect(texts.map((text) => format?.parse(text))).toEqual(values);
});

it.each([
  [["01/31/2024 11:30 PM"], "%m/%d/%Y", Date.UTC(2024, 0, 31, 23, 30)],
  [["01-Jan-2024"], "%d-%b-%Y", Date.UTC(2024, 0, 1)],
  [["January 01, 2011"], "%b %d, %Y", Date.UTC(2011, 0, 1)],
  [["1949-01"], "%Y-%m", Date.UTC(1949, 0, 1)],
  [["20110131"], "%Y%m%d", Date.UTC(2011, 0, 31)],
  [["Jan-11"], "%b-%y", Date.UTC(2011, 0, 1)],
  [["2024-01-02T03:04Z"], "%Y-%m-%d", Date.UTC(2024, 0, 2, 3, 4)],
  [["31.01.2024 08:05"], "%d.%m.%Y", Date.UTC(2024, 0, 31, 8, 5)],
  [["Mon, 01 Jan 2024 03:04:05 GMT"], "%d %b %Y", Date.UTC(2024, 0, 1, 3, 4, 5)],
])("reads %j as a date written %s", (texts, id, time) => {
  const formats = dateFormatsOf(texts);
  expect(formats.map((format) => format.id)).toEqual([id]);
  expect(formats[0]!.parse(texts[0]!)).toBe(time);
});

it.each(["INV 1001", "5 apples", "1.2.3", "$5 or €6", "0x10", "192.168.1.1", "+49 123 456", "12/2"])(
  "does not take %j for a number",
  (text) => expect(numberFormatsOf([text])).toEqual([]),
);

it("does not mix currencies, nor shares with bare numbers", () => {
  expect(numberFormatsOf(["$5", "€5"])).toEqual([]);
  expect(numberFormatsOf(["5 %", "0.05"])).toEqual([]);
});

it.each(["1234", "1,2345", "%", "%d.%m", "%d%d%Y", "1.234.5", "1.234,5 INV"])("has no format %j", (id) => {
  expect([numberFormat(id), dateFormat(id)]).toEqual([undefined, undefined]);
});
