/** The style sheet and the script. Their names contain a hash of the content, so browsers may cache them for ever. */
import { createHash } from "node:crypto";
import { pageStyle } from "./pageStyle.ts";
import { LIVE_SCRIPT } from "./liveScript.ts";

export interface Asset {
  readonly type: string;
  readonly text: string;
}

let made: { readonly style: string; readonly script: string; readonly byName: ReadonlyMap<string, Asset> } | undefined;

export function assetAddresses(): { readonly style: string; readonly script: string } {
  return assets();
}

/** @param name the last segment of the path */
export function assetNamed(name: string): Asset | undefined {
  return assets().byName.get(name);
}

function assets() {
  if (made !== undefined) return made;
  const [style, script] = [pageStyle(), LIVE_SCRIPT];
  const [styleName, scriptName] = [`${digest(style)}.css`, `${digest(script)}.js`];
  const byName = new Map([
    [styleName, { type: "text/css; charset=utf-8", text: style }],
    [scriptName, { type: "text/javascript; charset=utf-8", text: script }],
  ]);
  made = { style: `/ui/assets/${styleName}`, script: `/ui/assets/${scriptName}`, byName };
  return made;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
