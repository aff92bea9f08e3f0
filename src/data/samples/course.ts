/** Sample data: online learners who complete a course or not, as Parquet with some duplicate learners. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { random, type Random } from "../../core/random.ts";
import { withDatabase, literal } from "../duckdb/duckdb.ts";
import { csvFile, type SampleFile } from "./sampleFile.ts";

const COLUMNS = [
  "UserID BIGINT",
  "CourseCategory VARCHAR",
  "TimeSpentOnCourse DOUBLE",
  "NumberOfVideosWatched BIGINT",
  "NumberOfQuizzesTaken BIGINT",
  "QuizScores DOUBLE",
  "CompletionRate DOUBLE",
  "DeviceType BIGINT",
  "CourseCompletion BIGINT",
];
const CATEGORIES = ["Arts", "Business", "Health", "Programming", "Science"];

type Learner = readonly (number | string)[];

export async function courseSample(seed: number): Promise<SampleFile[]> {
  const source = random(seed);
  const learners = Array.from({ length: 3400 }, (_, i) => learner(source, i + 1));
  const training = source.shuffle(learners.slice(0, 2500));
  // Duplicate rows of the same learners, early and late in the file.
  const withCopies = [...training, ...training.slice(0, 250)];
  const files = { "sourcedata/course.parquet": withCopies, "testdata/course.parquet": learners.slice(2500) };
  return [
    ...(await parquetFiles(files)),
    csvFile(
      "requests/learners.csv",
      "UserID,CourseCategory,DeviceType,TimeSpentOnCourse,NumberOfVideosWatched,NumberOfQuizzesTaken,QuizScores,CompletionRate",
      ["9001,Science,1,42.24,8,7,81.5,70.2", "9002,Arts,0,11.5,2,1,55,12.5"],
    ),
  ];
}

function learner(source: Random, id: number): Learner {
  const hours = 1 + 99 * source.uniform();
  const videos = source.integer(21);
  const quizzes = source.integer(11);
  const scores = 50 + 50 * source.uniform();
  const rate = 100 * source.uniform();
  const passed = [hours > 45, videos > 8, quizzes > 4, scores > 70, rate > 45].filter(Boolean).length;
  const completes = passed + 0.35 * source.normal() > 3.1 ? 1 : 0;
  const [category, device] = [CATEGORIES[source.integer(5)]!, source.integer(2)];
  return [id, category, hours, videos, quizzes, scores, rate, device, completes];
}

async function parquetFiles(tables: Readonly<Record<string, readonly Learner[]>>): Promise<SampleFile[]> {
  const folder = await mkdtemp(join(tmpdir(), "mlctl-sample-"));
  try {
    return await withDatabase(async (database) => {
      const files: SampleFile[] = [];
      for (const [path, rows] of Object.entries(tables)) {
        const file = join(folder, "table.parquet");
        const values = rows.map(
          (row) => `(${row.map((cell) => (typeof cell === "string" ? literal(cell) : cell)).join()})`,
        );
        await database.run(`CREATE OR REPLACE TABLE learners (${COLUMNS.join()})`);
        await database.run(`INSERT INTO learners VALUES ${values.join()}`);
        await database.run(`COPY learners TO ${literal(file)} (FORMAT parquet)`);
        files.push({ path, content: await readFile(file) });
      }
      return files;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
