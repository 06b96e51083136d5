import type { Cluster, Cooldown } from "@/api/cluster";
import type { ProviderKey } from "@/api/keys";
import { shortAddress } from "@/lib/format";
import { outcomeWords } from "@/lib/words";

export type Concern = {
  id: string;
  tone: "bad" | "warn";
  text: string;
  detail: string | null;
  until: string | null;
  to: "/cluster" | "/models" | "/providers";
};

type Sources = {
  cluster?: Cluster;
  /** Whether the node that answers this page does so no longer: then all that is known is old. */
  silent?: boolean;
  cooldowns?: readonly Cooldown[];
  keys?: readonly ProviderKey[];
};

/** What needs a person's eye now, worst first: nodes, keys, then what cools. */
export function concerns({ cluster, silent = false, cooldowns = [], keys = [] }: Sources, now: number): Concern[] {
  const nodes = (cluster?.unreachable ?? []).map((address): Concern => ({
    id: `node ${address}`,
    tone: "bad",
    text: `${shortAddress(address)} is unreachable`,
    detail: null,
    until: null,
    to: "/cluster",
  }));
  const refused = keys
    .filter(({ enabled, status }) => enabled && (status === "invalid" || status === "error"))
    .map((key): Concern => ({
      id: `key ${key.id}`,
      tone: "bad",
      text: `${key.platform} · ${key.label || key.maskedKey || key.id}`,
      detail: key.status === "invalid" ? "Key refused by its provider" : (key.statusReason ?? "Key in error"),
      until: null,
      to: "/providers",
    }));
  const cooling = cooldowns
    .filter(({ until }) => Date.parse(until) > now)
    .map((cooldown): Concern => ({
      id: `cooldown ${cooldown.id}`,
      tone: "warn",
      text:
        cooldown.scope === "key"
          ? `${cooldown.platform} · ${cooldown.keyLabel ?? "key"}`
          : `${cooldown.platform}/${cooldown.model ?? ""}`,
      detail: cooldown.reason && outcomeWords(cooldown.reason).name,
      until: cooldown.until,
      to: cooldown.scope === "key" ? "/providers" : "/models",
    }));
  const self: Concern[] = silent
    ? [
        {
          id: "silent",
          tone: "bad",
          text: cluster ? `${shortAddress(cluster.self)} does not answer` : "The node does not answer",
          detail: "What is shown here is old",
          until: null,
          to: "/cluster",
        },
      ]
    : [];
  return [...self, ...nodes, ...refused, ...cooling];
}
