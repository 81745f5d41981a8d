import { describe, expect, it } from 'vitest';
import { FoldedOpenAttempts } from '../../../src/application/readModels/foldedOpenAttempts.ts';
import { isWished } from '../../../src/application/readModels/wishedDefaults.ts';
import { aMonolith, ana, dyingBeforeDefault } from '../support.ts';

const far = { requestedBefore: '9999-01-01T00:00:00.000Z', limit: 100 };
const noon = '2025-11-23T12:00:00.000Z';
const attemptId = 'attempt-1';
const asked = { attemptId, since: noon, tries: 0, why: null, traceparent: null };
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** A monolith whose process dies with each request on the way, and what it leaves open. */
function aDying() {
  const monolith = aMonolith();
  const never = () => new Promise<never>(() => {});
  const gateway = Object.assign(Object.create(monolith.gateway) as typeof monolith.gateway, {
    attach: never,
    detach: never,
    setDefault: never,
    createSetupIntent: never,
    lookUp: never,
  });
  const folded = new FoldedOpenAttempts(monolith.store);
  return {
    ...monolith,
    dead: monolith.process({ gateway, observer: { traceparent: () => traceparent } }),
    untraced: monolith.process({ gateway }),
    open: async () => {
      // The request is durable once the store has nothing under way.
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return folded.read(far);
    },
  };
}

describe('what recovery finds of an open request', () => {
  it('is, of an attachment, whose it is, what, and since when', async () => {
    const { untraced, open } = aDying();
    void untraced.attach({ ...ana, attemptId });
    expect(await open()).toEqual([
      {
        stream: 'paymentMethod-pm_1',
        since: noon,
        requests: [{ ...asked, sort: 'attachment', paymentMethodId: 'pm_1', customerId: null }],
      },
    ]);
  });

  it('is, of a detachment, the same, and it is gone once that is settled', async () => {
    const { paymentMethods, untraced, open } = aDying();
    await paymentMethods.attach(ana);
    void untraced.detach({ paymentMethodId: 'pm_1', actor: 'user-7', attemptId });
    expect(await open()).toEqual([
      {
        stream: 'paymentMethod-pm_1',
        since: noon,
        requests: [{ ...asked, sort: 'detachment', paymentMethodId: 'pm_1', customerId: null }],
      },
    ]);
    await paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7', attemptId });
    expect(await open()).toEqual([]);
  });

  it('is, of a default, the customer as well', async () => {
    const { paymentMethods, untraced, open } = aDying();
    await paymentMethods.attach(ana);
    void untraced.setDefault({ ...ana, attemptId });
    const found = await open();
    expect(found).toEqual([
      {
        stream: 'customer-cus_Ana',
        since: noon,
        requests: [{ ...asked, sort: 'default', paymentMethodId: 'pm_1', customerId: 'cus_Ana' }],
      },
    ]);
    expect(found.map(isWished)).toEqual([false]);
    await paymentMethods.setDefault({ ...ana, attemptId });
    expect(await open()).toEqual([]);
  });

  it('is, of a setup, no payment method', async () => {
    const { paymentMethods, untraced, open } = aDying();
    const setup = { customer: 'cus_Ana', actor: 'user-7', attemptId };
    void untraced.beginSetup(setup);
    const found = await open();
    expect(found).toEqual([
      {
        stream: 'setup-attempt-1',
        since: noon,
        requests: [{ ...asked, sort: 'setup', paymentMethodId: null, customerId: null }],
      },
    ]);
    expect(found.map(isWished)).toEqual([false]);
    await paymentMethods.beginSetup(setup);
    expect(await open()).toEqual([]);
  });

  it('is the traceparent that it was first asked for with', async () => {
    const { dead, open } = aDying();
    void dead.attach({ ...ana, attemptId });
    expect(await open()).toMatchObject([{ requests: [{ traceparent }] }]);
  });
});

describe('a default that an attach wished for', () => {
  it('is found once the attach is done, with the stream, the attempt and the instant of the attach', async () => {
    const { store, process, open } = aDying();
    const eventStore = dyingBeforeDefault(store);
    void process({ eventStore, observer: { traceparent: () => traceparent } }).attach({
      ...ana,
      attemptId,
      setAsDefault: true,
    });
    const found = await open();
    expect(found).toEqual([
      {
        stream: 'paymentMethod-pm_1',
        since: noon,
        requests: [{ ...asked, sort: 'default', paymentMethodId: 'pm_1', customerId: 'cus_Ana', traceparent }],
      },
    ]);
    expect(found.map(isWished)).toEqual([true]);
  });

  it('is gone once the payment method is detached, or the attach is rejected', async () => {
    const { paymentMethods, gateway, open } = aDying();
    gateway.declines('pm_1');
    await paymentMethods.attach({ ...ana, attemptId, setAsDefault: true });
    expect(await open()).toEqual([]);
  });
});
