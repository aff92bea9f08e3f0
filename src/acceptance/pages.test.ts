/** The pages under /ui: what they show, whom they let in, and how they behave in a real Chromium. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { served, type ServedWorkspace } from "./servedWorkspace.ts";

const CHROMIUM = "/usr/bin/chromium";
const missing = !existsSync(CHROMIUM);
if (missing) process.stderr.write(`skipped: ${CHROMIUM} is absent, the pages are not opened in a browser\n`);

/** Names and values that would run, were they not escaped. */
const COLUMN = "<img src=x onerror=document.title='pwned'>";
const VALUE = `"><script>document.title='pwned'</script>`;
const PROJECT = "</title><script>document.title='pwned'</script>";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

const TOKEN = "read-token-of-the-pages";

let workspace: LifecycleWorkspace;
let open: ServedWorkspace;
let closed: ServedWorkspace;

beforeAll(async () => {
  workspace = emptyWorkspace({
    name: PROJECT,
    input_folder_path: "data",
    test_data_path: "test",
    target: "left",
    train: { models: [{ family: "logistic_regression" }, { family: "baseline" }] },
    ingest: { normalize_names: false },
  });
  const rows = (shift: number, count: number): string =>
    Array.from({ length: count }, (_, i) => {
      const x = ((i * 37) % 100) + shift;
      return `${x},"${(i % 3 === 0 ? VALUE : "plain").replaceAll('"', '""')}",${(i * 7919) % 100 < x ? "yes" : "no"}`;
    }).join("\n");
  const head = `"${COLUMN}",kind,left\n`;
  workspace.write({
    "data/a.csv": head + rows(0, 240),
    // Half a step apart: copies of training rows would not count.
    "test/t.csv": head + rows(0.5, 80),
    "drop.csv": head + rows(60, 60),
  });
  workspace.ok("fullprocess");
  workspace.ok("predict", "test/t.csv", "--log", "-o", "answers.csv");
  workspace.run(["monitor", "test/t.csv"]);
  workspace.run(["monitor", "drop.csv"]);
  workspace.ok("tune", "--trials", "9", "--workers", "1");
  const guarded = workspace.copy();
  guarded.configure({
    serve: {
      tokens: [
        { name: "reader", token: TOKEN, scopes: ["read"] },
        { name: "asker", token: "only-predict-token", scopes: ["predict"] },
      ],
    },
  });
  [open, closed] = await Promise.all([served(workspace), served(guarded)]);
});
afterAll(() => Promise.all([open?.stop(), closed?.stop()]));

/** One address of every kind, with ids of this workspace. */
async function addresses(): Promise<string[]> {
  const [overview, runs, monitoring, predictions] = await Promise.all(
    ["/ui", "/ui/runs", "/ui/monitoring", "/ui/predictions"].map(async (path) => (await open.get(path)).text),
  );
  const first = (text: string | undefined, pattern: RegExp): string => pattern.exec(text ?? "")?.[0] ?? "none";
  // The deployed one, which was scored.
  const run = `/${first(overview, /ui\/runs\/[0-9a-f]{12}/)}`;
  const window = first(monitoring, /\/ui\/monitoring\/[0-9a-f]{12}/);
  const prediction = first(predictions, /\/ui\/predictions\/[0-9a-f]{20,}/);
  const search = first((await open.get("/ui/trials")).text, /\/ui\/trials\/[0-9a-f]{12}/);
  const ids = [...(runs ?? "").matchAll(/name="run" value="([0-9a-f]+)"/g)].map(([, id]) => id!);
  return [
    "/ui",
    "/ui/runs?metric=f1&sort=test",
    run,
    `/ui/compare?run=${ids[0]}&run=${ids[1]}`,
    "/ui/trials",
    search,
    "/ui/monitoring",
    window,
    `${window}/column?name=${encodeURIComponent(COLUMN)}`,
    "/ui/predictions?truth=unknown",
    prediction,
    "/ui/live",
    "/ui/login",
    "/ui/runs/nothere",
  ];
}

