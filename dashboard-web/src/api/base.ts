import * as z from "zod/mini";

// Zod's compiled validators need eval, which the content security policy forbids.
z.config({ jitless: true });

/** What a schema reads, turned into something else. */
export function mapped<S extends z.ZodMiniType, T>(schema: S, turn: (value: z.output<S>) => T) {
  return z.pipe(schema, z.transform(turn));
}

/** A field that a node may leave out or send as null reads as the fallback. */
export function or<S extends z.ZodMiniType, T>(schema: S, fallback: T) {
  return mapped(z.nullish(schema), (value): NonNullable<z.output<S>> | T => value ?? fallback);
}

export const maybeText = or(z.string(), null);
export const maybeNumber = or(z.number(), null);
export const numberOrZero = or(z.number(), 0);
export const flag = (fallback: boolean) => or(z.boolean(), fallback);
export const list = <S extends z.ZodMiniType>(item: S) => or(z.array(item), [] as z.output<S>[]);

export { z };
