import { expect, it } from 'vitest';
import { explain } from '../../../src/adapters/cli/parts/explain.ts';
import { NotSent, toStoreError } from '../../../src/adapters/postgres/postgresErrors.ts';

const denied = Object.assign(new Error('permission denied for table events'), { severity: 'ERROR', code: '42501' });
const wrongPassword = Object.assign(new Error('password authentication failed for user "shop"'), {
  severity: 'FATAL',
  code: '28P01',
});

it.each([
  [denied, 'STORE_REFUSED', /SQLSTATE 42501.* The database said: permission denied for table events$/],
  [new NotSent(wrongPassword), 'STORE_REFUSED', /The database said: password authentication failed for user "shop"$/],
])('whoever is at the terminal is told what the database said: %s', (error, code, message) => {
  expect(explain(toStoreError(error, 'payment_trail', false))).toEqual({
    exitCode: 3,
    code,
    message: expect.stringMatching(message),
  });
});
