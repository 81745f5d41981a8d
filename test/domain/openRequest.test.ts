import { describe, expect, it } from 'vitest';
import type { CustomerEvent } from '../../src/domain/customer.ts';
import { evolveCustomer, initialCustomer } from '../../src/domain/customer.ts';
import { attemptIn } from '../../src/domain/customerDecisions.ts';
import type { EvidenceSource, UnknownCause } from '../../src/domain/evidence.ts';
import type { OpenRequest } from '../../src/domain/keyedRequest.ts';
import { isKeyOf, isRequestInFlight, mayLand, spendsKey } from '../../src/domain/keyedRequest.ts';
import { defaultRetryPolicy } from '../../src/domain/retryPolicy.ts';
import { evidence, first, other, pm, second } from './given.ts';
import { cusAna, key, laterKey } from './requests.ts';

const open = (part: Partial<OpenRequest> = {}): OpenRequest => ({ ...key, cause: null, keyIsSpent: false, ...part });

describe('a request that is open', () => {
  const isFlying = (now: string, cause: UnknownCause | null = null) =>
    isRequestInFlight(open({ cause }), now, defaultRetryPolicy);

  it('is taken to be in flight for half a minute, and no longer', () => {
    expect(isFlying('2025-11-23T12:00:29.999Z')).toBe(true);
    expect(isFlying('2025-11-23T12:00:30.000Z')).toBe(false);
  });

  it('is not in flight once it ended in doubt, unless Stripe is still at it', () => {
    expect(isFlying('2025-11-23T12:00:01.000Z', 'timeout')).toBe(false);
    expect(isFlying('2025-11-23T12:00:01.000Z', 'stillProcessing')).toBe(true);
    expect(isFlying('2025-11-23T12:00:30.000Z', 'stillProcessing')).toBe(false);
  });

  it('is known by its key, by each that it had before, and by no other', () => {
    const renewed = { idempotencyKey: 'key-3', formerKeys: ['key-1', 'key-2'] };
    for (const known of ['key-1', 'key-2', 'key-3']) expect(isKeyOf(renewed, known)).toBe(true);
    for (const unknown of ['key-4', null]) expect(isKeyOf(renewed, unknown)).toBe(false);
  });
});

