/** E-mail channel: sends the alert over SMTP. The only importer of nodemailer. */
import { createTransport } from "nodemailer";
import type { Channel } from "./channel.ts";

export interface EmailSettings {
  readonly type: "email";
  readonly to: string;
  readonly from?: string | undefined;
  /** smtp://user:password@host:port, or smtps:// */
  readonly smtp: string;
}

export function email({ to, from, smtp }: EmailSettings, timeoutMs: number): Channel {
  return {
    type: "email",
    name: `email ${to}`,
    secrets: [smtp],
    timeoutMs,
    async send({ subject, lines, next }, signal) {
      const limits = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
      const transport = createTransport({ url: smtp, ...limits });
      const stop = (): void => transport.close();
      signal.addEventListener("abort", stop, { once: true });
      try {
        await transport.sendMail({
          from: from ?? to.split(",")[0]!.trim(),
          to,
          subject,
          text: [...lines, "", `Next: ${next}`, ""].join("\n"),
          // Suppresses automatic replies (RFC 3834).
          headers: { "Auto-Submitted": "auto-generated" },
        });
      } finally {
        signal.removeEventListener("abort", stop);
        transport.close();
      }
    },
  };
}
