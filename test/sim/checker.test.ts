import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../src/application/ports/eventStore.ts';
import type { Effect, RequestEntry } from '../../src/adapters/simulator/index.ts';
import { check } from '../../sim/checker/check.ts';
import type { Operation } from '../../sim/checker/logs.ts';
import { viewOf } from '../../sim/checker/view.ts';
import {
  at,
  hour,
  wish,
  requested,
  evidence,
  attached,
  effect,
  request,
  operation,
  trailOf,
  soundLogs,
  broken,
} from './soundLogs.ts';

describe('the checker', () => {
  it('finds nothing in sound logs, and says of what it has nothing to judge by that it does not know', async () => {
    const judged = check(viewOf(await soundLogs()));
    expect(judged.filter(({ verdict }) => verdict === false)).toEqual([]);
    expect(judged.filter(({ verdict }) => verdict === 'unknown').map(({ rule }) => rule.split(' ')[0])).toEqual([
      'C12',
      'C16',
      'C14',
      'C17',
      'C18',
      'C19',
      'C20',
      'C23',
      'C22',
      'C24',
      'C25',
      'C21',
      'C26',
      'C27',
      'C28',
      'C29',
      'C30',
    ]);
  });

  it('C1: finds a second attachment', async () => {
    const trail = await trailOf(
      ['AttachmentRequested', requested],
      ['PaymentMethodAttached', attached],
      ['PaymentMethodAttached', attached],
    );
    expect(await broken({ trail })).toEqual(['C1']);
  });

  it('C2, C4: finds an attachment that never was', async () => {
    const { stripe } = await soundLogs();
    expect(await broken({ stripe: { ...stripe, effects: [], ownerOf: () => null } })).toEqual(['C2', 'C4']);
  });

  it('C3, C4, C6, C11: finds an effect that nobody recorded', async () => {
    const trail = await trailOf(['AttachmentRequested', requested]);
    expect(await broken({ trail, acknowledged: [] })).toEqual(['C11', 'C3', 'C4', 'C6']);
  });

  it('C5: finds a request before its intent, and one under a key that the trail does not know', async () => {
    const { stripe } = await soundLogs();
    const early = { ...stripe, requests: [{ ...request, at: at - 1 }] };
    const unknown = { ...stripe, requests: [request, { ...request, requestId: 'req_2', idempotencyKey: 'key-2' }] };
    expect(await broken({ stripe: early })).toEqual(['C5']);
    expect(await broken({ stripe: unknown })).toEqual(['C5']);
  });

  it('C6: finds a no to what took effect', async () => {
    const history = [{ ...operation, end: 'fail', answeredId: null, reason: 'cardDeclined' } as const];
    expect(await broken({ history })).toEqual(['C6']);
  });

  it('C7, C8: finds an attempt that took effect twice, and an effect that nobody asked for', async () => {
    const { stripe } = await soundLogs();
    expect(await broken({ stripe: { ...stripe, effects: [effect, effect] } })).toEqual(['C7']);
    expect(await broken({ history: [] })).toEqual(['C8']);
  });

  it('C9, C10: finds a gap, and an acknowledged event that is gone', async () => {
    const { trail } = await soundLogs();
    const gap = trail.map((event) => ({ ...event, position: event.position * 2 }));
    expect(await broken({ trail: gap, acknowledged: [] })).toEqual(['C9']);
    expect(await broken({ acknowledged: [{ eventId: 'gone', position: 1 }] })).toEqual(['C10']);
  });

  it('C13: finds a secret', async () => {
    expect(await broken({ secrets: ['req_1'] })).toEqual(['C13']);
  });

  it('C15: finds a request under a key that Stripe may have forgotten', async () => {
    const { stripe } = await soundLogs();
    const late = { ...request, at: at + 24 * 60 * 60 * 1000 };
    expect(await broken({ stripe: { ...stripe, requests: [request, late] } })).toEqual(['C15']);
  });

  it('C0: finds an error that has no name', async () => {
    expect(await broken({ unexpected: ['TypeError: undefined is not a function'] })).toEqual(['C0']);
  });

  it('C2: finds a detachment that is recorded as rejected, and that Stripe did not refuse', async () => {
    const off = { attemptId: 'd1', paymentMethodId: 'pm_1' };
    const asked = {
      ...off,
      idempotencyKey: 'key-d',
      apiVersion: '2025-10-29.clover',
      requestedAt: requested.requestedAt,
    };
    const rejected = { ...off, reason: 'invalidRequest', stripeCode: null, evidence };
    const trail = await trailOf(
      ['AttachmentRequested', requested],
      ['PaymentMethodAttached', attached],
      ['DetachmentRequested', asked],
      ['DetachmentRejected', rejected],
    );
    const { stripe } = await soundLogs();
    const path = '/v1/payment_methods/pm_1/detach';
    const refused = { ...request, requestId: 'req_2', path, idempotencyKey: 'key-d', status: 400, at: at + 250 };
    const ofDetach = (requests: readonly RequestEntry[]) => ({ trail, stripe: { ...stripe, requests } });
    expect(await broken(ofDetach([request]))).toEqual(['C2']);
    expect(await broken(ofDetach([request, refused]))).toEqual([]);
  });

  it('C12: finds a read that is no replay', async () => {
    expect(await broken({ projected: new Map([['paymentMethod-pm_1', '{"status":"unattached"}']]) })).toEqual(['C12']);
  });

  it.each([
    ['an event', { events: 1 }],
    ['a request', { posts: 1 }],
    ['another answer', { end: 'fail', answeredId: null, reason: 'detached' } as const],
  ])('C14: finds a repeat that brought %s', async (_, part) => {
    const nothing = { reason: null, defaultOutcome: null, events: 0, posts: 0 };
    const repeat = { ...nothing, operation, end: 'ok', answeredId: 'pm_1' } as const;
    expect(await broken({ repeats: [repeat] })).toEqual([]);
    expect(await broken({ repeats: [{ ...repeat, ...part }] })).toEqual(['C14']);
  });

  it.each([
    ['an event', { events: 1 }],
    ['a request', { posts: 1 }],
    ['another answer', { defaultOutcome: 'superseded' }],
  ])('C14: finds a repeat of what was told of a default that brought %s', async (_, part) => {
    const told = { defaultOutcome: 'set', reason: null, events: 0, posts: 0 };
    for (const call of ['attach', 'setDefault'] as const) {
      const asked = { ...operation, call, setAsDefault: call === 'attach', defaultOutcome: 'set' };
      const repeat = { ...told, operation: asked, end: 'ok', answeredId: 'pm_1' } as const;
      expect(await broken({ repeats: [repeat] })).toEqual([]);
      expect(await broken({ repeats: [{ ...repeat, ...part }] })).toEqual(['C14']);
    }
  });

  it('C16: finds a key that was given up while it was good', async () => {
    const renewed = {
      ...wish,
      idempotencyKey: 'key-2',
      apiVersion: '2025-10-29.clover',
      renewedAt: '2025-11-23T12:01:00Z',
    };
    const doubt = (source: string) => ({ ...wish, cause: 'serverError', evidence: { ...evidence, source } });
    const story = (source: string) =>
      trailOf(
        ['AttachmentRequested', requested],
        ['AttachmentOutcomeUnknown', doubt(source)],
        ['IdempotencyKeyRenewed', renewed],
        ['PaymentMethodAttached', attached],
      );
    const history = [{ ...operation, endedAt: at + 400 }];
    expect(await broken({ history, trail: await story('readBack') })).toEqual(['C16']);
    expect(await broken({ history, trail: await story('response') })).toEqual([]);
  });

  it('C16: counts from 23 hours, by clocks that may be apart', async () => {
    const renewed = {
      ...wish,
      idempotencyKey: 'key-2',
      apiVersion: requested.apiVersion,
      renewedAt: '2025-11-24T10:00:00Z',
    };
    const trail = (
      await trailOf(
        ['AttachmentRequested', requested],
        ['IdempotencyKeyRenewed', renewed],
        ['PaymentMethodAttached', attached],
      )
    ).map((one, index) => (index === 0 ? one : { ...one, recordedAt: new Date(at + 22.5 * hour).toISOString() }));
    const history = [{ ...operation, endedAt: null, end: 'info' as const }];
    expect(await broken({ history, trail, acknowledged: [] })).toEqual(['C16']);
    expect(await broken({ history, trail, acknowledged: [], clocksApartMs: hour })).toEqual([]);
  });

  it('C21: finds a card that is not the one at Stripe', async () => {
    const card = { brand: 'visa', last4: '4242', expMonth: 1, expYear: 2030, funding: 'credit', country: 'US' };
    const checks = { cvc: null, addressLine1: null, addressPostalCode: null };
    const whole = { ...card, displayBrand: null, fingerprint: null, wallet: null, threeDSecureUsage: null, checks };
    const { stripe } = await soundLogs();
    const trail = await trailOf(
      ['AttachmentRequested', requested],
      ['PaymentMethodAttached', { ...attached, card: whole }],
    );
    const judged = (year: number) => broken({ trail, tellsAll: true, stripe: { ...stripe, expYearOf: () => year } });
    expect(await judged(2030)).toEqual([]);
    expect(await judged(2031)).toEqual(['C21']);
  });

  describe('of a setup', () => {
    const customer = requested.customer;
    const { apiVersion, requestedAt } = requested;
    const wished = { attemptId: 'u1', customer, usage: 'off_session', paymentMethodTypes: null };
    const asks = ['SetupRequested', { ...wished, idempotencyKey: 'key-u', apiVersion, requestedAt }] as const;
    const begins = ['SetupBegun', { attemptId: 'u1', setupIntentId: 'seti_1', evidence }] as const;
    const told = {
      ...operation,
      call: 'beginSetup',
      attemptId: 'u1',
      answeredId: 'seti_1',
      endedAt: at + 900,
    } as const;
    const post = { ...request, path: '/v1/setup_intents', idempotencyKey: 'key-u', at: at + 400 };

    async function story(events: readonly (readonly [type: string, data: object])[], asked = post) {
      const { stripe, trail } = await soundLogs();
      const setup = (await trailOf(...events)).map((one, index) => ({
        ...one,
        stream: 'setup-u1',
        eventId: `${one.eventId}-u`,
        position: trail.length + 1 + index,
      }));
      const requests = [...stripe.requests, asked];
      return broken({ trail: [...trail, ...setup], history: [operation, told], stripe: { ...stripe, requests } });
    }

    it('finds nothing where all is well', async () => {
      expect(await story([asks, begins])).toEqual([]);
    });

    it('C24: finds a request before its intent', async () => {
      expect(await story([asks, begins], { ...post, at: at - 1 })).toEqual(['C24']);
    });

    it('C25: finds one that is open still, and one that nobody recorded', async () => {
      expect(await story([asks])).toEqual(['C25']);
      expect(await story([asks, [begins[0], { ...begins[1], setupIntentId: 'seti_2' }]])).toEqual(['C25']);
    });
  });

  describe('of a default', () => {
    const wished = ['AttachmentRequested', { ...requested, setAsDefault: true }] as const;
    const wishOf = (attemptId: string) =>
      ['DefaultPaymentMethodWished', { ...ofDefault, attemptId, wishedAt: requested.requestedAt }] as const;
    const done = ['PaymentMethodAttached', attached] as const;
    const ofDefault = { attemptId: 'a1', customerId: 'cus_Ana', paymentMethodId: 'pm_1' };
    const { apiVersion, requestedAt } = requested;
    const asked = { ...ofDefault, idempotencyKey: 'key-2', apiVersion, requestedAt };
    const wish = { ...operation, endedAt: at + 900, setAsDefault: true, defaultOutcome: 'set' };
    const post = {
      ...request,
      requestId: 'req_2',
      path: '/v1/customers/cus_Ana',
      idempotencyKey: 'key-2',
      at: at + 150,
    };

    const ofCustomer = (records: readonly RecordedEvent[]) =>
      records.map((one, index) => ({
        ...one,
        stream: 'customer-cus_Ana',
        eventId: `${one.eventId}-c`,
        position: 3 + index,
      }));

    /** Wished for, asked for and set, but for what the last event is and what Stripe says of it. */
    async function story(
      last: readonly (readonly [type: string, data: object])[],
      defaultOf: string | null,
      late = 0,
      history: readonly Operation[] = [wish],
    ) {
      const { stripe } = await soundLogs();
      const streams = await trailOf(wished, done);
      const customer = await trailOf(wishOf('a1'), ['DefaultPaymentMethodRequested', asked], ...last);
      const trail = [...streams, ...ofCustomer(customer)];
      const requests = [request, { ...post, at: post.at - late }];
      const logs = {
        trail,
        history,
        acknowledged: [],
        stripe: { ...stripe, requests, defaultOf: () => defaultOf },
      };
      return broken(logs);
    }
    const set = ['DefaultPaymentMethodSet', { ...ofDefault, evidence }] as const;

    it('finds nothing where all is well', async () => {
      expect(await story([set], 'pm_1')).toEqual([]);
    });

    it('C17: finds a request before its intent', async () => {
      expect(await story([set], 'pm_1', 200)).toEqual(['C17']);
    });

    it('C18: finds another default than the trail says', async () => {
      expect(await story([set], 'pm_2')).toEqual(['C18']);
      expect(await story([set], null)).toEqual(['C18']);
    });

    describe('that took effect, is recorded as rejected, and leaves the customer without one', () => {
      const later = { ...asked, attemptId: 'a2', paymentMethodId: 'pm_2' };
      const asks = (idempotencyKey: string) => ['DefaultPaymentMethodRequested', { ...later, idempotencyKey }] as const;
      const no = { ...ofDefault, attemptId: 'a2', paymentMethodId: 'pm_2', reason: 'invalidRequest', stripeCode: null };
      const fault = { ...post, idempotencyKey: 'key-3', status: 424, at: at + 500 };
      const detached: Effect = {
        ...effect,
        effect: 'detached',
        paymentMethodId: 'pm_2',
        idempotencyKey: null,
        at: at + 600,
      };

      async function told(
        answer: RequestEntry,
        effects: readonly Effect[],
        keys = ['key-3'],
        defaultOf: string | null = null,
      ) {
        const customer = await trailOf(wishOf('a1'), ['DefaultPaymentMethodRequested', asked], set, ...keys.map(asks), [
          'DefaultPaymentMethodRejected',
          { ...no, evidence },
        ]);
        const { stripe } = await soundLogs();
        return broken({
          trail: [...(await trailOf(wished, done)), ...ofCustomer(customer)],
          history: [wish],
          acknowledged: [],
          stripe: {
            ...stripe,
            requests: [request, post, answer],
            effects: [effect, ...effects],
            isStrangersKey: () => true,
            defaultOf: () => defaultOf,
          },
        });
      }

      it('C18: excuses it behind a fault that Stripe saved, where it was detached since, and not otherwise', async () => {
        expect(await told(fault, [detached])).toEqual([]);
        expect(await told({ ...fault, status: 429 }, [detached])).toEqual(['C18']);
        expect(await told(fault, [])).toEqual(['C18']);
        expect(await told(fault, [{ ...detached, at: at + 400 }])).toEqual(['C18']);
        expect(await told(fault, [detached], ['key-3'], 'pm_3')).toEqual(['C18']);
      });

      it('C18: excuses it behind a key that was given up, and not behind one that still has the answer', async () => {
        const answered = { ...fault, status: 200 };
        expect(await told(answered, [detached], ['key-3', 'key-4'])).toEqual([]);
        expect(await told(answered, [], ['key-3', 'key-4'])).toEqual(['C18']);
        expect(await told(answered, [detached])).toEqual(['C18']);
      });
    });

    it('C19, C20: finds one that nobody recorded, and that is open still', async () => {
      expect(await story([], 'pm_1')).toEqual(['C19', 'C20']);
    });

    it('C20: finds one that an attach wished for and nobody asked for', async () => {
      const history = [{ ...operation, setAsDefault: true }];
      const trail = [...(await trailOf(wished, done)), ...ofCustomer(await trailOf(wishOf('a1')))];
      expect(await broken({ trail, history, acknowledged: [] })).toEqual(['C20']);
    });

    it('C22: finds an attach whose wish stands nowhere', async () => {
      const history = [{ ...operation, setAsDefault: true }];
      expect(await broken({ trail: await trailOf(wished, done), history, acknowledged: [] })).toEqual(['C22']);
    });

    it('C22: finds an older wish that was asked for after a later one', async () => {
      const asks = (attemptId: string) =>
        ['DefaultPaymentMethodRequested', { ...asked, attemptId, idempotencyKey: attemptId }] as const;
      const sets = (attemptId: string) => ['DefaultPaymentMethodSet', { ...ofDefault, attemptId, evidence }] as const;
      const told = async (...order: readonly ['a1' | 'a2', 'a1' | 'a2']) => {
        const customer = await trailOf(
          wishOf('a1'),
          wishOf('a2'),
          ...order.flatMap((attemptId) => [asks(attemptId), sets(attemptId)]),
        );
        const { stripe } = await soundLogs();
        const trail = [...(await trailOf(wished, done)), ...ofCustomer(customer)];
        return broken({ trail, acknowledged: [], stripe: { ...stripe, defaultOf: () => 'pm_1' } });
      };
      expect(await told('a1', 'a2')).toEqual([]);
      expect(await told('a2', 'a1')).toEqual(['C22']);
    });

    it('C23: finds one that Stripe did though its caller was told no', async () => {
      const no = [
        'DefaultPaymentMethodRejected',
        { ...ofDefault, reason: 'invalidRequest', stripeCode: null, evidence },
      ] as const;
      const history = [{ ...wish, defaultOutcome: 'rejected' }];
      expect(await story([no], null, 0, history)).toEqual(['C23']);
    });
  });
});
