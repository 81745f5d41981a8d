import { describe, expect, it } from 'vitest';
import { paymentMethodCodec } from '../../../src/application/events/eventCodec.ts';
import type { LookUpOptions } from '../../../src/application/ports/paymentMethodGateway.ts';
import type { PaymentMethodEvent } from '../../../src/domain/paymentMethodEvents.ts';
import { attached, evidence, first, pm, requested } from '../../domain/given.ts';
import { key } from '../../domain/requests.ts';
import { withAttached, withUnattached } from '../protocol/requests.ts';
import { aMonolith, ana, decoded, dying, gatewayWith, settled } from '../support.ts';

const pm1 = { paymentMethodId: 'pm_1', actor: 'user-7' };
const notAttached = { outcome: 'rejected', reason: 'notAttached' };
const response = { source: 'response', requestId: 'req_1', tries: [] } as const;

describe('the answer to a detach', () => {
  it('is that it is detached, by whomever, where another attempt was rejected before', async () => {
    const monolith = withUnattached();
    const { paymentMethods } = monolith;
    expect(await paymentMethods.detach({ ...pm1, attemptId: 'a1' })).toMatchObject(notAttached);
    await paymentMethods.attach(ana);
    const detached = { outcome: 'detached', attemptId: 'a2' };
    expect(await paymentMethods.detach({ ...pm1, attemptId: 'a2' })).toMatchObject(detached);
    expect(await paymentMethods.detach({ ...pm1, attemptId: 'a3' })).toMatchObject(detached);
    expect(await paymentMethods.detach({ ...pm1, attemptId: 'a1' })).toMatchObject({ ...notAttached, attemptId: 'a1' });
  });

  it('is that it is detached where the attempt’s own rejection turned out to be wrong', async () => {
    const { store, paymentMethods } = aMonolith();
    const ofAttempt = { attemptId: first, paymentMethodId: pm };
    const events: readonly PaymentMethodEvent[] = [
      requested(),
      attached(),
      { type: 'DetachmentRequested', data: { ...key, ...ofAttempt } },
      { type: 'DetachmentRejected', data: { ...ofAttempt, reason: 'notAttached', stripeCode: null, evidence } },
      { type: 'PaymentMethodDetached', data: { ...ofAttempt, customer: null, evidence } },
    ];
    const context = { actor: 'user-7', correlationId: 'a', causationId: null };
    const encoded = events.map((event) => paymentMethodCodec.encode(event, crypto.randomUUID(), context));
    await store.append([{ stream: 'paymentMethod-pm_1', expectedVersion: 0, events: encoded }]);
    expect(await paymentMethods.detach({ ...pm1, attemptId: first })).toMatchObject({
      outcome: 'detached',
      attemptId: first,
    });
  });

  it('is Stripe’s no, also to who detaches under the id that it was attached under', async () => {
    const monolith = await withAttached();
    const no = { answer: 'rejected', reason: 'invalidRequest', stripeCode: null, evidence: response } as const;
    const refusing = monolith.process({ gateway: gatewayWith(monolith.gateway, { detach: async () => no }) });
    expect(await refusing.detach({ ...pm1, attemptId: 'joined' })).toMatchObject({
      outcome: 'rejected',
      reason: 'invalidRequest',
      attemptId: 'joined',
    });
  });

  it('is that an attach is open, whatever was rejected before', async () => {
    const monolith = withUnattached();
    await monolith.paymentMethods.detach({ ...pm1, attemptId: 'a1' });
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    expect(await monolith.paymentMethods.detach({ ...pm1, attemptId: 'a2' })).toMatchObject({
      outcome: 'rejected',
      reason: 'attachmentOpen',
      attemptId: 'a2',
    });
  });
});

describe('after a detach whose answer was lost, Stripe', () => {
  /** What it is looked at with. */
  async function lost(monolith: ReturnType<typeof withUnattached>) {
    const looks: (LookUpOptions | undefined)[] = [];
    const { gateway } = monolith;
    const noting = gatewayWith(gateway, {
      lookUp: (id, options) => {
        looks.push(options);
        return gateway.lookUp(id, options);
      },
    });
    gateway.losesRequest({ of: 'detach' });
    const { signal } = new AbortController();
    await monolith.process({ gateway: noting }).detach({ ...pm1, attemptId: 'a1' }, { signal });
    return { looks, signal };
  }

  it('is looked at for the customer it was attached to, for as long as the call lasts', async () => {
    const { looks, signal } = await lost(await withAttached());
    expect(looks).toMatchObject([{ expected: { kind: 'customer', id: 'cus_Ana' } }]);
    expect(looks[0]?.signal).toBe(signal);
  });

  it('is not looked at again where nobody knows of an attachment: the look would say nothing', async () => {
    expect((await lost(withUnattached())).looks).toHaveLength(1);
  });
});

it('what reconcile finds of an attached one is recorded in the course of the attempt that attached it', async () => {
  const monolith = await withAttached();
  const headers = { authorization: 'Bearer sk_test_fake' };
  const path = '/v1/payment_methods/pm_1';
  monolith.account.receive({ method: 'POST', path, headers, body: 'card[exp_year]=2040' }).finish();
  await monolith.paymentMethods.reconcile(pm1);
  const last = (await decoded(monolith.store)).at(-1);
  expect(last).toMatchObject({ event: { type: 'PaymentMethodUpdated' }, metadata: { correlationId: 'joined' } });
});
