import { expect, it } from 'vitest';
import { withAttached } from '../protocol/requests.ts';
import { gatewayWith } from '../support.ts';

const pm1 = { paymentMethodId: 'pm_1', actor: 'user-7' };

it('a setup of somebody else’s brings no news of a payment method that the trail knows, and asks for no look', async () => {
  const monolith = await withAttached();
  const looks: string[] = [];
  const gateway = gatewayWith(monolith.gateway, {
    lookUp: (id, options) => {
      looks.push(id);
      return monolith.gateway.lookUp(id, options);
    },
  });
  const paymentMethods = monolith.process({ gateway });
  const about = { type: 'setupSucceeded', notificationId: 'evt_1', requestId: null, idempotencyKey: null };
  const customer = { kind: 'customer', id: 'cus_Ana' };
  const told = { ...about, attemptId: null, setupIntentId: 'seti_1', paymentMethodId: 'pm_1', customer } as never;
  expect(await paymentMethods.ingest(told)).toEqual({ recorded: false });
  await monolith.paymentMethods.detach(pm1);
  expect(await paymentMethods.ingest(told)).toEqual({ recorded: false });
  expect(looks).toEqual([]);
});
