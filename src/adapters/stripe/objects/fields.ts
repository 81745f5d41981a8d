import * as z from 'zod';

export const id = z.string().min(1).max(255);

/** A reference to another object, which Stripe writes as its id or, expanded, as the object; null where there is none. */
export const reference = z
  .union([id, z.object({ id }).transform((object) => object.id)])
  .nullish()
  .transform((found) => found ?? null);

/** An account that acts as a customer; absent before 2025-12-15.clover. */
export const customerAccount = id.nullish().transform((account) => account ?? null);