describe("the pages", () => {
  it("escape every name and value of the data, and allow no script but their own", async () => {
    for (const address of await addresses()) {
      const { text, headers } = await open.get(address);
      // Only the live page has a script, and that is a file of ours.
      expect(
        text.replace(/<script defer src="(?:\.\.\/)*ui\/assets\/[0-9a-f]+\.js"><\/script>/, ""),
        address,
      ).not.toMatch(/<script/i);
      expect(text, address).not.toContain("<img");
      if (address !== "/ui/login")
        expect(headers["content-security-policy"], address).toMatch(/^default-src 'none'; script-src 'self';/);
    }
    const { text } = await open.get("/ui/monitoring");
    expect(text).toContain("&lt;img src=x onerror=document.title=&#39;pwned&#39;&gt;");
  });

  it("show the run, its score with interval, the drift, and the SHAP values of a prediction", async () => {
    const [overview, , run, compare, , trials, , window, column, , prediction] = await addresses();
    const text = async (address: string | undefined): Promise<string> =>
      (await open.get(address ?? "")).text.replace(/\s+/g, " ");
    expect(await text(overview)).toMatch(
      /95 % interval 0\.\d+ to 0\.\d+.*baseline 0.*last 24 hours.*>80<.*Failed windows.*In production.*Drift/,
    );
    expect(await text(run)).toMatch(
      /Metrics on 80 test rows.*Confusion matrix.*<svg class="vega".*<ol class="chain">.*configuration sha256/,
    );
    expect(await text(compare)).toMatch(/A: logistic regression.*B: baseline/);
    expect(await text(trials)).toMatch(/best so far.*<title>trial 1: 0.*Parameter importance.*Best first/);
    // The picture of what drifted comes before the tables.
    expect(await text(window)).toMatch(/<svg class="vega".*✕<\/span> drifted/);
    expect(await text(column)).toMatch(/<svg class="vega".*Largest change: .*Show as a table/);
    expect(await text(prediction)).toMatch(
      /Why this prediction.*→ this row.*as a probability.*Value of this row.*By feature/,
    );
  });

  it("say the next step where there is nothing yet", async () => {
    const empty = emptyWorkspace({ target: "y" });
    const server = await served(empty);
    for (const [address, step] of [
      ["/ui", "mlctl fullprocess"],
      ["/ui/runs", "mlctl train"],
      ["/ui/trials", "mlctl tune"],
      ["/ui/monitoring", "mlctl monitor FILE"],
      ["/ui/predictions", "mlctl predict FILE --log"],
      ["/ui/live", "No predictions since the start"],
    ] as const) {
      const { status, text } = await server.get(address);
      expect([status, text.includes(step)], address).toEqual([200, true]);
    }
    await server.stop();
  });

  it("respond to unknown or invalid addresses with an error page", async () => {
    const wrong = {
      404: [
        "/ui/runs/zzz",
        "/ui/monitoring/zzz",
        "/ui/predictions/zzz",
        "/ui/nothing",
        "/ui/assets/x.css",
        "/ui/runs/%3Cscript%3E",
        "/ui/trials/zzz",
        "/ui/monitoring/latest/column?name=constructor",
      ],
      400: ["/ui/compare", "/ui/compare?run=a", "/ui/predictions?before=x"],
    };
    for (const [status, paths] of Object.entries(wrong)) {
      for (const path of paths) {
        const reply = await open.get(path);
        expect([reply.status, reply.type], path).toEqual([Number(status), "text/html; charset=utf-8"]);
        expect(reply.text, path).not.toMatch(/<script|\n\s+at /);
      }
    }
    for (const path of [
      "/ui/runs?page=-1&metric=x&sort=y&family=%00&tag=%27--",
      "/ui/runs?page=1e99",
      "/ui/predictions?id=%25%27--",
      "/ui/monitoring?source=%3Cb%3E&page=999999",
    ]) {
      expect((await open.get(path)).status, path).toBe(200);
    }
  });
});

