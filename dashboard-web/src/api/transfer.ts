import { z } from "@/api/base";

const item = z.object({
  platform: z.string(),
  name: z.string(),
  outcome: z.enum(["added", "present", "without-secret"]),
});
export type ImportItem = z.infer<typeof item>;

/** POST /api/import: what becomes, or would become, of each row. */
export const importReportSchema = z.object({
  dryRun: z.boolean(),
  platforms: z.array(item),
  models: z.array(item),
  keys: z.array(item),
});
export type ImportReport = z.infer<typeof importReportSchema>;

/** GET and POST /api/export: passed on as it is, only its kind is checked. */
export const exportSchema = z.looseObject({ format: z.string(), keys: z.array(z.unknown()) });

/** How many rows of a report come in. */
export function added(report: ImportReport): number {
  return [...report.platforms, ...report.models, ...report.keys].filter(({ outcome }) => outcome === "added").length;
}

/** A file's text as JSON; throws with words for people. */
export function readExport(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("This file is not JSON.");
  }
}
