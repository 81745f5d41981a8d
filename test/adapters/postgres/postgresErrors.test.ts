import { describe, expect, it } from 'vitest';
import type { ErrorClass } from '../../../src/adapters/postgres/postgresErrors.ts';
import { classifyError, NotSent, toStoreError } from '../../../src/adapters/postgres/postgresErrors.ts';

const fromServer = (code: string, severity = 'ERROR') => Object.assign(new Error('x'), { severity, code });
const fromSocket = (code: string) => Object.assign(new Error('x'), { code });

/** What a driver error says of a statement that was sent: nothing written, perhaps written, or never to be written. */
const errors: readonly (readonly [string, ErrorClass, unknown])[] = [
  ['40001 serialization failure', 'retrySafe', fromServer('40001')],
  ['40P01 deadlock', 'retrySafe', fromServer('40P01')],
  ['55P03 lock timeout', 'retrySafe', fromServer('55P03')],
  ['53100 disk full', 'retrySafe', fromServer('53100')],
  ['53200 out of memory', 'retrySafe', fromServer('53200')],
  ['57P03 starting up, or shutting down', 'retrySafe', fromServer('57P03')],
  ['25006 read-only: a standby', 'retrySafe', fromServer('25006')],
  ['26000 prepared statement lost by a pooler', 'retrySafe', fromServer('26000')],
  ['42P05 prepared statement kept by a pooler', 'retrySafe', fromServer('42P05')],
  ['refused', 'retrySafe', fromSocket('ECONNREFUSED')],
  ['unknown host', 'retrySafe', fromSocket('ENOTFOUND')],
  ['name server busy', 'retrySafe', fromSocket('EAI_AGAIN')],
  ['host unreachable', 'retrySafe', fromSocket('EHOSTUNREACH')],
  ['network unreachable', 'retrySafe', fromSocket('ENETUNREACH')],
  ['no such socket file', 'retrySafe', fromSocket('ENOENT')],

  ['40003 statement completion unknown', 'ambiguous', fromServer('40003')],
  ['08000 connection exception', 'ambiguous', fromServer('08000')],
  ['08003 connection does not exist', 'ambiguous', fromServer('08003')],
  ['08006 connection failure', 'ambiguous', fromServer('08006')],
  ['57P01 backend terminated', 'ambiguous', fromServer('57P01')],
  ['57P01 backend terminated, said in another language', 'ambiguous', fromServer('57P01', 'ВАЖНО')],
  ['57P02 crash of another backend', 'ambiguous', fromServer('57P02')],
  ['57P04 database dropped', 'ambiguous', fromServer('57P04')],
  ['57P05 idle session timeout', 'ambiguous', fromServer('57P05')],
  ['25P04 transaction timeout', 'ambiguous', fromServer('25P04')],
  ['anything FATAL: the server ends the connection', 'ambiguous', fromServer('XX000', 'FATAL')],
  ['53100 in a PANIC: the commit record may be on disk', 'ambiguous', fromServer('53100', 'PANIC')],
  ['reset', 'ambiguous', fromSocket('ECONNRESET')],
  ['timed out', 'ambiguous', fromSocket('ETIMEDOUT')],
  ['EPIPE, which is no SQLSTATE though it has five letters', 'ambiguous', fromSocket('EPIPE')],
  ['cut, without any code', 'ambiguous', new Error('Connection terminated unexpectedly')],
  ['read timeout, without any code', 'ambiguous', new Error('Query read timeout')],
  ['thrown by what reads the answer', 'ambiguous', new TypeError('x')],
  ['not even an error', 'ambiguous', 'x'],

  ['57014 cancelled, or statement timeout', 'definite', fromServer('57014')],
  ['22P02 invalid text', 'definite', fromServer('22P02')],
  ['23505 unique violation', 'definite', fromServer('23505')],
  ['42501 no privilege', 'definite', fromServer('42501')],
  ['42P01 no such table', 'definite', fromServer('42P01')],
  ['XX000 internal error', 'definite', fromServer('XX000')],
];

/** The same before anything was sent. */
const connectErrors: readonly (readonly [string, ErrorClass, unknown])[] = [
  ['53300 too many connections', 'retrySafe', fromServer('53300', 'FATAL')],
  ['57P03 starting up', 'retrySafe', fromServer('57P03', 'FATAL')],
  ['57P01 terminated', 'retrySafe', fromServer('57P01', 'FATAL')],
  ['reset', 'retrySafe', fromSocket('ECONNRESET')],
  ['no connection in time, without any code', 'retrySafe', new Error('timeout exceeded when trying to connect')],
  ['28P01 wrong password', 'definite', fromServer('28P01', 'FATAL')],
  ['3D000 no such database', 'definite', fromServer('3D000', 'FATAL')],
];

describe('a driver error', () => {
  it.each(errors)('%s: %s', (_, errorClass, error) => {
    expect(classifyError(error)).toBe(errorClass);
  });

  it.each(connectErrors)('on the way to a connection, %s: %s', (_, errorClass, error) => {
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

  const quoting = 'role "shop" of host db-7 may not read the value 4242';
  it.each([
    ['SQLSTATE 42501', Object.assign(new Error(quoting), { severity: 'ERROR', code: '42501' }), false],
    ['SQLSTATE 22P02', Object.assign(new Error(quoting), { severity: 'ERROR', code: '22P02' }), true],
    ['ECONNREFUSED', Object.assign(new Error(quoting), { code: 'ECONNREFUSED' }), false],
    ['ECONNREFUSED', new NotSent(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })), false],
    ['no code', new Error(quoting), true],
    ['no code', Object.assign(new Error(quoting), { code: quoting }), false],
    ['no code', quoting, false],
  ])('gives a code, %s, and no word of the driver’s, which its cause keeps', (reason, error, ambiguous) => {
    const reported = toStoreError(error, 's', ambiguous);
    expect(reported.message).toContain(reason);
    expect(`${reported.message} ${JSON.stringify(reported.details)}`).not.toMatch(/shop|db-7|4242/);
    expect(reported.cause).toBe(error);
  });
});
