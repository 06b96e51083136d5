import { queryOptions } from "@tanstack/react-query";
import { flag, maybeNumber, maybeText, numberOrZero, or, z } from "@/api/base";
import { call, path } from "@/api/client";

const row = {
  id: z.string(),
  name: z.string(),
  maskedKey: maybeText,
  status: z.string(),
  models: or(z.array(z.string()), []),
  mode: maybeText,
  rpm: maybeNumber,
  rpd: maybeNumber,
  tpm: maybeNumber,
  tpd: maybeNumber,
  enabled: flag(true),
  createdAt: maybeText,
  expiresAt: maybeText,
  usage: or(z.object({ rpm: numberOrZero, rpd: numberOrZero, tpm: numberOrZero, tpd: numberOrZero }), {
    rpm: 0,
    rpd: 0,
    tpm: 0,
    tpd: 0,
  }),
};
const apiKey = z.object(row);
export const apiKeysSchema = z.array(apiKey);
export type ApiKey = z.infer<typeof apiKey>;

/** POST /api/api-keys: the only answer that holds the key itself. */
export const madeKeySchema = z.object({ ...row, key: z.string() });

export const apiKeysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: ({ signal }) => call(path(["api-keys"]), apiKeysSchema, { signal }),
  refetchInterval: 5000,
});

export type Draft = {
  name: string;
  models: string;
  mode: string;
  rpm: string;
  rpd: string;
  tpm: string;
  tpd: string;
  expires: string;
};
export const emptyDraft: Draft = { name: "", models: "", mode: "", rpm: "", rpd: "", tpm: "", tpd: "", expires: "" };

/** What was typed, as POST takes it: what is empty is left out, and means all models, any mode, no limit, no end. */
export function draftBody(draft: Draft): Record<string, unknown> {
  const limits = (["rpm", "rpd", "tpm", "tpd"] as const).map((name) => [name, draft[name].trim()] as const);
  const models = draft.models.split(/[\s,]+/).filter((each) => each !== "");
  return {
    name: draft.name.trim(),
    ...(models.length > 0 ? { models } : {}),
    ...(draft.mode === "" ? {} : { mode: draft.mode }),
    ...Object.fromEntries(limits.filter(([, text]) => text !== "").map(([name, text]) => [name, Number(text)])),
    ...(draft.expires === "" ? {} : { expiresAt: new Date(`${draft.expires}T23:59:59`).toISOString() }),
  };
}
