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
/** 40003 says so itself; with the others the server ends the connection at any moment, its commit among them. */
const ambiguousStates = new Set(['40003', '57P01', '57P02', '57P04', '57P05', '25P03', '25P04']);
const missingSchemaStates = new Set(['42P01', '42883', '3F000']);
/** 42501, insufficient privilege. */
const missingRight =
  ' Grant the connecting role what it lacks: to append, the app role that migrate({ roles }) was given; to read, its ' +
  'reader role; to migrate, membership in its owner role, or CREATEROLE and CREATE on the database. doctor({ pool, schema }) names it.';
/** As Node's own are, ECONNREFUSED for one. */
const codePattern = /^[A-Z][A-Z_]{2,40}$/;
const connectFailures = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT']);

/** Classifies an error as `pg` throws it: by SQLSTATE where the server sent one, else by what the socket said. */
export function classifyError(error: unknown): ErrorClass {
  if (error instanceof NotSent) {
    const state = sqlState(error.cause);
    return state !== null && classifyState(state) === 'definite' ? 'definite' : 'retrySafe';
  }
  const state = sqlState(error);
  if (state !== null) return endsConnection(error) ? 'ambiguous' : classifyState(state);
  // Whatever else it is, a type parser of the host's that threw on the answer among them: it may hide a commit.
  return connectFailures.has(codeOf(error) ?? '') ? 'retrySafe' : 'ambiguous';
}

function classifyState(state: string): ErrorClass {
  if (ambiguousStates.has(state) || state.startsWith('08')) return 'ambiguous';
  return retrySafeStates.has(state) || state.startsWith('53') ? 'retrySafe' : 'definite';
}

/** The error a caller sees. `ambiguous` says that some try of an append may have been committed. */
export function toStoreError(error: unknown, schema: string, ambiguous: boolean): PaymentMethodsError {
  const state = sqlState(error instanceof NotSent ? error.cause : error);
  const details = { schema, sqlState: state };
  if (ambiguous) {
    return new PaymentMethodsError(
      'STORE_COMMIT_UNKNOWN',
      `The call may have been committed (schema "${schema}", ${reasonOf(error)}). Repeat the call: it is recognised.`,
      { details, cause: error },
    );
  }
  if (state !== null && missingSchemaStates.has(state)) {
    return new PaymentMethodsError(
      'STORE_SCHEMA_MISSING',
      `The database has no event store in schema "${schema}", or an older one. Run migrate({ pool, schema }) first.`,
      { details, cause: error },
    );
  }
  if (state !== null && state !== '57014' && classifyError(error) === 'definite') {
    return new PaymentMethodsError(
      'STORE_REFUSED',
      `The database refused the call (schema "${schema}", ${reasonOf(error)}); its own words are in the error's cause.${state === '42501' ? missingRight : ''}`,
      { details, cause: error },
    );
  }
  return new PaymentMethodsError(
    'STORE_UNAVAILABLE',
    `The database (schema "${schema}") could not be reached, or did not answer in time (${reasonOf(error)}); nothing was written. Check that it is up and its address right, then try again.`,
    { details, cause: error },
  );
}

/** As a code alone: the words of a server or a driver may quote a value, a host or a user, and the cause has them. */
function reasonOf(error: unknown): string {
  if (error instanceof NotSent) return reasonOf(error.cause);
  const state = sqlState(error);
  if (state !== null) return `SQLSTATE ${state}`;
  const code = codeOf(error);
  return code !== null && codePattern.test(code) ? code : 'no code';
}

/** The SQLSTATE, if the server sent one; a socket's own codes (EPIPE has five capitals too) are not among them. */
export function sqlState(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'severity' in error ? codeOf(error) : null;
}

/** A FATAL or a PANIC is the last the server says on a connection. */
function endsConnection(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('severity' in error)) return false;
  return error.severity === 'FATAL' || error.severity === 'PANIC';
}

function codeOf(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
