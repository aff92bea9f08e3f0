/** The thread that draws plots, from the bundle where there is one. */
const { loadBundle } = require("./loadBundle.cjs");

if (loadBundle("plotThread") === undefined) import("../dist/reporting/plotThread.js");
