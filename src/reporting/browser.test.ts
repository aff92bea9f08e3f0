import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Task } from "../core/table/table.ts";
import { exampleInput } from "../testing/exampleInput.ts";
import { htmlReport } from "./htmlReport.ts";

const CHROMIUM = "/usr/bin/chromium";
const missing = !existsSync(CHROMIUM);
if (missing) process.stderr.write(`skipped: ${CHROMIUM} is not installed, so the report is not tested in a browser\n`);

const folder = mkdtempSync(join(tmpdir(), "mlctl-report-"));
let browser: Browser;

describe.skipIf(missing)("the report in Chromium", () => {
  beforeAll(async () => {
    const quiet = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"];
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-sync", ...quiet] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(["binary", "multiclass", "regression"] as const)("opens without an error or a request: %s", async (task) => {
    const { page, trouble } = await opened(task, { width: 1200 });
    expect(trouble).toEqual([]);
    expect(await page.locator("figure svg").count()).toBeGreaterThan(6);
    await page.close();
  });

  it.each([360, 380])("does not scroll sideways at %i px, with a name of 300 letters", async (width) => {
    const { page } = await opened("multiclass", { width, long: true });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    await page.close();
  });

  it.each(["light", "dark"] as const)("has text with enough contrast: %s", async (colorScheme) => {
    const { page } = await opened("binary", { width: 1200, colorScheme });
    const faint = (await page.evaluate(FAINT_TEXT)) as string[];
    // WCAG 2.2 level AA requires a contrast of 4.5 for text.
    expect(faint).toEqual([]);
    await page.close();
  });

  it("can be used by keyboard: the first tab stop skips to the summary", async () => {
    const { page } = await opened("binary", { width: 1200 });
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the summary");
    await page.keyboard.press("Enter");
    expect(new URL(page.url()).hash).toBe("#summary");
    await page.close();
  });
});

interface Look {
  readonly width: number;
  readonly colorScheme?: "light" | "dark";
  readonly long?: boolean;
}

async function opened(
  task: Task,
  { width, colorScheme = "light", long = false }: Look,
): Promise<{ page: Page; trouble: string[] }> {
  const file = join(folder, `${task}-${width}.html`);
  const text = await htmlReport(exampleInput(task));
  writeFileSync(file, long ? text.replaceAll("lastmonth_activity", "x".repeat(300)) : text);
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const trouble: string[] = [];
  page.on("console", (message) => trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) trouble.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  return { page, trouble };
}

/** Runs in the page: finds text whose contrast is below 4.5, also in plots, but not in coloured cells. */
const FAINT_TEXT = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const faint = [];
  const inCells = document.querySelector('[aria-labelledby="confusion-matrix-title"]');
  for (const e of document.querySelectorAll("h1,h2,h3,p,li,a,td,th,caption,figcaption,small,span,summary,code,svg text")) {
    const words = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent.trim()).join("");
    if (words === "") continue;
    const svg = e.tagName === "text";
    const fill = svg ? getComputedStyle(e).fill : getComputedStyle(e).color;
    if (svg && inCells && inCells.contains(e) && fill === "rgb(255, 255, 255)") continue;
    const [a, b] = [light(rgba(fill)), light(behind(e))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(words.slice(0, 40) + " " + contrast.toFixed(2));
  }
  return faint;
})()`;
