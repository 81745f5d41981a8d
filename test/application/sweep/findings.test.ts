import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../src/application/commands/notifications.ts';
import { pacedGateway } from '../../../src/application/sweep/pacedGateway.ts';
import type { SweepFinding } from '../../../src/application/sweep/sweepReport.ts';
import { gatewayWith } from '../support.ts';
import { aSweeping } from './support.ts';

const evidence = { source: 'readBack', requestId: null, tries: [] } as const;
const about = { notificationId: 'evt_1', requestId: null, idempotencyKey: null };
const customer = { kind: 'customer', id: 'cus_Ana' } as const;
const paymentMethod = {
  paymentMethodId: 'pm_1',
  customer,
  type: 'card',
  card: null,
  livemode: false,
  created: 1_679_946_402,
};
const found = { look: 'found', paymentMethod, evidence };
const none: SweepFinding = { finding: 'attachmentMissed', paymentMethodId: null, customerId: null, eventId: 'evt_1' };

/** A sweep of an account of which Stripe tells this event, and no other. */
function aSweepThatIsTold(notification: object) {
  const monolith = aSweeping();
  const told = { eventId: 'evt_1', created: 1, notification: { ...about, ...notification } as unknown as Notification };
  const gateway = gatewayWith(monolith.gateway, {
    listEvents: async () => ({ look: 'found', events: [told], hasMore: false, evidence }),
    listPaymentMethods: async () => ({ look: 'found', paymentMethods: [], hasMore: false, evidence }),
    lookUp: async () => found as never,
  });
  return monolith.sweeping({ gateway });
}

describe('what a sweep finds in an event that no webhook brought', () => {
  it.each<[string, object, readonly SweepFinding[]]>([
    [
      'an attachment',
      { type: 'paymentMethodAttached', paymentMethod },
      [{ ...none, paymentMethodId: 'pm_1' as never, customerId: 'cus_Ana' }],
    ],
    [
      'a detachment',
      { type: 'paymentMethodDetached', paymentMethod: { ...paymentMethod, customer: null }, customer },
      [{ ...none, finding: 'detachmentMissed', paymentMethodId: 'pm_1' as never, customerId: 'cus_Ana' }],
    ],
    [
      'a detachment from nobody knows whom',
      { type: 'paymentMethodDetached', paymentMethod: { ...paymentMethod, customer: null }, customer: null },
      [{ ...none, finding: 'detachmentMissed', paymentMethodId: 'pm_1' as never }],
    ],
    [
      'a customer that was deleted',
      { type: 'customerDeleted', customerId: 'cus_Ana' },
      [{ ...none, finding: 'customerDeletionMissed', customerId: 'cus_Ana' }],
    ],
    ['nothing that matters', { type: 'other' }, []],
  ])('is %s, with its names', async (_, notification, findings) => {
    const { events, findings: told } = await aSweepThatIsTold(notification).sweep();
    expect(told.filter(({ eventId }) => eventId !== null)).toEqual(findings);
    expect(events).toBe(1);
  });

  it('is a setup that succeeded, with its names', async () => {
    const monolith = aSweeping();
    const asked = { customer: 'cus_Ana', attemptId: 'setup-1', actor: 'user-7' };
    const { setupIntentId } = (await monolith.paymentMethods.beginSetup(asked)) as { readonly setupIntentId: string };
    const told = { ...about, type: 'setupSucceeded', setupIntentId, paymentMethodId: 'pm_1', attemptId: 'setup-1' };
    const notification = { ...told, customer } as unknown as Notification;
    const listEvents = async () =>
      ({ look: 'found', events: [{ eventId: 'evt_1', created: 1, notification }], hasMore: false, evidence }) as const;
    const gateway = gatewayWith(monolith.gateway, { listEvents });
    const { findings } = await monolith.sweeping({ gateway }).sweep();
    expect(findings).toContainEqual({ ...none, finding: 'setupMissed', paymentMethodId: 'pm_1' });
  });
});

