/** The XGBoost release that `mlctl engine install` installs: wheel and checksum for each platform, and who has none. */

export interface Wheel {
  /** Project on the package index. "xgboost-cpu" has no GPU code: 6 MB instead of 132 MB. */
  readonly project: "xgboost-cpu" | "xgboost";
  readonly filename: string;
  readonly sha256: string;
}

export const XGBOOST_VERSION = "3.2.0";

/** Value of MLCTL_XGBOOST_LIBRARY that disables all installed libraries. */
export const NO_LIBRARY = "none";

/** By Node's platform and architecture. Copied from the package index on 2026-11-28. */
export const wheels: Readonly<Record<string, Wheel>> = {
  "linux-x64": {
    project: "xgboost-cpu",
    filename: "xgboost_cpu-3.2.0-py3-none-manylinux_2_28_x86_64.whl",
    sha256: "9c10b1653e1a689bf4094a328144cf3633c9be0e5217a76fbdc2fde6abcb2950",
  },
  "linux-arm64": {
    project: "xgboost-cpu",
    filename: "xgboost_cpu-3.2.0-py3-none-manylinux_2_28_aarch64.whl",
    sha256: "896b9e2bc52ec0921edf92ddd1cebedf47032e94992b7aca0293524d380ce6e9",
  },
  "win32-x64": {
    project: "xgboost-cpu",
    filename: "xgboost_cpu-3.2.0-py3-none-win_amd64.whl",
    sha256: "bfe72e42f73d2c6870a1a8b75324d56ae86ddad9abd4dccefeb36f2c3196dd48",
  },
  "win32-arm64": {
    project: "xgboost-cpu",
    filename: "xgboost_cpu-3.2.0-py3-none-win_arm64.whl",
    sha256: "78fc90c09d7a1a1603ebb3a1c341689096797160c35a996d6a096b03e20caab4",
  },
  "darwin-arm64": {
    project: "xgboost",
    filename: "xgboost-3.2.0-py3-none-macosx_12_0_arm64.whl",
    sha256: "eabbd40d474b8dbf6cb3536325f9150b9e6f0db32d18de9914fb3227d0bef5b7",
  },
  "darwin-x64": {
    project: "xgboost",
    filename: "xgboost-3.2.0-py3-none-macosx_10_15_x86_64.whl",
    sha256: "2f661966d3e322536d9c448090a870fcba1e32ee5760c10b7c46bac7a342079a",
  },
};

/** The wheel for a machine; null if XGBoost has none. */
export function availableWheel(machine = thisMachine()): Wheel | null {
  return wheels[machine] ?? null;
}

/** E.g. "linux-x64". The wheels for Linux need glibc, so a Linux with musl is another machine: "linux-x64-musl". */
export function thisMachine(): string {
  const machine = `${process.platform}-${process.arch}`;
  if (process.platform !== "linux") return machine;
  Object.assign(process.report, { excludeNetwork: true }); // no look-up of host names
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? `${machine}-musl` : machine;
}

/** How to get the native engine on this machine. */
export function installHint(named = process.env.MLCTL_XGBOOST_LIBRARY, wheel = availableWheel()): string {
  if (named === NO_LIBRARY) return `MLCTL_XGBOOST_LIBRARY is "${NO_LIBRARY}": unset it to use the native engine`;
  if (wheel === null) return "set MLCTL_XGBOOST_LIBRARY to a libxgboost of your own to use the native engine";
  return "`mlctl engine install` installs the native engine";
}
