import { PaymentMethodsError } from '../../application/errors.ts';

/**
 * What a driver error says of the call. `retrySafe`: nothing was written, and a repeat may go through. `ambiguous`: it may
 * have been written. `definite`: nothing was written, and a repeat would fail again.
 */
export type ErrorClass = 'retrySafe' | 'ambiguous' | 'definite';

/** No connection could be had, so nothing was sent; `cause` says why. */
export class NotSent extends Error {
  constructor(cause: unknown) {
    super('no connection to Postgres could be had', { cause });
  }
}

/** 26000 and 42P05: a pooler in between lost, or kept, a prepared statement; a new connection prepares it anew. */
const retrySafeStates = new Set(['40001', '40P01', '55P03', '57P03', '25006', '26000', '42P05']);
const ambiguousStates = new Set(['57P01', '57P02', '40003']);
const missingSchemaStates = new Set(['42P01', '42883', '3F000']);
/** 42501, insufficient privilege. */
const missingRight =
  '. Grant the connecting role what it lacks: to append, the app role that migrate({ roles }) was given; to read, its ' +
  'reader role; to migrate, membership in its owner role, or CREATEROLE and CREATE on the database. doctor({ pool, schema }) names it.';
const connectFailures = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT']);

/** Classifies an error as `pg` throws it: by SQLSTATE where the server sent one, else by what the socket said. */
export function classifyError(error: unknown): ErrorClass {
  if (error instanceof NotSent) return classifyError(error.cause) === 'definite' ? 'definite' : 'retrySafe';
  const state = sqlState(error);
  if (state !== null) {
    if (retrySafeStates.has(state) || state.startsWith('53')) return 'retrySafe';
    if (ambiguousStates.has(state) || state.startsWith('08')) return 'ambiguous';
    return 'definite';
  }
  const code = codeOf(error);
  if (code !== null && connectFailures.has(code)) return 'retrySafe';
  // An error of our own making, such as a TypeError, would come again; a driver error without a state may hide a commit.
  return error instanceof TypeError || error instanceof RangeError ? 'definite' : 'ambiguous';
}

/** The error a caller sees. `ambiguous` says that some try of an append may have been committed. */
export function toStoreError(error: unknown, schema: string, ambiguous: boolean): PaymentMethodsError {
  const state = sqlState(error instanceof NotSent ? error.cause : error);
  const details = { schema, sqlState: state };
  if (state !== null && missingSchemaStates.has(state)) {
    return new PaymentMethodsError(
      'STORE_SCHEMA_MISSING',
      `The database has no event store in schema "${schema}", or an older one. Run migrate({ pool, schema }) first.`,
      { details, cause: error },
    );
  }
  if (ambiguous) {
    return new PaymentMethodsError(
      'STORE_COMMIT_UNKNOWN',
      `The connection to the database (schema "${schema}") was lost while it may have been committing. Repeat the call: it is recognised.`,
      { details, cause: error },
    );
  }
  if (state !== null && state !== '57014' && classifyError(error) === 'definite') {
    return new PaymentMethodsError(
      'STORE_REFUSED',
      `The database refused the call (SQLSTATE ${state}, schema "${schema}"): ${messageOf(error)}${state === '42501' ? missingRight : ''}`,
      { details, cause: error },
    );
  }
  return new PaymentMethodsError(
    'STORE_UNAVAILABLE',
    `The database (schema "${schema}") could not be reached, or did not answer; nothing was written. Check that it is up and its address right, then try again.`,
    { details, cause: error },
  );
}

function messageOf(error: unknown): string {
  if (error instanceof NotSent) return messageOf(error.cause);
  return error instanceof Error ? error.message : String(error);
}

/** The SQLSTATE, if the server sent one; a socket's own codes (EPIPE has five capitals too) are not among them. */
export function sqlState(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'severity' in error ? codeOf(error) : null;
}

function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
