/** Paths of pages; every part is escaped, because names come from the data. */

/** pageAddress("runs", id) is "/ui/runs/<id>". */
export function pageAddress(...parts: readonly string[]): string {
  return ["/ui", ...parts.map(encodeURIComponent)].join("/");
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
