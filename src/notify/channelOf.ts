/** Creates the channel of an entry of `alerts` in config.json. */
import type { Channel } from "./channel.ts";
import { command, type CommandSettings } from "./command.ts";
import { email, type EmailSettings } from "./email.ts";
import { webhook, type WebhookSettings } from "./webhook.ts";

export type ChannelSettings = (WebhookSettings | EmailSettings | CommandSettings) & {
  readonly name?: string | undefined;
};

export function channelOf(settings: ChannelSettings, timeoutMs: number): Channel {
  const made = make(settings, timeoutMs);
  return settings.name === undefined ? made : { ...made, name: settings.name };
}

function make(settings: ChannelSettings, timeoutMs: number): Channel {
  switch (settings.type) {
    case "webhook":
      return webhook(settings, timeoutMs);
    case "email":
      return email(settings, timeoutMs);
    case "command":
      return command(settings, timeoutMs);
  }
}