describe('a default that was wished for', () => {
  const wish = { attemptId: first, customerId: cusAna, paymentMethodId: pm };
  const later = { attemptId: second, customerId: cusAna, paymentMethodId: other };
  const asks = (of: typeof wish, under = key): CustomerEvent => ({
    type: 'DefaultPaymentMethodRequested',
    data: { ...of, ...under },
  });
  const after = (...events: readonly CustomerEvent[]) => events.reduce(evolveCustomer, initialCustomer);

  const wished = (of: typeof wish): CustomerEvent => ({
    type: 'DefaultPaymentMethodWished',
    data: { ...of, wishedAt: key.requestedAt },
  });

  it('gives way to a later wish that is asked for, and not to an older one', () => {
    const both = [wished(wish), wished(later)];
    expect(after(...both)).toMatchObject({ wishes: [wish, later], superseded: [] });
    expect(after(...both, asks(later))).toMatchObject({ wishes: [], superseded: [wish] });
    expect(after(...both, asks(wish))).toMatchObject({ wishes: [later], superseded: [] });
  });

  it('gives way to what is asked for without having been wished for: that is the latest', () => {
    expect(after(wished(wish), asks(later))).toMatchObject({ wishes: [], superseded: [wish] });
  });

  it('stands where an older one is asked for under another key', () => {
    const state = after(asks(later), wished(wish), asks(later, laterKey));
    expect(state).toMatchObject({ wishes: [wish], superseded: [], open: laterKey });
  });

  it('ends with the customer', () => {
    const deleted: CustomerEvent = { type: 'CustomerDeleted', data: { customerId: cusAna, evidence } };
    expect(after(wished(wish), deleted)).toMatchObject({ wishes: [] });
  });

  it('is known by its attempt while it is open, and however it ended', () => {
    const no = { ...wish, reason: 'invalidRequest' as const, stripeCode: null, evidence };
    expect(attemptIn(after(asks(wish)), wish)).toMatchObject(wish);
    expect(attemptIn(after(asks(wish), asks(later)), wish)).toEqual({ ...wish, wasAsked: true });
    expect(attemptIn(after(asks(wish), { type: 'DefaultPaymentMethodRejected', data: no }), wish)).toMatchObject(wish);
    expect(attemptIn(after(asks(wish)), later)).toBeNull();
    expect(attemptIn(after(), wish)).toBeNull();
    expect(attemptIn(after(wished(wish)), wish)).toBeNull();
    expect(attemptIn(after(wished(wish), asks(later)), wish)).toEqual({ ...wish, wasAsked: false });
  });

  it('is another where its attempt asks for another payment method, once nothing of it was asked for', () => {
    const other = { ...wish, paymentMethodId: later.paymentMethodId };
    expect(attemptIn(after(wished(wish), asks(later)), other)).toBeNull();
    expect(attemptIn(after(asks(wish)), other)).toMatchObject(wish);
    const twice = after(wished(wish), wished(later), wished(other), asks(other));
    expect(twice).toMatchObject({ wishes: [], superseded: [wish, later] });
    const older = after(wished(wish), wished(later), wished(other), asks(wish));
    expect(older).toMatchObject({ wishes: [later], superseded: [] });
  });

  it('is remembered as set, or as rejected, and is open no more', () => {
    const no = { ...wish, reason: 'invalidRequest' as const, stripeCode: null };
    const nothing = { isDeleted: false, set: [], open: null, wishes: [], rejected: [], superseded: [] };
    expect(after()).toMatchObject(nothing);
    expect(after(asks(wish), { type: 'DefaultPaymentMethodSet', data: { ...wish, evidence } })).toMatchObject({
      ...nothing,
      set: [wish],
    });
    expect(after(asks(wish), { type: 'DefaultPaymentMethodRejected', data: { ...no, evidence } })).toMatchObject({
      ...nothing,
      rejected: [no],
    });
  });

  it('supersedes what is open of another attempt, and not what is its own', () => {
    expect(after(asks(wish), asks(later)).superseded).toEqual([{ ...wish, wasAsked: true }]);
    expect(after(asks(wish), asks(wish, laterKey)).superseded).toEqual([]);
  });

  it('may land for two hours longer than its key is used, unless Stripe has answered it', () => {
    const lands = (part: Partial<OpenRequest>, now: string) => mayLand(open(part), now, defaultRetryPolicy);
    expect(lands({}, '2025-11-24T12:59:59.999Z')).toBe(true);
    expect(lands({}, '2025-11-24T13:00:00.000Z')).toBe(false);
    expect(lands({ cause: 'timeout' }, key.requestedAt)).toBe(true);
    expect(lands({ keyIsSpent: true }, key.requestedAt)).toBe(false);
  });

  it('has spent its key where Stripe has answered it, and not where somebody in between has', () => {
    const isSpent = (requestId: string | null, source: EvidenceSource = 'response') =>
      spendsKey({ cause: 'refusedWithoutCode', evidence: { source, requestId, tries: [] } });
    expect(isSpent('req_1')).toBe(true);
    expect(isSpent(null)).toBe(false);
    expect(isSpent('req_1', 'readBack')).toBe(false);
  });

  it('keeps its key spent when a later look fails for another cause', () => {
    const doubt = (cause: UnknownCause): CustomerEvent => ({
      type: 'DefaultPaymentMethodOutcomeUnknown',
      data: { ...wish, cause, evidence },
    });
    expect(after(asks(wish), doubt('serverError'), doubt('timeout')).open).toMatchObject({
      cause: 'timeout',
      keyIsSpent: true,
    });
    expect(after(asks(wish), doubt('timeout')).open).toMatchObject({ keyIsSpent: false });
    expect(after(doubt('timeout'))).toEqual(initialCustomer);
  });
});
