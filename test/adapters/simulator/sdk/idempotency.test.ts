import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../../src/adapters/simulator/index.ts';
import { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { anySimulator, apiKey, faultsMet } from '../support.ts';
import { cus, pm } from './rows.ts';
import type { Answer, Major, Sdk } from './sdks.ts';
import { clientOf, majors } from './sdks.ts';

type Setting = {
  readonly sdk: Sdk;
  readonly account: StripeAccount;
  readonly clock: { ms: number };
  readonly major: Major;
};

async function anySetting(major: Major, maxNetworkRetries = 0): Promise<Setting> {
  const clock = { ms: Date.now() };
  const account = new StripeAccount({ now: () => clock.ms });
  account.addCustomer(cus);
  account.addPaymentMethod({ id: pm });
  const { url } = await anySimulator({ account });
  return { sdk: clientOf(major, url, apiKey, maxNetworkRetries), account, clock, major };
}

const attach = (sdk: Sdk, key = 'key-1', id = pm) =>
  sdk.paymentMethods.attach(id, { customer: cus }, { idempotencyKey: key });

type Failed = { readonly statusCode?: number; readonly headers: Readonly<Record<string, string>> };
const failureOf = (asked: Promise<Answer>) =>
  asked.then(
    () => null,
    (error: unknown) => error as Failed,
  );
const isReplay = (headers: Readonly<Record<string, string>> | undefined) => headers?.['idempotent-replayed'] === 'true';

/** Every rule of the server's, by a short name. */
const rules: Readonly<Record<string, (setting: Setting) => Promise<void>>> = {
  'a 200 is saved with its body, and replayed with the headers that say so': async ({ sdk, account }) => {
    const first = await attach(sdk);
    const second = await attach(sdk);
    expect(first.lastResponse.headers).toMatchObject({
      'idempotency-key': 'key-1',
      'original-request': first.lastResponse.requestId,
      'stripe-should-retry': 'false',
    });
    expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
    expect(second).toEqual(first);
    expect(second.lastResponse.headers).toMatchObject({
      'idempotency-key': 'key-1',
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
      'stripe-should-retry': 'false',
    });
    expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
    expect(account.effects).toHaveLength(1);
  },

  'a 500 is saved, with its effect or without': async ({ sdk, account }) => {
    for (const effect of [true, false]) {
      account.faults.next({ fault: 'serverError', effect });
      const key = `key-${effect}`;
      const id = account.addPaymentMethod();
      expect(await failureOf(attach(sdk, key, id))).toMatchObject({ statusCode: 500 });
      const again = await failureOf(attach(sdk, key, id));
      expect(again).toMatchObject({ statusCode: 500 });
      expect(isReplay(again?.headers)).toBe(true);
    }
    expect(account.effects).toHaveLength(1);
  },

  'a 402 is saved, also when the card would now do': async ({ sdk, account }) => {
    account.addPaymentMethod({ id: pm, decline: 'lost_card' });
    expect(await failureOf(attach(sdk))).toMatchObject({ statusCode: 402 });
    account.addPaymentMethod({ id: pm });
    expect(isReplay((await failureOf(attach(sdk)))?.headers)).toBe(true);
    expect((await attach(sdk, 'key-2')).lastResponse.statusCode).toBe(200);
  },

  'a validation failure and a missing object are not saved, and echo the key all the same': async ({
    sdk,
    account,
  }) => {
    const missing = await failureOf(attach(sdk, 'key-1', 'pm_later'));
    expect(missing?.headers).toMatchObject({
      'idempotency-key': 'key-1',
      'original-request': expect.stringMatching(/^req_/) as string,
    });
    expect(missing?.headers).not.toHaveProperty('stripe-should-retry');
    account.addPaymentMethod({ id: 'pm_later' });
    const attached = await attach(sdk, 'key-1', 'pm_later');
    expect(isReplay(attached.lastResponse.headers)).toBe(false);
  },

  'a conflict with a request in flight is not saved': async ({ sdk, account }) => {
    account.faults.next({ fault: 'delay', ms: 400 });
    const first = attach(sdk);
    await faultsMet(account);
    expect(await failureOf(attach(sdk))).toMatchObject({ statusCode: 409 });
    await first;
    expect(isReplay((await attach(sdk)).lastResponse.headers)).toBe(true);
  },

  'a lock timeout is not saved: the next try under its key is executed': async ({ sdk, account }) => {
    account.faults.next({ fault: 'lockTimeout' });
    expect((await failureOf(attach(sdk)))?.headers['stripe-should-retry']).toBe('true');
    expect(isReplay((await attach(sdk)).lastResponse.headers)).toBe(false);
  },

  'a rate limit comes before: what was saved is refused too, and answered later': async ({ sdk, account }) => {
    await attach(sdk);
    account.faults.next({ fault: 'rateLimit' });
    const limited = await failureOf(attach(sdk));
    expect(limited).toMatchObject({ statusCode: 429 });
    expect(limited?.headers).not.toHaveProperty('stripe-should-retry');
    expect(isReplay((await attach(sdk)).lastResponse.headers)).toBe(true);
  },

  'a key has no effect on a GET or a DELETE': async ({ sdk }) => {
    const options = { idempotencyKey: 'key-1' };
    const first = await sdk.customers.retrieve(cus, {}, options);
    const deleted = await sdk.customers.del(cus, {}, options);
    for (const { headers } of [first.lastResponse, deleted.lastResponse]) {
      expect(headers).not.toHaveProperty('idempotency-key');
      expect(headers).not.toHaveProperty('original-request');
      expect(headers).not.toHaveProperty('stripe-should-retry');
    }
    expect((await attach(sdk).catch(() => null))?.lastResponse).toBeUndefined();
  },

  'a key is forgotten after 24 hours, and then runs as new': async ({ sdk, account, clock }) => {
    await attach(sdk);
    clock.ms += 24 * 60 * 60 * 1000 - 1;
    expect(isReplay((await attach(sdk)).lastResponse.headers)).toBe(true);
    clock.ms += 1;
    expect(isReplay((await attach(sdk)).lastResponse.headers)).toBe(false);
    expect(account.effects).toHaveLength(1);
  },

  'a key may have 255 characters, and no more': async ({ sdk }) => {
    expect((await attach(sdk, 'k'.repeat(255))).lastResponse.statusCode).toBe(200);
    expect(await failureOf(attach(sdk, 'k'.repeat(256)))).toMatchObject({ statusCode: 400 });
  },

  'without a key nothing says whether to retry': async ({ sdk, major }) => {
    const { headers } = (await sdk.customers.create({ name: 'Ada' })).lastResponse;
    const sendsItsOwn = major === '23';
    expect(headers['idempotency-key'] !== undefined).toBe(sendsItsOwn);
    expect(headers['stripe-should-retry']).toBe(sendsItsOwn ? 'false' : undefined);
  },
};

describe.each(majors)('the official SDK %s sees idempotency as at Stripe', (major) => {
  it.each(Object.keys(rules))('%s', async (name) => {
    await rules[name]?.(await anySetting(major));
    expect.hasAssertions();
  });
});

type Retried = { readonly fault: Fault; readonly statuses: readonly (number | null)[]; readonly isReplayed: boolean };

/** What the SDK does by itself with what the simulator answers. It waits half a second before it tries again. */
const retried: readonly Retried[] = [
  { fault: { fault: 'lockTimeout' }, statuses: [429, 200], isReplayed: false },
  { fault: { fault: 'loseResponse' }, statuses: [200, 200], isReplayed: true },
  { fault: { fault: 'loseRequest' }, statuses: [null, 200], isReplayed: false },
  { fault: { fault: 'badGateway', effect: true }, statuses: [200, 200], isReplayed: true },
];

const notRetried: readonly { readonly fault: Fault; readonly statusCode: number }[] = [
  { fault: { fault: 'serverError', effect: false }, statusCode: 500 },
  { fault: { fault: 'rateLimit' }, statusCode: 429 },
];

async function anyFaulty(major: Major, fault: Fault): Promise<Setting> {
  const setting = await anySetting(major, 1);
  setting.account.faults.next(fault);
  return setting;
}

describe.each(majors)('the official SDK %s, left to retry by itself', (major) => {
  it('attaches once after whatever may be tried again, under one key', async () => {
    const outcomes = retried.map(async ({ fault }) => {
      const { sdk, account } = await anyFaulty(major, fault);
      const { headers } = (await sdk.paymentMethods.attach(pm, { customer: cus })).lastResponse;
      const keys = new Set(account.requests.map(({ idempotencyKey }) => idempotencyKey));
      const statuses = account.requests.map(({ status }) => status);
      return { fault, statuses, isReplayed: isReplay(headers), keys: keys.size, effects: account.effects.length };
    });
    expect(await Promise.all(outcomes)).toEqual(retried.map((one) => ({ ...one, keys: 1, effects: 1 })));
  });

  it('does not try again what was saved, or limited', async () => {
    for (const { fault, statusCode } of notRetried) {
      const { sdk, account } = await anyFaulty(major, fault);
      expect(await failureOf(sdk.paymentMethods.attach(pm, { customer: cus }))).toMatchObject({ statusCode });
      expect(account.requests).toHaveLength(1);
    }
  });
});
