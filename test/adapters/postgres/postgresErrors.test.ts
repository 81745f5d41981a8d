import { describe, expect, it } from 'vitest';
import type { ErrorClass } from '../../../src/adapters/postgres/postgresErrors.ts';
import { classifyError, NotSent, toStoreError } from '../../../src/adapters/postgres/postgresErrors.ts';

const fromServer = (code: string, severity = 'ERROR') => Object.assign(new Error('x'), { severity, code });
const fromSocket = (code: string) => Object.assign(new Error('x'), { code });

/** What a driver error says of a statement that was sent: nothing written, perhaps written, or never to be written. */
const errors: readonly (readonly [string, unknown, ErrorClass])[] = [
  ['40001 serialization failure', fromServer('40001'), 'retrySafe'],
  ['40P01 deadlock', fromServer('40P01'), 'retrySafe'],
  ['55P03 lock timeout', fromServer('55P03'), 'retrySafe'],
  ['53100 disk full', fromServer('53100'), 'retrySafe'],
  ['53200 out of memory', fromServer('53200'), 'retrySafe'],
  ['57P03 starting up, or shutting down', fromServer('57P03'), 'retrySafe'],
  ['25006 read-only: a standby', fromServer('25006'), 'retrySafe'],
  ['26000 prepared statement lost by a pooler', fromServer('26000'), 'retrySafe'],
  ['42P05 prepared statement kept by a pooler', fromServer('42P05'), 'retrySafe'],
  ['refused', fromSocket('ECONNREFUSED'), 'retrySafe'],
  ['unknown host', fromSocket('ENOTFOUND'), 'retrySafe'],
  ['name server busy', fromSocket('EAI_AGAIN'), 'retrySafe'],
  ['host unreachable', fromSocket('EHOSTUNREACH'), 'retrySafe'],
  ['network unreachable', fromSocket('ENETUNREACH'), 'retrySafe'],
  ['no such socket file', fromSocket('ENOENT'), 'retrySafe'],

  ['40003 statement completion unknown', fromServer('40003'), 'ambiguous'],
  ['08000 connection exception', fromServer('08000'), 'ambiguous'],
  ['08003 connection does not exist', fromServer('08003'), 'ambiguous'],
  ['08006 connection failure', fromServer('08006'), 'ambiguous'],
  ['57P01 backend terminated', fromServer('57P01'), 'ambiguous'],
  ['57P01 backend terminated, said in another language', fromServer('57P01', 'ВАЖНО'), 'ambiguous'],
  ['57P02 crash of another backend', fromServer('57P02'), 'ambiguous'],
  ['57P04 database dropped', fromServer('57P04'), 'ambiguous'],
  ['57P05 idle session timeout', fromServer('57P05'), 'ambiguous'],
  ['25P04 transaction timeout', fromServer('25P04'), 'ambiguous'],
  ['anything FATAL: the server ends the connection', fromServer('XX000', 'FATAL'), 'ambiguous'],
  ['53100 in a PANIC: the commit record may be on disk', fromServer('53100', 'PANIC'), 'ambiguous'],
  ['reset', fromSocket('ECONNRESET'), 'ambiguous'],
  ['timed out', fromSocket('ETIMEDOUT'), 'ambiguous'],
  ['EPIPE, which is no SQLSTATE though it has five letters', fromSocket('EPIPE'), 'ambiguous'],
  ['cut, without any code', new Error('Connection terminated unexpectedly'), 'ambiguous'],
  ['read timeout, without any code', new Error('Query read timeout'), 'ambiguous'],
  ['thrown by what reads the answer', new TypeError('x'), 'ambiguous'],
  ['not even an error', 'x', 'ambiguous'],

  ['57014 cancelled, or statement timeout', fromServer('57014'), 'definite'],
  ['22P02 invalid text', fromServer('22P02'), 'definite'],
  ['23505 unique violation', fromServer('23505'), 'definite'],
  ['42501 no privilege', fromServer('42501'), 'definite'],
  ['42P01 no such table', fromServer('42P01'), 'definite'],
  ['XX000 internal error', fromServer('XX000'), 'definite'],
];

/** The same before anything was sent. */
const connectErrors: readonly (readonly [string, unknown, ErrorClass])[] = [
  ['53300 too many connections', fromServer('53300', 'FATAL'), 'retrySafe'],
  ['57P03 starting up', fromServer('57P03', 'FATAL'), 'retrySafe'],
  ['57P01 terminated', fromServer('57P01', 'FATAL'), 'retrySafe'],
  ['reset', fromSocket('ECONNRESET'), 'retrySafe'],
  ['no connection in time, without any code', new Error('timeout exceeded when trying to connect'), 'retrySafe'],
  ['28P01 wrong password', fromServer('28P01', 'FATAL'), 'definite'],
  ['3D000 no such database', fromServer('3D000', 'FATAL'), 'definite'],
];

describe('a driver error', () => {
  it.each(errors)('%s: %3$s', (_, error, errorClass) => {
    expect(classifyError(error)).toBe(errorClass);
  });

  it.each(connectErrors)('on the way to a connection, %s: %3$s', (_, error, errorClass) => {
    expect(classifyError(new NotSent(error))).toBe(errorClass);
  });
});

describe('the error a caller sees', () => {
  it.each([
    [fromServer('42P01'), false, 'STORE_SCHEMA_MISSING', 'migrate('],
    [fromServer('42883'), false, 'STORE_SCHEMA_MISSING', 'migrate('],
    [fromServer('3F000'), false, 'STORE_SCHEMA_MISSING', 'migrate('],
    [fromSocket('ECONNRESET'), true, 'STORE_COMMIT_UNKNOWN', 'Repeat the call'],
    [fromServer('42P01'), true, 'STORE_COMMIT_UNKNOWN', 'Repeat the call'],
    [fromServer('42501'), true, 'STORE_COMMIT_UNKNOWN', 'Repeat the call'],
    [fromSocket('ECONNREFUSED'), false, 'STORE_UNAVAILABLE', 'nothing was written'],
    [fromServer('57014'), false, 'STORE_UNAVAILABLE', 'nothing was written'],
    [fromServer('25006'), false, 'STORE_UNAVAILABLE', 'nothing was written'],
    [fromServer('42501'), false, 'STORE_REFUSED', 'SQLSTATE 42501'],
    [new NotSent(fromServer('28P01', 'FATAL')), false, 'STORE_REFUSED', 'SQLSTATE 28P01'],
  ])('for %o, ambiguous %s, is %s', (error, ambiguous, code, message) => {
    const reported = toStoreError(error, 'payment_trail', ambiguous);
    expect(reported).toMatchObject({ code, message: expect.stringContaining(message), cause: error });
    expect(reported.message).toContain('payment_trail');
  });

  it('gives the code where there are no words', () => {
    const everyAddress = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    expect(toStoreError(new NotSent(everyAddress), 's', false).message).toContain('nothing was written: ECONNREFUSED.');
  });
});
