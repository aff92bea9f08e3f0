import { describe, expect, it } from "vitest";
import { keepSecret, maskSecrets } from "./maskSecrets.ts";

describe("maskSecrets", () => {
  it("removes a secret whole and in the parts that a message may quote", () => {
    keepSecret([
      "Bearer h3ader-Secret",
      "smtp://ops:lowercasepass%20x@mail.example:25",
      "curl --token=T0kenOfCommand -H 'X-Key: K3yOfCommand' https://h.example/p?sig=S1gnature",
    ]);
    for (const part of ["h3ader-Secret", "lowercasepass%20x", "lowercasepass x", "T0kenOfCommand", "K3yOfCommand"])
      expect(maskSecrets(`failed: "${part}"!`)).toBe('failed: "***"!');
    expect(maskSecrets("no S1gnature at h.example")).toBe("no *** at h.example");
  });

  it("leaves ordinary words, paths and names of variables", () => {
    keepSecret(["production", "grep MLCTL_TRUST /tmp/Sec/a.txt", "application/json", "v2"]);
    keepSecret(["averylongpassphrase"]);
    const text = "production_deployment, MLCTL_TRUST=1, /tmp/Sec/b, application/json, averylongpassphrase";
    expect(maskSecrets(text)).toBe("production_deployment, MLCTL_TRUST=1, /tmp/Sec/b, application/json, ***");
  });

  it("leaves the words of a command in other messages, except in those about the command", () => {
    keepSecret(["sh models/monitoring/send.sh production"]);
    const text = "models/monitoring and production";
    expect(maskSecrets(text)).toBe(text);
    expect(maskSecrets(text, ["sh send.sh production"])).toBe("models/monitoring and ***");
  });
});
