import { z } from "zod";

// Zod's compiled validators need eval, which the content security policy forbids.
z.config({ jitless: true });

/** Fields that a node may leave out or send as null read as null. */
export const maybeText = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
export const maybeNumber = z
  .number()
  .nullish()
  .transform((value) => value ?? null);
export const numberOrZero = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
export const flag = (fallback: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? fallback);
export const list = <S extends z.ZodType>(item: S) =>
  z
    .array(item)
    .nullish()
    .transform((value) => value ?? []);

export { z };
