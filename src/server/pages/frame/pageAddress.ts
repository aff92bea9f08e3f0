/** Paths of pages; every part is escaped, because names come from the data. */

/** pageAddress("runs", id) is "/ui/runs/<id>". */
export function pageAddress(...parts: readonly string[]): string {
  return ["/ui", ...parts.map(encodeURIComponent)].join("/");
}

/**
 * `address` as seen from the page at `from`: below the path of a reverse proxy, only relative addresses lead back to this
 * server. relativeAddress("/ui/runs/a?b", "/ui/live") is "../../ui/live".
 */
export function relativeAddress(from: string, address: string): string {
  const depth = from.split("?")[0]!.split("/").length - 2;
  return "../".repeat(Math.max(0, depth)) + address.slice(1);
}

/** Makes the links, forms and assets of a page relative. Text cannot match, because its quotes are escaped. */
export function withRelativeLinks(page: string, from: string): string {
  return page.replace(
    /(\s(?:href|action|src)=")(\/(?:ui(?:[/?#][^"]*)?|docs))(?=")/g,
    (_, attribute: string, address: string) => attribute + relativeAddress(from, address),
  );
}

/** Adds a query string. Omits undefined, "" and false; writes true as 1. */
export function withQuery(
  address: string,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "" && value !== false) search.set(key, value === true ? "1" : String(value));
  }
  const text = search.toString();
  return text === "" ? address : `${address}?${text}`;
}
