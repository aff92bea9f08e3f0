/** The thread that reads a reference, from the bundle where there is one. */
const { loadBundle } = require("./loadBundle.cjs");

if (loadBundle("referenceThread") === undefined) import("../dist/lifecycle/referenceThread.js");
