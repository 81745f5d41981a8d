import { PaymentMethodsError } from '../../application/errors.ts';
import type { PgPool } from './pool.ts';

/** The schema used when the host names none. */
export const defaultSchema = 'payment_trail';

/** The pool, if it is one. Throws `INVALID_OPTIONS`. */
export function checkPool(pool: PgPool): PgPool {
  // Untyped callers forget the braces around it, or hand over nothing.
  const given: unknown = pool;
  if (typeof given === 'object' && given !== null && 'connect' in given && typeof given.connect === 'function')
    return pool;
  throw new PaymentMethodsError(
    'INVALID_OPTIONS',
    'pool must be a pg.Pool, as in { pool: new pg.Pool({ connectionString }) }.',
  );
}

/** The schema's name, checked and quoted for SQL. Throws `INVALID_OPTIONS`. */
export function quoteSchema(schema: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(schema)) return `"${schema}"`;
  throw new PaymentMethodsError(
    'INVALID_OPTIONS',
    `The schema name must be a letter or underscore, then up to 62 letters, digits or underscores; it is ${JSON.stringify(schema.slice(0, 80))}.`,
    { details: { schema: schema.slice(0, 80) } },
  );
}

/** The trail's name, if it is one. Throws `INVALID_OPTIONS`. */
export function checkTrail(trail: string): string {
  if (/^[A-Za-z0-9._:-]{1,200}$/.test(trail)) return trail;
  throw new PaymentMethodsError(
    'INVALID_OPTIONS',
    `A trail's name must be 1 to 200 letters, digits or any of . _ : -; it is ${JSON.stringify(trail.slice(0, 80))}.`,
  );
}
