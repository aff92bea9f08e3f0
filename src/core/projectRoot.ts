/** The folder of package.json: two levels above this file in src, in dist and in the bundle in dist/app. */
export const projectRoot = new URL("../../", import.meta.url);
