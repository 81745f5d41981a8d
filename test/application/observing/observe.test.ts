import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Observation, Observer } from '../../../src/application/ports/observer.ts';
import { combineObservers } from '../../../src/application/observing/combineObservers.ts';
import { requestLogUrl } from '../../../src/application/observing/requestLog.ts';
import { aMonolith, ana, decoded } from '../support.ts';

const fails = (): never => {
  throw new Error('the observer is broken');
};
const faultyObservation: Observation<unknown> = { within: fails, ended: fails, failed: fails };
const rejects = (): unknown => Promise.reject(new Error('the observer is broken'));
const later: Observation<unknown> = { ended: rejects, failed: rejects };
/** What another realm calls a promise, as a worker's sandbox or a test runner has them. */
const foreign = (): unknown => runInNewContext("Promise.reject(new Error('the observer is broken'))");
const muchLater: Observation<unknown> = { ended: foreign, failed: foreign };
const faulty: Record<string, Observer> = {
  'that throws when something begins': {
    useCase: fails,
    append: fails,
    settling: fails,
    stripeRequest: fails,
    traceparent: fails,
  },
  'that throws when something ends': { useCase: () => faultyObservation, append: () => faultyObservation },
  'that rejects, later': { useCase: () => later, append: () => later },
  'that rejects, later, by a promise of its own': { useCase: () => muchLater, append: () => muchLater },
  'that never does the work': {
    useCase: () => ({ ...ignores, within: () => null as never }),
    append: () => ({ ...ignores, within: () => null as never }),
  },
  'that does the work twice': { useCase: () => twice(), append: () => twice() },
};
const ignores = { ended: () => {}, failed: () => {} };
const twice = (): Observation<unknown> => ({
  ...ignores,
  within: (work) => {
    work();
    return work();
  },
});

/** Notes what it is told, and when the work was within it. */
function aRecorder(traceparent: string | null = null) {
  const told: string[] = [];
  const observation = (name: string): Observation<unknown> => ({
    within: (work) => {
      told.push(`${name} in`);
      return work();
    },
    ended: (how) => told.push(`${name} ended ${JSON.stringify(how)}`),
    failed: (error) => told.push(`${name} failed ${String(error)}`),
  });
  const observer: Observer = {
    useCase: ({ useCase }) => observation(useCase),
    append: () => observation('append'),
    traceparent: () => traceparent,
  };
  return { told, observer };
}

describe('an observer', () => {
  it.each(Object.keys(faulty))('%s changes nothing: one request, one attachment, the same result', async (name) => {
    const observer = faulty[name];
    for (const one of [observer, combineObservers(observer ?? {}, {})]) {
      const monolith = aMonolith();
      const paymentMethods = monolith.process({ observer: one });
      expect(await paymentMethods.attach(ana)).toMatchObject({ outcome: 'attached' });
      expect(monolith.posts()).toHaveLength(1);
      expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached']);
      await expect(paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'support' })).resolves.toMatchObject({
        outcome: 'attached',
      });
    }
  });

  it('is told of what is thrown, and what is thrown stays the same', async () => {
    const { told, observer } = aRecorder();
    const monolith = aMonolith();
    await monolith.store.close();
    await expect(monolith.process({ observer }).attach(ana)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    expect(told.map((line) => line.split(':')[0])).toEqual([
      'attach in',
      'append in',
      'append failed PaymentMethodsError',
      'attach failed PaymentMethodsError',
    ]);
  });

  it('is told neither a client secret nor what a card is', async () => {
    const { told, observer } = aRecorder();
    const paymentMethods = aMonolith().process({ observer });
    const setup = await paymentMethods.beginSetup({ customer: 'cus_Ana', attemptId: 'a-1', actor: 'user-7' });
    await paymentMethods.attach(ana);
    expect(setup).toMatchObject({ outcome: 'begun', clientSecret: expect.stringContaining('_secret_') });
    expect(told.join()).toContain('"outcome":"begun"');
    expect(told.join()).not.toMatch(/_secret_|visa|4242|fingerprint/);
  });
});

describe('several observers as one', () => {
  it('are all told, each with the work within it, whatever goes wrong with another', async () => {
    const [one, other] = [aRecorder(), aRecorder()];
    const broken = faulty['that throws when something ends'] ?? {};
    const observer = combineObservers(one.observer, broken, other.observer);
    await aMonolith().process({ observer }).attach(ana);
    expect(one.told.filter((line) => line.endsWith(' in'))).toEqual(['attach in', 'append in', 'append in']);
    expect(one.told.at(-1)).toContain('attach ended {"outcome":"attached"');
    expect(other.told).toEqual(one.told);
  });
});

describe('the traceparent of what runs', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('is kept with each event that it records', async () => {
    const monolith = aMonolith();
    const observer = combineObservers(aRecorder().observer, aRecorder(traceparent).observer);
    await monolith.process({ observer }).attach(ana);
    expect((await decoded(monolith.store)).map(({ metadata }) => metadata.traceparent)).toEqual([
      traceparent,
      traceparent,
    ]);
  });

  it('is one also where its ids begin with zeros', async () => {
    const zeros = '00-000000000000000000000000000000a1-00000000000000b2-00';
    const monolith = aMonolith();
    await monolith.process({ observer: aRecorder(zeros).observer }).attach(ana);
    expect((await decoded(monolith.store))[0]?.metadata.traceparent).toBe(zeros);
  });

  it('is the next observer’s where one names none that can be kept', async () => {
    const monolith = aMonolith();
    const broken = { traceparent: fails };
    const observer = combineObservers(aRecorder('00-none').observer, broken, aRecorder(traceparent).observer);
    await monolith.process({ observer }).attach(ana);
    expect((await decoded(monolith.store)).map(({ metadata }) => metadata.traceparent)).toEqual([
      traceparent,
      traceparent,
    ]);
  });

  it.each([
    null,
    '',
    `${traceparent} sk_live_x`,
    traceparent.toUpperCase(),
    `sk_live_x ${traceparent}`,
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
    'sk_live_canary',
  ])('is left out where it is none: %s', async (none) => {
    const monolith = aMonolith();
    await monolith.process({ observer: aRecorder(none).observer }).attach(ana);
    for await (const { metadata } of monolith.store.readTrail()) {
      expect([...metadata.matchAll(/"(\w+)":/g)].map(([, key]) => key)).toEqual([
        'schemaVersion',
        'actor',
        'correlationId',
        'causationId',
      ]);
    }
  });
});

it.each([
  ['req_1', true, 'https://dashboard.stripe.com/logs/req_1'],
  ['req_1', false, 'https://dashboard.stripe.com/test/logs/req_1'],
  ['req_1', null, null],
  ['req_1/../../evil?x=#', false, 'https://dashboard.stripe.com/test/logs/req_1%2F..%2F..%2Fevil%3Fx%3D%23'],
])('Stripe’s log of request %s, live mode %s, is at %s', (requestId, isLive, url) => {
  expect(requestLogUrl(requestId, isLive)).toBe(url);
});
