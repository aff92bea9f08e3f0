import { fuzzWriters } from "../testing/fuzzWriters.ts";

fuzzWriters(40, 1);