describe('what a sweep finds at a customer', () => {
  const gone = { look: 'notFound', evidence } as const;

  it('is that Stripe does not know an account that acts as one; it asks for no customer then', async () => {
    const monolith = aSweeping();
    let asked = 0;
    const lookUpCustomer = async () => {
      asked += 1;
      return gone;
    };
    const gateway = gatewayWith(monolith.gateway, { listPaymentMethods: async () => gone, lookUpCustomer });
    expect(await monolith.sweeping({ gateway }).sweep({ customerAccount: 'acct_1' })).toMatchObject({
      findings: [{ finding: 'customerNotAtStripe', customerId: 'acct_1', paymentMethodId: null, eventId: null }],
      customers: 1,
    });
    expect(asked).toBe(0);
  });

  it('is nothing where the customer is there after all, or its deletion is known', async () => {
    const monolith = aSweeping();
    const looked = (isDeleted: boolean) =>
      monolith.sweeping({
        gateway: gatewayWith(monolith.gateway, {
          listPaymentMethods: async () => gone,
          lookUpCustomer: async () => ({ look: 'found', isDeleted, evidence }) as never,
        }),
      });
    const sweep = { customer: 'cus_Ana' };
    expect(await looked(false).sweep(sweep)).toMatchObject({ findings: [] });
    expect(await looked(true).sweep(sweep)).toMatchObject({ findings: [{ finding: 'customerDeletionMissed' }] });
    expect(await looked(true).sweep(sweep)).toMatchObject({ findings: [] });
    expect(await monolith.trail()).toEqual(['CustomerDeleted']);
  });

  it.each(['unexpectedAnswer', 'unexpectedEcho'] as const)(
    'is nothing where the answer cannot be read: %s',
    async (cause) => {
      const monolith = aSweeping();
      const stripes = { ...evidence, requestId: 'req_1' };
      const lookUpCustomer = async () => ({ look: 'unknown', cause, evidence: stripes }) as const;
      const gateway = gatewayWith(monolith.gateway, { listPaymentMethods: async () => gone, lookUpCustomer });
      const { errors, findings, stopped } = await monolith.sweeping({ gateway }).sweep({ customer: 'cus_Ana' });
      expect({ findings, stopped }).toEqual({ findings: [], stopped: null });
      expect(errors).toMatchObject([
        {
          subject: 'cus_Ana',
          error: {
            code: 'NOT_LOOKED_UP',
            details: { subject: 'cus_Ana', cause },
            message: expect.stringMatching(/cus_Ana cannot be read \(\w+\); nothing was recorded.*Dashboard/),
          },
        },
      ]);
    },
  );

  it.each(['timeout', 'rateLimited', 'unexpectedAnswer'] as const)(
    'is nothing where there is no answer, and the sweep stops: %s',
    async (cause) => {
      const monolith = aSweeping();
      const lookUpCustomer = async () => ({ look: 'unknown', cause, evidence }) as const;
      const gateway = gatewayWith(monolith.gateway, { listPaymentMethods: async () => gone, lookUpCustomer });
      expect(await monolith.sweeping({ gateway }).sweep({ customer: 'cus_Ana' })).toMatchObject({
        findings: [],
        errors: [],
        customers: 0,
        stopped: cause,
      });
    },
  );
});

describe('the looks of a sweep', () => {
  it('are all paced, counted, and evidence of a sweep', async () => {
    const monolith = aSweeping();
    let now = 0;
    let requests = 0;
    const waits: number[] = [];
    const look = async () => ({ look: 'notFound', evidence: { ...evidence, tries: [] } }) as never;
    const gateway = pacedGateway(
      gatewayWith(monolith.gateway, {
        lookUp: look,
        lookUpCustomer: look,
        listPaymentMethods: look,
        listEvents: look,
      }),
      {
        requestsPerSecond: 10,
        clock: { now: () => new Date(now) },
        timers: {
          sleep: async (ms) => {
            waits.push(ms);
            now += ms;
          },
        },
        onRequest: () => (requests += 1),
        onUnknown: () => {},
      },
    );
    const looks = [
      () => gateway.lookUp('pm_1' as never),
      () => gateway.lookUpCustomer('cus_1' as never),
      () => gateway.listPaymentMethods({ customer, after: undefined } as never),
      () => gateway.listEvents({ createdFrom: 0 }),
    ];
    for (const one of looks) expect((await one()).evidence.source).toBe('sweep');
    expect({ requests, waits }).toEqual({ requests: 4, waits: [100, 100, 100] });
    now += 60;
    await looks[0]?.();
    now += 100;
    await looks[1]?.();
    expect(waits.slice(3)).toEqual([40]);
  });
});
