import { PaymentMethodsError } from '../../application/errors.ts';

/** The schema used when the host names none. */
export const defaultSchema = 'payment_trail';

/** The schema's name, checked and quoted for SQL. Throws `INVALID_OPTIONS`. */
export function quoteSchema(schema: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(schema)) return `"${schema}"`;
  throw new PaymentMethodsError(
    'INVALID_OPTIONS',
    `The schema name must be a letter or underscore, then up to 62 letters, digits or underscores; it is ${JSON.stringify(schema.slice(0, 80))}.`,
    { details: { schema: schema.slice(0, 80) } },
  );
}
