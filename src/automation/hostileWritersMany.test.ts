import { fuzzWriters } from "../testing/fuzzWriters.ts";

fuzzWriters(4000, 1_000_000);
