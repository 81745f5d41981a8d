import { describe, expect, it } from 'vitest';
import { classifyError, NotSent, toStoreError } from '../../../src/adapters/postgres/postgresErrors.ts';

const fromServer = (code: string) => Object.assign(new Error('x'), { severity: 'ERROR', code });
const fromSocket = (code: string) => Object.assign(new Error('x'), { code });

describe('a driver error', () => {
  it.each(['40001', '40P01', '55P03', '53300', '53100', '57P03', '25006', '26000', '42P05'])(
    '%s is safe to retry',
    (state) => {
      expect(classifyError(fromServer(state))).toBe('retrySafe');
    },
  );

  it.each(['08006', '08003', '57P01', '57P02', '40003'])('%s is ambiguous: it may have committed', (state) => {
    expect(classifyError(fromServer(state))).toBe('ambiguous');
  });

  it.each(['22P02', '23505', '42501', '57014'])('%s is definite: it would fail again', (state) => {
    expect(classifyError(fromServer(state))).toBe('definite');
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])(
    '%s: never connected, so safe to retry',
    (code) => {
      expect(classifyError(fromSocket(code))).toBe('retrySafe');
    },
  );

  it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])(
    '%s is ambiguous, and no SQLSTATE though it has five letters',
    (code) => {
      expect(classifyError(fromSocket(code))).toBe('ambiguous');
    },
  );

  it('without any code is ambiguous: so the driver reports a connection cut before the answer', () => {
    expect(classifyError(new Error('Connection terminated unexpectedly'))).toBe('ambiguous');
  });

  it('on the way to a connection is never ambiguous', () => {
    expect(classifyError(new NotSent(new Error('timeout exceeded when trying to connect')))).toBe('retrySafe');
    expect(classifyError(new NotSent(fromServer('28P01')))).toBe('definite');
    expect(toStoreError(new NotSent(fromServer('28P01')), 's', false)).toMatchObject({ code: 'STORE_REFUSED' });
  });

  it('of our own making is definite', () => {
    expect(classifyError(new TypeError('x'))).toBe('definite');
  });

  it.each([
    [fromServer('42P01'), false, 'STORE_SCHEMA_MISSING', 'migrate('],
    [fromServer('42883'), false, 'STORE_SCHEMA_MISSING', 'migrate('],
    [fromServer('3F000'), false, 'STORE_SCHEMA_MISSING', 'migrate('],
    [fromSocket('ECONNRESET'), true, 'STORE_COMMIT_UNKNOWN', 'Repeat the call'],
    [fromSocket('ECONNREFUSED'), false, 'STORE_UNAVAILABLE', 'nothing was written'],
    [fromServer('57014'), false, 'STORE_UNAVAILABLE', 'nothing was written'],
    [fromServer('42501'), false, 'STORE_REFUSED', 'SQLSTATE 42501'],
  ])('%o, ambiguous %s, is reported as %s', (error, ambiguous, code, message) => {
    const reported = toStoreError(error, 'payment_trail', ambiguous);
    expect(reported).toMatchObject({ code, message: expect.stringContaining(message), cause: error });
    expect(reported.message).toContain('payment_trail');
  });
});