describe("signing in", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const signIn = (token: string, next = "/ui/runs", headers = {}) =>
    closed.post("/ui/login", `token=${encodeURIComponent(token)}&next=${encodeURIComponent(next)}`, {
      ...form,
      ...headers,
    });

  it("is required without a token, and the token is never in a URL or a cookie", async () => {
    const turned = await closed.get("/ui/runs?metric=f1&sort=test");
    expect([turned.status, turned.headers.location]).toEqual([
      303,
      "../ui/login?next=%2Fui%2Fruns%3Fmetric%3Df1%26sort%3Dtest",
    ]);
    expect((await closed.get("/ui/login")).text).toMatch(/<input\s+type="password"\s+name="token"/);
    const { status, headers } = await signIn(TOKEN, "/ui/runs?metric=f1&sort=test");
    const cookie = headers["set-cookie"]![0]!;
    expect([status, headers.location]).toEqual([303, "../ui/runs?metric=f1&sort=test"]);
    expect(cookie).toMatch(/^mlctl_ui=\d+\.[\w-]{43}; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(TOKEN);
    const sent = { cookie: cookie.split(";")[0]! };
    expect((await closed.get("/ui/runs", sent)).status).toBe(200);
    // The cookie opens pages, not the API: no other site can make a browser predict.
    expect((await closed.get("/model", sent)).status).toBe(401);
    expect((await closed.get("/ui", { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    expect((await closed.post("/ui/logout", "", { ...form, ...sent })).headers["set-cookie"]![0]).toContain(
      "Max-Age=0",
    );
  });

  it("refuses wrong tokens, scopes, seals and other sites, and leads nowhere else", async () => {
    expect((await signIn("wrong")).status).toBe(401);
    expect((await signIn("")).status).toBe(401);
    // A token that may only predict opens the page on which people predict, and no other.
    const caller = await signIn("only-predict-token", "/ui");
    expect([caller.status, caller.headers.location]).toEqual([303, "../ui/docs"]);
    const theirs = { cookie: caller.headers["set-cookie"]![0]!.split(";")[0]! };
    expect((await closed.get("/ui/docs", theirs)).text).toContain('id="try"');
    expect((await closed.get("/ui/runs", theirs)).status).toBe(403);
    expect((await signIn(TOKEN, "/ui", { "sec-fetch-site": "cross-site" })).status).toBe(403);
    for (const next of ["https://example.org", "//example.org", "/ui//example.org", "/\\example.org", "/ui\r\nx: y"]) {
      expect((await signIn(TOKEN, next)).headers.location, next).toBe("../ui");
    }
    const [, sealed] = /^mlctl_ui=(\d+\.[\w-]+)/.exec((await signIn(TOKEN)).headers["set-cookie"]![0]!)!;
    const [until, seal] = sealed!.split(".") as [string, string];
    for (const forged of [`${Number(until) + 1}.${seal}`, `1.${seal}`, `${until}.${"A".repeat(43)}`, until, ""]) {
      expect((await closed.get("/ui", { cookie: `mlctl_ui=${forged}` })).status, forged).toBe(303);
    }
  });
});

describe.skipIf(missing)("the pages in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    const quiet = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"];
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-sync", ...quiet] });
  });
  afterAll(() => browser?.close());

  async function opened(
    width: number,
    options: { scripts?: boolean; dark?: boolean } = {},
  ): Promise<{ page: Page; trouble: string[] }> {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      javaScriptEnabled: options.scripts ?? true,
      colorScheme: options.dark === true ? "dark" : "light",
    });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on("console", (message) => trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(open.url) && !request.url().startsWith("data:")) trouble.push(request.url());
    });
    return { page, trouble };
  }

  it("are clicked through from the overview to the last detail, without an error or a request elsewhere", async () => {
    const { page, trouble } = await opened(1200);
    const follow = async (name: string | RegExp, heading: string | RegExp): Promise<void> => {
      await page.locator("main, header").getByRole("link", { name }).first().click();
      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
      expect(await page.title()).not.toBe("pwned");
    };
    await page.goto(`${open.url}/ui`);
    await follow("Drift", "drop.csv");
    await follow(COLUMN, COLUMN);
    await page.getByText("Show as a table").click();
    await page.getByRole("table", { name: "Share of rows by range" }).waitFor();
    await follow("Monitoring", "Monitoring");
    await follow("Runs", "Runs");
    for (const box of [0, 1])
      await page
        .getByRole("checkbox", { name: /^compare run/ })
        .nth(box)
        .check();
    await page.getByRole("button", { name: /^Compare/ }).click();
    await page.getByRole("heading", { level: 1, name: "Two runs compared" }).waitFor();
    await follow(/^[0-9a-f]{12}$/, /^Run /);
    await follow("Full report of this training", /model report/).catch(async () => {
      // The report has a main of its own.
      await page.getByRole("heading", { level: 1 }).waitFor();
    });
    await page.goto(`${open.url}/ui/predictions`);
    await follow(/…/, /^Prediction/);
    await page.getByRole("table", { name: /^Effect of each column/ }).waitFor();
    await follow("Live", "Live");
    await page.getByRole("button", { name: "Pause updates" }).click();
    expect(await page.getByRole("button", { name: "Resume updates" }).getAttribute("aria-pressed")).toBe("true");
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it("fit a telephone: nothing scrolls sideways but small tables and plots in their frames; and need no script", async () => {
    const { page, trouble } = await opened(360, { scripts: false });
    for (const address of await addresses()) {
      await page.goto(open.url + address);
      expect(await page.locator("h1").count(), address).toBe(1);
      const box = await page
        .locator("html")
        .evaluate((element) => element.scrollWidth)
        .catch(() => null);
      // Tables of more than three columns are cards.
      const scrolled = await page
        .locator(".scroll:has(table.cards)")
        .evaluateAll((all) =>
          all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.ariaLabel),
        )
        .catch(() => []);
      expect(scrolled, address).toEqual([]);
      // Without scripts nothing can be evaluated in some versions: the body's box says the same.
      expect(box ?? (await page.locator("body").boundingBox())!.width, address).toBeLessThanOrEqual(360);
    }
    // A page that is not there is told in the console as such.
    expect(trouble.filter((line) => !line.includes("404"))).toEqual([]);
    await page.context().close();
  });

  it.each([
    [1440, false],
    [1440, true],
    [360, false],
    [360, true],
  ])("pass axe-core, and have text that stands out: %i px, dark %s", async (width, dark) => {
    const { page } = await opened(width, { dark });
    for (const address of await addresses()) {
      await page.goto(open.url + address);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
      const found = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]!.html}`);
      expect(found, address).toEqual([]);
      // 4.5 is what WCAG 2.2 asks of text at level AA; axe does not judge text before a gradient.
      expect(await page.evaluate(FAINT), address).toEqual([]);
    }
    await page.context().close();
  });

  it("are walked through by keyboard: the first stop skips to the content, and every stop is seen", async () => {
    const { page } = await opened(1200);
    await page.goto(`${open.url}/ui/runs`);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.name")).toBe("metric");
    const stops = new Set<string>();
    for (let i = 0; i < 40; i++) {
      stops.add(
        (await page.evaluate(
          "(document.activeElement.name || document.activeElement.textContent || '').trim()",
        )) as string,
      );
      expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), [...stops].at(-1)).not.toBe(
        "none",
      );
      await page.keyboard.press("Tab");
      if ((await page.evaluate("document.activeElement === document.body")) === true) break;
    }
    expect([...stops]).toEqual(
      expect.arrayContaining(["metric", "family", "winners", "Show", "run", "Compare selected runs"]),
    );
    await page.context().close();
  });
});

/** Runs in the page: texts whose contrast with what lies behind them is below 4.5; those on filled shapes of plots aside. */
const FAINT = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const behind = (element) => { for (let e = element; e; e = e.parentElement) { const color = rgba(getComputedStyle(e).backgroundColor); if (color[3] === 255) return color; } return [255, 255, 255, 255]; };
  const faint = [];
  for (const e of document.querySelectorAll("h1,h2,h3,p,li,a,td,th,dt,dd,caption,figcaption,small,span,summary,code,button,label,select,input,strong,.chart text")) {
    const words = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent.trim()).join("");
    if (words === "") continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(rgba(e.tagName === "text" ? style.fill : style.color)), light(behind(e))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(words.slice(0, 40) + " " + contrast.toFixed(2));
  }
  return faint;
})()`;
