import { expect, it } from 'vitest';
import type { LookUpOptions } from '../../../src/application/ports/paymentMethodGateway.ts';
import { withAttached } from '../protocol/requests.ts';
import { aMonolith, ana, decoded, gatewayWith } from '../support.ts';

const tries = (status: number) => [{ status, requestId: `req_${status}`, failure: null }];

it('what settles a refusal without a code rests on both looks after it, for the customer, with all tries', async () => {
  const monolith = await withAttached();
  const looks: (LookUpOptions | undefined)[] = [];
  const evidence = { source: 'response', requestId: 'req_400', tries: tries(400) } as const;
  const gateway = gatewayWith(monolith.gateway, {
    setDefault: async () => ({ answer: 'unknown', cause: 'refusedWithoutCode', evidence }),
    lookUp: (id, options) => {
      looks.push(options);
      return monolith.gateway.lookUp(id, options);
    },
  });
  const { signal } = new AbortController();
  const asked = { ...ana, attemptId: 'd-1' };
  expect(await monolith.process({ gateway }).setDefault(asked, { signal })).toMatchObject({ outcome: 'rejected' });
  const last = (await decoded(monolith.store)).at(-1);
  expect(last?.event.data).toMatchObject({ evidence: { tries: [{ status: 400 }, { status: 200 }, { status: 200 }] } });
  expect(looks).toMatchObject([{ expected: { kind: 'customer', id: 'cus_Ana' } }]);
  expect(looks[0]?.signal).toBe(signal);
});

it('a default that nobody knows of is not superseded by what superseded another', async () => {
  const monolith = aMonolith();
  const { paymentMethods, gateway } = monolith;
  const other = { ...ana, paymentMethodId: 'pm_2', attemptId: 'd-3' };
  for (const paymentMethodId of ['pm_1', 'pm_2']) await paymentMethods.attach({ ...ana, paymentMethodId });
  const evidence = { source: 'response', requestId: 'req_1', tries: [] } as const;
  const vain = gatewayWith(gateway, {
    setDefault: async () => ({ answer: 'unknown', cause: 'unexpectedAnswer', evidence }),
  });
  const doubting = monolith.process({ gateway: vain });
  expect(await doubting.setDefault({ ...ana, attemptId: 'd-1' })).toMatchObject({ outcome: 'unknown' });
  expect(await paymentMethods.setDefault({ ...ana, attemptId: 'd-2' })).toMatchObject({ outcome: 'set' });
  expect(await paymentMethods.setDefault({ ...ana, attemptId: 'd-1' })).toMatchObject({ outcome: 'superseded' });
  expect(await doubting.setDefault(other)).toMatchObject({
    outcome: 'unknown',
    cause: 'unexpectedAnswer',
    attemptId: 'd-3',
  });
});
