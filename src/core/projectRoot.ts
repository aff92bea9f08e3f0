/** The folder of package.json: two above this file, in src, in dist and in the bundle that dist/app holds. */
export const projectRoot = new URL("../../", import.meta.url);
