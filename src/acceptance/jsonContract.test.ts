/** What scripts rely on: the keys of `--json` of every command, one document on stdout, and tabs in a pipe. */
import { beforeAll, describe, expect, it } from "vitest";
import { commands } from "../commands/index.ts";
import type { Command } from "../commands/command.ts";
import { sampleWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

const run =
  "code_version,config,config_sha256,created_at,dataset_id,dataset_sha256,family,feature_set,kind,metric,metrics,model," +
  "model_version,note?,params,rank,run_id,score,seconds,seed,status,tags,task,train_id,training_rows,validation_rows,warnings";
const score = "baseline,class_report,confusion_matrix,interval,intervals,metric,metrics,rows,test_files,value";
const dataset =
  "artifact,columns,created_at,dataset_id,duplicates_removed,files,ingest_sha256,input_folder,kind,rejected,rows,seconds";
const deployment =
  "action,aliases,by,commit?,config_sha256,dataset_sha256,deployed_at,deployment_id,host,ingested_files,kind,latest_score,message?,metric,model," +
  "previous_run_id,reasons,run_id,value";
const artifact = "bytes,path,sha256";
const finding = "limit,message,name,passes?,status,value";
const prediction =
  "at,inputs,label,labelled_at,model_sha256,prediction,prediction_id,probability,request_id,run_id,source,threshold";
const model =
  "calibration,code_version,family,importance,importance_measure,importance_unit,inputs,lineage,metrics,params,target,threshold,transforms";

const monitoring =
  "alerts,as_of,drift,dry_run,findings,model_sha256,model_version,monitor_id,muted,performance,quality,reference,rejected,run_id," +
  "segments,source,statements,status,window,windows";
const jobKeys = "command,cron,last,missed,name,next,overdue_since,scheduler,status,timezone";
const installed = "changed,dry_run,files,jobs,lines,next,removed,scheduler,variables,variables_note";
const watchedWindow =
  "as_of,drift_share,end,failed,interval,label,labelled,metric,monitor_id,rows,start,status,unjudged,value,warned";

/**
 * The keys of each command's document; those of what it holds under their path, "[]" for the items of a list. A key
 * with "?" may be absent. The order of the lines is that of a first session.
 */
const contract: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "init --list": { "": "templates", "templates[]": "name,shows" },
  "init new": { "": "directory,dry_run,files,notes,template" },
  "split testdata/testdata.csv -o parts": {
    "": "notes,test,training",
    training: "path,rows",
    test: "path,rows",
  },
  "init other --from parts/train.csv --target exited": {
    "": "directory,dry_run,files,notes,target,task,test_rows,training_rows",
  },
  "config show": { "": "config,path,settings", "settings[]": "key,source,value" },
  "config validate": { "": "data,path,valid,warnings" },
  "config trust": { "": "hooks,path" },
  "ingest --dry-run": { "": "dry_run,files,reason,status", "files[]": "bytes,is_new,path,sha256" },
  "fullprocess --dry-run": {
    "": "alerts,apireturns_path,dry_run,interval,metric,model_version,monitored,monitored_earlier,not_monitored,notes,reason,reasons,report_path,run_id,status,steps,value",
    "steps[]": "name,reason,seconds,status",
  },
  ingest: {
    "": "dataset,duplicates_kept,duplicates_removed,files,notes,reason,rejected,seconds,sources,status",
    dataset: "columns,path,rows,sha256",
    "files[]": "is_new,path,rows",
  },
  train: {
    "": "aliases,dataset,leaderboard,metric,model,model_version,notes,rows_without_target,run_id,training_rows,validation_rows,value,warnings",
    dataset: "path,rows,sha256",
    "leaderboard[]":
      "family,feature_set,label,metrics,note,params,predict_seconds,rank,run_id,seconds,selection,weight",
    model: artifact,
  },
  score: {
    "": "baseline,class_report,classes,confusion_matrix,cost_unit,interval,intervals,is_deployed,leakage,metric,metrics,model_version,path,rows,run_id,task,test_files,value,warnings",
    leakage: "copied_rows,copied_validation_rows",
    "class_report[]": "f1,label,precision,recall,support",
    "test_files[]": "path,rows,sha256",
  },
  deploy: { "": "alerts,dry_run,metric,path,previous_run_id,reasons,run_id,status,value" },
  "diagnose --offline": {
    "": "dataset,drift,findings,missing,package_status,packages,predictions,run_id,summary,timing",
    dataset: "path,rows",
    predictions: "rows,values",
    "timing.ingest": "last,maximum,median,runs",
    "timing.train": "last,maximum,median,runs",
    "summary.lastmonth_activity": "maximum,mean,median,minimum,q25,q75,standard_deviation",
    drift: "columns,current_rows,dataset,known_rows?,reference_rows,reference_sample?,rules,target",
    "drift.dataset": "detected,drifted,limit,share,tested",
    "findings[]": finding,
  },
  report: { "": "path,plots,run_id" },
  fullprocess: {
    "": "alerts,apireturns_path,dry_run,interval,metric,model_version,monitored,monitored_earlier,not_monitored,notes,reason,reasons,report_path,run_id,status,steps,value",
  },
  "predict testdata/testdata.csv -o answers.csv": {
    "": "logged,model_sha256,output,reject_file,rejected,rows,run_id,warnings",
  },
  monitor: {
    "": monitoring,
    window: "end,file,label,labelled,rows,start",
    reference: "name,rows",
    drift: "columns,current_rows,dataset,known_rows?,reference_rows,reference_sample?,rules,target",
    "drift.dataset": "detected,drifted,limit,share,tested",
    "drift.columns.lastmonth_activity": "direction,drifted,limit,measure,psi,statistic,test,value",
    quality: "age_days,columns,duplicate_share,extra_columns,missing_columns,newest_at,rows",
    "quality.columns.lastmonth_activity":
      "constant,invalid_example,invalid_share,maximum,minimum,missing_share,new_categories,new_share,outside_example?,outside_share",
    performance:
      "error_standard_deviation,estimate,intervals,mean_actual,mean_predicted,metric,metrics,points,reference,rows,value",
    "performance.estimate": "calibrated,drifted,intervals,method,metrics,realised,rows",
    "findings[]": "area,columns?,interval,limit,message,name,passes,status,value",
    "windows[]": watchedWindow,
  },
  "monitor --show latest": { "": monitoring },
  "monitor --history": { "": "windows", "windows[]": watchedWindow },
  "alerts list": { "": "alerts,mutes,resolved,undelivered" },
  "alerts test": { "": "alerts" },
  "runs list": { "": "production,runs", "runs[]": run },
  "runs show latest": {
    "": "deployments,run",
    run,
    "run.score": `artifact,copied_rows,copied_validation_rows,created_at,curves,${score},warnings`,
    "run.model": artifact,
  },
  "runs diff v1 v1": {
    "": "a,b,data,differences,features,gates,notes,params,rows,settings",
    a: "created_at,family,feature_set,model_version,run_id,seed,threshold",
    "differences[]": "a,b,difference,greater_is_better,interval,metric,reason,share_better,smallest_effect,verdict",
    data: "a,added,b,changed,files_added,files_removed,moved,moved_reason,removed,same",
    "data.a": "column_count,dataset_id,files,rows,sha256,training_rows,validation_rows",
  },
  "why v1 --against v1": {
    "": "a,b,effects,models,notes,rows,settings,total",
    "effects[]": "differs,effect,factor,first,last,share,verdict",
    "models[]": "figure,from_second,reason",
    total: "a,b,difference,greater_is_better,interval,metric,reason,share_better,smallest_effect,verdict",
  },
  "models list": {
    "": "models",
    "models[]":
      "aliases,created_at,deployed_by,family,in_production,last_deployed_at,metric,note,path,run_id,value,version",
  },
  "models show": { "": "deployments,model,path,run,sha256", model, run },
  "runs tag latest quarterly owner=ann": { "": "run_id,tags", tags: "owner,quarterly" },
  "models note v1 keep": { "": "model_version,note,previous,run_id" },
  "models export v1 -o model.json": {
    "": "bytes,family,format,inputs,output,outputs,run_id,sha256",
    "inputs[]": "kind,name,width",
    "outputs[]": "kind,name,width",
  },
  "runs tag v1 owner=ann": { "": "run_id,tags" },
  "models promote v1 --to new": {
    "": "alerts,dry_run,files,from,metric,model_version,notes,path,previous_run_id,reasons,run_id,status,value",
  },
  "models alias staging v1": { "": "name,previous_run_id?,run_id" },
  "config validate --data": {
    "": "data,path,valid,warnings",
    data: "notes,path,rows,training_rows,validation_rows,warnings",
  },
  explain: {
    "": "base_value,classes,columns,family,importance,method,repeats,row_count,rows,run_id,sampled_rows,unit,value",
    "importance[]": "feature,importance",
    "columns[]": "column,importance",
  },
  "explain --method permutation": {
    "": "base_value,classes,columns,family,importance,method,repeats,row_count,rows,run_id,sampled_rows,unit,value",
    "importance[]": "feature,importance,standard_deviation",
  },
  reproduce: {
    "": "differences,expected_sha256,from,identical,notes,run_id,seconds,sha256",
    from: "config_sha256,dataset_id,dataset_sha256,family,seed",
  },
  "predict testdata/testdata.csv --log -o logged.csv": {
    "": "logged,model_sha256,output,reject_file,rejected,rows,run_id,warnings",
  },
  "labels testdata/testdata.csv": {
    "": "by,conflicts,duplicates,examples,first_rejected,invalid,label,labelled,matched,rejected,replaced,respelled,rows,unchanged,unmatched,without_label",
    examples: "conflicts,invalid,respelled,unmatched",
  },
  "predictions list": { "": "labelled,predictions,total", "predictions[]": prediction },
  "predictions show": { "": "prediction", prediction },
  apicalls: {
    "": "calls,failed,path,run_id,url",
    "calls[]": "bytes,method,ok,path,problem,seconds,status",
  },
  lineage: {
    "": "dataset,deployments,prediction,reference,run",
    run,
    dataset,
    "deployments[]": deployment,
    "dataset.files[]": "bytes,path,rows,sha256",
  },
  "at 2100-01-01": { "": "at,dataset,deployment,run", run, dataset, deployment, "deployment.model": artifact },
  "tune --dry-run": {
    "": "dry_run,fits,searches,trials",
    "searches[]": "family,feature_set,fits,fold_method,folds,method,model,trials",
  },
  tune: {
    "":
      "aliases,best,dataset,greater_is_better,leaderboard,metric,model,model_version,notes,rows_without_target,run_id,searches,training_rows,trials," +
      "validation_rows,value,warnings,written",
    best: "family,feature_set,model,params,trial,value",
    "searches[]": "best,configured,failed,family,feature_set,fits,fold_method,folds,method,model,pruned,reused,trials",
    "leaderboard[]":
      "family,feature_set,label,metrics,note,params,predict_seconds,rank,run_id,seconds,selection,weight",
    model: artifact,
  },
  "schedule next": { "": "jobs", "jobs[]": jobKeys },
  "schedule install --github --dry-run": { "": installed },
  "schedule remove --github": { "": installed },
  "schedule now verify": {
    "": "execution,job,status",
    execution:
      "command,due_at,ended_at,execution_id,exit_code,host,job,kind,log,pid,reason,seconds,started_at,status,trigger",
  },
  "schedule list": {
    "": "jobs",
    "jobs[]": jobKeys,
    "jobs[].last[]": "due_at,execution_id,exit_code,log,reason,seconds,started_at,status,trigger",
  },
  "prune --dry-run": { "": "bytes,dry_run,items,kinds", "kinds[]": "bytes,kept,kind,removed" },
  backup: { "": "bytes,content_bytes,damaged,files,path,sha256" },
  "backup copy.tar.gz": { "": "bytes,content_bytes,damaged,files,path,sha256" },
  "restore copy.tar.gz restored": {
    "": "absent,code_version,config,created_at,damaged,files,folder,next,records",
    "absent[]": "key,path",
  },
  verify: { "": "findings", "findings[]": finding },
  reindex: { "": "problems,records,set_aside" },
  doctor: { "": "code_version,findings,node,platform", "findings[]": finding },
  "engine list": { "": "available,engine,installed,refused,used" },
  "engine remove": { "": "removed" },
};

