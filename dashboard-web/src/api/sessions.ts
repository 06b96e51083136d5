import { list, mapped, maybeNumber, maybeText, numberOrZero, z } from "@/api/base";

const session = z.object({
  key: z.string(),
  mode: maybeText,
  model: maybeText,
  platform: maybeText,
  keyLabel: maybeText,
  bans: list(z.object({ platform: z.string(), until: maybeText, reason: maybeText })),
  turns: numberOrZero,
  lastUsed: maybeText,
  node: maybeText,
});

/** `skipped` says why a candidate was left out; false or null means it was not. */
const skipped = mapped(z.nullish(z.union([z.string(), z.boolean()])), (value) => {
  if (value === true) return "skipped";
  return value ? value : null;
});

const decision = z.object({
  at: maybeText,
  requestId: maybeText,
  candidates: list(z.object({ model: z.string(), score: maybeNumber, skipped })),
  attempts: list(z.object({ model: z.string(), key: maybeText, outcome: maybeText, ms: maybeNumber })),
});

export const sessionsSchema = z.array(session);
export const sessionDetailSchema = z.extend(session, { decisions: list(decision) });

export type Session = z.infer<typeof session>;
export type SessionDetail = z.infer<typeof sessionDetailSchema>;
export type Decision = z.infer<typeof decision>;
export type Attempt = Decision["attempts"][number];

/** Whether an attempt's outcome is a success, whatever its capitals. */
export function succeeded(outcome: string | null): boolean {
  return outcome !== null && /^(success|ok|completed|succeeded)$/i.test(outcome);
}

/** A model's whole name, `platform/model`; null where there is none. */
export function modelName({ platform, model }: { platform: string | null; model: string | null }): string | null {
  if (!model) return null;
  return platform ? `${platform}/${model}` : model;
}
