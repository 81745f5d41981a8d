import { AssertionError } from 'node:assert';
import { expect, it } from 'vitest';
import {
  assertAsked,
  assertAttached,
  assertRecorded,
  assertRejected,
  assertUnknown,
  testPaymentMethods,
} from '../../src/testing/index.ts';

const ana = { paymentMethodId: 'pm_1', customer: 'cus_Ana', actor: 'user-7' };

it('an attached result passes as that, and as nothing else', async () => {
  const { paymentMethods } = testPaymentMethods();
  const result = await paymentMethods.attach(ana);
  expect(() => assertAttached(result)).not.toThrow();
  expect(() => assertAttached(result, 'cus_Ana')).not.toThrow();
  expect(() => assertAttached(result, 'cus_Ben')).toThrow('Attached to cus_Ana, not to cus_Ben.');
  expect(() => assertRejected(result)).toThrow(AssertionError);
  expect(() => assertUnknown(result)).toThrow('The outcome is attached, not unknown: {"outcome":"attached"');
});

it('a rejected result passes as that, and with its reason', async () => {
  const { paymentMethods, gateway } = testPaymentMethods();
  gateway.declines('pm_1');
  const result = await paymentMethods.attach(ana);
  expect(() => assertRejected(result, 'cardDeclined')).not.toThrow();
  expect(() => assertRejected(result, 'detached')).toThrow('Rejected for the reason cardDeclined, not detached.');
  expect(() => assertAttached(result)).toThrow(AssertionError);
});

it('an unknown result passes as that, and with its cause', async () => {
  const { paymentMethods, gateway } = testPaymentMethods();
  gateway.isUnreachable({ times: 2 });
  const result = await paymentMethods.attach(ana);
  expect(() => assertUnknown(result, 'unreachable')).not.toThrow();
  expect(() => assertUnknown(result, 'timeout')).toThrow('Unknown because of unreachable, not of timeout.');
});

it('a trail and a gateway pass with all that happened, in order', async () => {
  const { paymentMethods, gateway, eventStore } = testPaymentMethods();
  await assertRecorded(eventStore, []);
  assertAsked(gateway, []);
  await paymentMethods.attach(ana);
  await assertRecorded(eventStore, ['AttachmentRequested', 'PaymentMethodAttached']);
  assertAsked(gateway, ['attach']);
  await expect(assertRecorded(eventStore, ['AttachmentRequested'])).rejects.toThrow(
    'The trail holds: AttachmentRequested, PaymentMethodAttached. Expected: AttachmentRequested.',
  );
  expect(() => assertAsked(gateway, [])).toThrow('The gateway was asked: attach. Expected: nothing.');
  expect(() => assertAsked(gateway, [])).toThrow(AssertionError);
});