/** Written for people or for shells, not as a document; or stays until it is stopped; install is in engine.test.ts. */
// The keys of share, worker and workers, which need a database, are in shared.test.ts and workers.test.ts.
// Those of `alerts mute` and `unmute` are those of `alerts list`.
const withoutJson = [
  "alerts mute",
  "alerts unmute",
  "config schema",
  "completion",
  "schedule run",
  "serve",
  "watch",
  "engine install",
  "share",
  "worker",
  "workers",
];

let workspace: LifecycleWorkspace;
/** By command: its document. */
const documents = new Map<string, unknown>();
beforeAll(() => {
  workspace = sampleWorkspace();
  workspace.configure({
    train: {
      models: [{ family: "baseline" }, { family: "logistic_regression", search: { folds: 2, space: { C: [0.1, 1] } } }],
    },
    schedule: [
      { name: "fullprocess", cron: "*/10 * * * *" },
      { name: "verify", cron: "0 6 * * *" },
    ],
  });
  for (const line of Object.keys(contract)) {
    const { status, stdout, stderr } = workspace.run([...line.split(" "), "--json"]);
    expect(status, `mlctl ${line}\n${stderr}`).toBe(0);
    // One document and one line end; JSON.parse fails on any other byte.
    expect(stdout.indexOf("\n"), line).toBe(stdout.length - 1);
    documents.set(line, JSON.parse(stdout));
  }
});

