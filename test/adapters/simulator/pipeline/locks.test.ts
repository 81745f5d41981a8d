import { describe, expect, it } from 'vitest';
import { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { anyAccount, anySimulator, errorIn, get, post, send } from '../support.ts';

const attach = (id: string, key?: string) =>
  post(`payment_methods/${id}/attach`, 'customer=cus_1', key === undefined ? {} : { key });

function anyBusyAccount() {
  const { account } = anyAccount({ workMs: 50 });
  account.addCustomer('cus_1');
  for (const id of ['pm_1', 'pm_2']) account.addPaymentMethod({ id });
  return account;
}

const lockTimeout = { type: 'invalid_request_error', code: 'lock_timeout' };

describe('while a request works on an object', () => {
  it('another for the same object is refused with lock_timeout, and told to try again', () => {
    const account = anyBusyAccount();
    const first = account.receive(attach('pm_1', 'key-1'));
    const second = account.handle(attach('pm_1', 'key-2'));
    expect(second.status).toBe(429);
    expect(errorIn(second)).toMatchObject(lockTimeout);
    expect(second.headers['stripe-should-retry']).toBe('true');
    expect(first.finish()).toMatchObject({ response: { status: 200 } });
    expect(account.handle(attach('pm_1', 'key-2')).status).toBe(200);
    expect(account.effects).toHaveLength(1);
  });

  it('a GET of it is refused too, and holds nothing itself', () => {
    const account = anyBusyAccount();
    const reading = account.receive(get('payment_methods/pm_1'));
    const writing = account.receive(attach('pm_1'));
    const refused = account.handle(get('payment_methods/pm_1'));
    expect(errorIn(refused)).toMatchObject(lockTimeout);
    expect(refused.headers['stripe-should-retry']).toBe('true');
    expect(reading.finish()).toMatchObject({ response: { status: 200 } });
    expect(writing.finish()).toMatchObject({ response: { status: 200 } });
  });

  it('one for another object gets through', () => {
    const account = anyBusyAccount();
    account.receive(attach('pm_1'));
    expect(account.handle(attach('pm_2')).status).toBe(200);
  });

  it('a payment method named in a body counts', () => {
    const account = anyBusyAccount();
    account.receive(attach('pm_1'));
    const setup = account.handle(post('setup_intents', 'customer=cus_1&payment_method=pm_1'));
    expect(errorIn(setup)).toMatchObject(lockTimeout);
  });

  it('its own key comes first: 409', () => {
    const account = anyBusyAccount();
    account.receive(attach('pm_1', 'key-1'));
    expect(account.handle(attach('pm_1', 'key-1')).status).toBe(409);
  });

  it('a request that is refused lets go of it', () => {
    const account = anyBusyAccount();
    expect(account.receive(attach('pm_1')).finish()).toMatchObject({ response: { status: 200 } });
    account.addCustomer('cus_2');
    account.receive(post('payment_methods/pm_1/attach', 'customer=cus_2')).finish();
    expect(account.handle(get('payment_methods/pm_1')).status).toBe(200);
  });
});

it('a delay holds no lock unless it is told to', () => {
  const { account } = anyAccount();
  account.addCustomer('cus_1');
  account.addPaymentMethod({ id: 'pm_1' });
  account.faults.next({ fault: 'delay', ms: 50 });
  account.receive(attach('pm_1'));
  expect(account.handle(get('payment_methods/pm_1')).status).toBe(200);
  account.faults.next({ fault: 'delay', ms: 50, holdsLocks: true });
  account.receive(attach('pm_1'));
  expect(account.handle(get('payment_methods/pm_1')).status).toBe(429);
});

it('of many at once over HTTP one attaches, and the others are refused until it is done', async () => {
  const account = new StripeAccount({ workMs: 400 });
  const simulator = await anySimulator({ account });
  account.addCustomer('cus_1');
  account.addPaymentMethod({ id: 'pm_1' });
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(simulator, attach('pm_1'))));
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 429, 429, 429, 429]);
  expect((await send(simulator, attach('pm_1'))).status).toBe(200);
  expect(account.effects).toHaveLength(1);
});
