import { expect, it } from 'vitest';
import { streamName } from '../../../src/application/events/streams.ts';
import { alias, first, pm } from '../../domain/given.ts';
import { anEncryptedTrail } from '../privacy/support.ts';
import { aMonolith } from '../support.ts';

it('a stream is named by what it tells the story of; of a test alias, by the attempt as well', async () => {
  const { process, store } = aMonolith();
  const { keys, store: eventStore } = anEncryptedTrail({ stored: store });
  const paymentMethods = process({ keys, eventStore });
  const asked = { customer: 'cus_Ana', attemptId: 'attempt-1', actor: 'user-7' };
  await paymentMethods.attach({ ...asked, paymentMethodId: 'pm_1' });
  await paymentMethods.attach({ ...asked, paymentMethodId: 'pm_card_visa' });
  await paymentMethods.beginSetup(asked);
  await paymentMethods.forgetCustomer({ customerAccount: 'acct_1', actor: 'dpo' });
  const streams = new Set<string>();
  for await (const { stream } of store.readTrail()) streams.add(stream);
  const [own, ofAlias, clone, ...rest] = streams;
  expect([own, ofAlias]).toEqual(['paymentMethod-pm_1', 'paymentMethod-pm_card_visa/attempt-1']);
  expect(clone).toMatch(/^paymentMethod-pm_\w+$/);
  expect(rest).toEqual(['setup-attempt-1', 'customer-acct_1']);
});

it('a payment method has one stream, whatever the attempt; a test alias none of its own', () => {
  expect(streamName(pm, first)).toBe(streamName(pm, undefined));
  expect(streamName(alias, undefined)).toBe('paymentMethod-pm_card_visa');
});