/** What stands at a path such as "dataset.files[]": a list of all values there. */
function valuesAt(document: unknown, path: string): unknown[] {
  const steps = path === "" ? [] : path.split(".");
  return steps.reduce<unknown[]>(
    (values, step) =>
      values.flatMap((value) => {
        const found = (value as Record<string, unknown>)[step.replace("[]", "")];
        return step.endsWith("[]") ? (found as unknown[]) : [found];
      }),
    [document],
  );
}

function named(all: readonly Command[], above = ""): string[] {
  return all.flatMap(({ name, subcommands }) =>
    subcommands === undefined ? [`${above}${name}`] : named(subcommands, `${above}${name} `),
  );
}

describe("--json", () => {
  it("has a contract for every command", () => {
    const covered = (name: string): boolean =>
      [...Object.keys(contract), ...withoutJson].some((line) => line === name || line.startsWith(`${name} `));
    expect(named(commands).filter((name) => !covered(name))).toEqual([]);
  });

  it.each(Object.entries(contract))("of %s has the documented keys", (line, paths) => {
    for (const [path, keys] of Object.entries(paths)) {
      const values = valuesAt(documents.get(line), path);
      expect(values.length, path).toBeGreaterThan(0);
      const [always, maybe] = [false, true].map((optional) =>
        keys.split(",").flatMap((key) => (key.endsWith("?") === optional ? [key.replace("?", "")] : [])),
      ) as [string[], string[]];
      for (const value of values) {
        const found = Object.keys(value as object).filter((key) => !maybe.includes(key));
        expect(found.toSorted(), `${line}: ${path}`).toEqual(always.toSorted());
      }
    }
  });

  it("has snake_case keys, numbers as numbers and dates in ISO 8601, UTC", () => {
    const problems: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (Array.isArray(value)) return value.forEach((item, i) => look(item, `${path}[${i}]`));
      if (typeof value === "object" && value !== null) {
        for (const [key, item] of Object.entries(value)) {
          // Keys of the configuration, and parameters such as C, keep their names.
          if (!/^\$?[a-z0-9_]+$/.test(key) && !/config|settings|params/.test(path))
            problems.push(`${path}.${key}: key`);
          look(item, `${path}.${key}`);
        }
        return;
      }
      const name = path.replace(/.*\./, "");
      if (/(_at|^at)$/.test(name) && value !== null && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value)))
        problems.push(`${path}: ${String(value)} is no ISO date`);
      // The version of a model is a number, that of a library is not.
      if (/^(rows|seconds|value|bytes|rank|version|seed)$/.test(name) && !/settings|findings|^engine /.test(path))
        if (value !== null && typeof value !== "number") problems.push(`${path}: ${String(value)} is no number`);
    };
    for (const [line, document] of documents) look(document, line);
    expect(problems).toEqual([]);
  });

  it("prints nothing on stdout with an error, and the error on stderr, with --json as one JSON object", () => {
    for (const [args, status] of [
      [["runs", "show", "nosuchrun", "--json"], 2],
      [["score", "--data", "nowhere.csv", "--json"], 4],
      [["ingest", "--jsn"], 2],
    ] as const) {
      const finished = workspace.run(args);
      const isJson = args.includes("--json" as never);
      const error = isJson ? (JSON.parse(finished.stderr) as object) : { exit_code: status };
      expect(error, args.join(" ")).toMatchObject({ exit_code: status });
      expect([finished.stdout, finished.stderr.startsWith("error: ")], args.join(" ")).toEqual(["", !isJson]);
      expect(finished.status, args.join(" ")).toBe(status);
    }
  });
});

describe("in a pipe", () => {
  it.each([
    ["runs list", "run\tcreated\tfamily"],
    ["models list", "version\trun\tcreated"],
    ["lineage", "item\tsha256\t"],
    ["config show", "setting\tvalue\tsource"],
    ["doctor", "finding\tstatus\tvalue"],
    ["models show", "column\timportance"],
  ])("%s is tab-separated under a header, without a colour or a frame", (line, header) => {
    const stdout = workspace.ok(...line.split(" "));
    expect(stdout).toMatch(new RegExp(`^${header}.*\n[^\t\n]+\t`, "m"));
    expect(stdout).not.toMatch(/(?![\t\n])\p{Cc}|[│─┌]/u);
  });

  it("--quiet leaves stderr empty", () => {
    for (const line of ["ingest --force -q", "fullprocess -q", "runs list -q"])
      expect(workspace.run(line.split(" ")).stderr, line).toBe("");
  });
});
