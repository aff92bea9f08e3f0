/** The channels of config.json; one that cannot be used fails each of its messages with the reason. */
import { isReadable, requireVariables } from "../../config/unsetValues.ts";
import type { Config } from "../../config/schema/schema.ts";
import { fileVariables } from "../../config/variablesFile.ts";
import { attempt, type MlctlError } from "../../core/errors.ts";
import { milliseconds } from "../../core/text/format.ts";
import { RefusedError, type Channel } from "../../notify/channel.ts";
import type { Workspace } from "../workspace.ts";

export interface ConfiguredChannel {
  readonly channel: Channel;
  readonly settings: Config["alerts"][number];
}

/** Repeated names get a number, e.g. for two webhooks of one host. */
export async function channelsOf({ config, configPath, trust }: Workspace): Promise<ConfiguredChannel[]> {
  if (config.alerts.length === 0) return [];
  const { channelOf } = await import("../../notify/channelOf.ts");
  const variables = config.alerts.some(({ type }) => type === "command") ? fileVariables(configPath) : {};
  const used = new Map<string, number>();
  return config.alerts.map((settings, i) => {
    const problem = attempt(
      () => requireVariables(settings),
      (error) => error,
    );
    const refusal = trust.refusal(`alerts.${i}`);
    const usable =
      problem === undefined
        ? channelOf(settings, milliseconds(settings.timeout), variables)
        : unusable(settings, problem);
    const channel = refusal === undefined ? usable : { ...usable, ...refused(refusal) };
    const count = (used.get(channel.name) ?? 0) + 1;
    used.set(channel.name, count);
    return { settings, channel: count === 1 ? channel : { ...channel, name: `${channel.name} (${count})` } };
  });
}

const UNSET = "set the variable, or correct its name in config.json; `mlctl alerts test` checks the channel";

/** Every message to a channel whose variable is not set fails with that reason; the other channels get theirs. */
function unusable(settings: Config["alerts"][number], problem: MlctlError): Channel {
  const { type } = settings;
  const name = isReadable(settings, "name") ? settings.name : undefined;
  return { type, name: name ?? type, secrets: [], timeoutMs: 1000, ...refused(problem), hint: UNSET };
}

function refused({ message, hint }: MlctlError): Pick<Channel, "hint" | "send"> {
  return { hint, send: () => Promise.reject(new RefusedError(message)) };
}
