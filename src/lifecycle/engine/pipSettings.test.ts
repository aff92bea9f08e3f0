import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { pipSettings } from "./pipSettings.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-pip-"));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

/** An own home for each test. @returns an absolute path below it */
function home(files: Readonly<Record<string, string>> = {}): (path: string) => string {
  const root = join(folder, String((count += 1)));
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return (path) => join(root, path);
}

const conf = (url: string): string => `[global]\nindex-url = https://${url}\n`;
const none = { PIP_CONFIG_FILE: devNull, HOME: folder };

describe("pipSettings", () => {
  it("defaults to PyPI", () => {
    expect(pipSettings(none)).toEqual({
      indexUrl: "https://pypi.org/simple",
      source: "pip's default",
      certificates: null,
      proxy: null,
      ignored: [],
    });
  });

  it("uses variables, but not those that are empty", () => {
    const variables = { PIP_INDEX_URL: "https://example.org/simple/", PIP_CERT: "/ca.pem", PIP_PROXY: "proxy:3128" };
    expect(pipSettings({ ...none, ...variables, PIP_FIND_LINKS: "/wheels", PIP_NO_INDEX: "" })).toEqual({
      indexUrl: "https://example.org/simple",
      source: "PIP_INDEX_URL",
      certificates: "/ca.pem",
      proxy: "proxy:3128",
      ignored: ["find-links (PIP_FIND_LINKS)"],
    });
    const empty = { PIP_INDEX_URL: "", PIP_CERT: "", SSL_CERT_FILE: "", REQUESTS_CA_BUNDLE: "", PIP_PROXY: "" };
    expect(pipSettings({ ...none, ...empty })).toEqual(pipSettings(none));
  });

  it.each([
    [{ PIP_CERT: "/1", REQUESTS_CA_BUNDLE: "/2", CURL_CA_BUNDLE: "/3", SSL_CERT_FILE: "/4" }, "/1"],
    [{ PIP_CERT: "", REQUESTS_CA_BUNDLE: "/2", CURL_CA_BUNDLE: "/3", SSL_CERT_FILE: "/4" }, "/2"],
    [{ CURL_CA_BUNDLE: "/3", SSL_CERT_FILE: "/4" }, "/3"],
    [{ CURL_CA_BUNDLE: "", SSL_CERT_FILE: "/4" }, "/4"],
  ])("finds the certificates in %o", (variables, expected) => {
    expect(pipSettings({ ...none, ...variables }).certificates).toBe(expected);
  });

  it.each([
    ["a byte order mark", "\uFEFF[global]\nindex-url = https://x/\n"],
    ["a value in the next line", "[global]\nindex-url =\n    https://x/\n"],
    ["upper case", "[global]\nIndex_URL: https://x/\n"],
    ["dashes", "[global]\n--index-url=https://x\n"],
    ["comments", "[global]\n# index-url = https://y\nindex-url = https://x/\n  ; more\n\n"],
    ["indented keys and Windows line ends", "[global]\r\n  timeout = 9\r\n  index-url = https://x/\r\n"],
    ["two sections", "[install]\nindex-url = https://x\n[global]\nindex-url = https://y\n"],
    ["a section for another command", "[global]\nindex-url = https://x\n[freeze]\nindex-url = https://y\n"],
    ["no value", "[install]\nindex-url =\n[global]\nindex-url = https://x\n"],
  ])("reads a file with %s", (_what, text) => {
    const at = home({ "pip.conf": text });
    expect(pipSettings({ HOME: at("."), PIP_CONFIG_FILE: at("pip.conf") })).toMatchObject({
      indexUrl: "https://x",
      source: at("pip.conf"),
    });
  });

  it("names the settings that it does not use", () => {
    const at = home({ "pip.conf": "[global]\nextra-index-url =\n  https://a\n  https://b\nno-index = true\n" });
    const { ignored } = pipSettings({ HOME: at("."), PIP_CONFIG_FILE: at("pip.conf") });
    expect(ignored).toEqual([`extra-index-url (${at("pip.conf")})`, `no-index (${at("pip.conf")})`]);
  });

  /** The files of later lines override those of earlier ones. */
  it.each<[string, NodeJS.Platform, string[], Record<string, string>]>([
    ["Linux", "linux", ["etc/pip", ".pip", ".config/pip", "conda", "venv"], { XDG_CONFIG_DIRS: "etc" }],
    ["macOS", "darwin", [".pip", ".config/pip", "Library/Application Support/pip", "venv"], {}],
    ["Windows", "win32", ["data/pip", "pip", "roaming/pip", "venv"], { ProgramData: "data", APPDATA: "roaming" }],
  ])("reads the files of pip on %s in order", (_name, platform, folders, variables) => {
    const name = platform === "win32" ? "pip.ini" : "pip.conf";
    // The machine's own file overrides the first.
    for (let last = existsSync("/etc/pip.conf") ? 1 : 0; last < folders.length; last++) {
      const files = Object.fromEntries(folders.slice(0, last + 1).map((each, i) => [`${each}/${name}`, conf(`h${i}`)]));
      const at = home(files);
      const all = { ...variables, VIRTUAL_ENV: "venv", CONDA_PREFIX: "conda" };
      const absolute = Object.fromEntries(Object.entries(all).map(([key, path]) => [key, at(path)]));
      expect(pipSettings({ HOME: at("."), ...absolute }, platform).indexUrl).toBe(`https://h${last}`);
      // A file of one's own replaces those of the user only.
      const own = { ...absolute, HOME: at("."), PIP_CONFIG_FILE: at(`${folders[last]}/${name}`) };
      expect(pipSettings(own, platform).indexUrl).toBe(`https://h${last}`);
    }
  });

  it("reads a file that is not that of the user with those of the machine and of the environment", () => {
    const at = home({
      "data/pip/pip.ini": "[global]\ncert = /data.pem\n",
      "roaming/pip/pip.ini": "[global]\nproxy = user:1\n",
      "venv/pip.ini": conf("venv"),
      own: "[global]\ntimeout = 1\n",
    });
    // Windows, because its files are all below folders that a test can choose.
    const environment = { HOME: at("."), ProgramData: at("data"), APPDATA: at("roaming"), VIRTUAL_ENV: at("venv") };
    const read = { indexUrl: "https://venv", certificates: "/data.pem" };
    expect(pipSettings({ ...environment, PIP_CONFIG_FILE: at("own") }, "win32")).toMatchObject({
      ...read,
      proxy: null,
    });
    expect(pipSettings({ ...environment, PIP_CONFIG_FILE: at("absent") }, "win32")).toMatchObject({
      ...read,
      proxy: "user:1",
    });
  });

  it("ignores relative folders, which would be read in the current one", () => {
    const at = home({ "pip.conf": conf("here"), "pip/pip.ini": conf("here"), "pip/pip.conf": conf("here") });
    const before = process.cwd();
    process.chdir(at("."));
    try {
      const empty = { VIRTUAL_ENV: "", CONDA_PREFIX: ".", APPDATA: "", ProgramData: ".", XDG_CONFIG_DIRS: "." };
      for (const platform of ["linux", "win32"] as const) {
        const { indexUrl } = pipSettings({ ...empty, HOME: join(folder, "absent") }, platform);
        expect(indexUrl).toBe("https://pypi.org/simple");
      }
    } finally {
      process.chdir(before);
    }
  });
});
