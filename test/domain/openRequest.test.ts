import { describe, expect, it } from 'vitest';
import type { CustomerEvent } from '../../src/domain/customer.ts';
import { evolveCustomer, initialCustomer } from '../../src/domain/customer.ts';
import { attemptIn, isInTheWay, isOvertaken } from '../../src/domain/customerDecisions.ts';
import type { UnknownCause } from '../../src/domain/evidence.ts';
import type { OpenRequest } from '../../src/domain/keyedRequest.ts';
import { isKeyOf, isRequestInFlight } from '../../src/domain/keyedRequest.ts';
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

  it('is overtaken by one that was asked for after it', () => {
    const state = after(asks(later));
    expect(isOvertaken(wish, '2025-11-23T11:59:59.999Z', state)).toBe(true);
    expect(isOvertaken(wish, key.requestedAt, state)).toBe(false);
    expect(isOvertaken(wish, '2025-11-23T12:00:00.001Z', state)).toBe(false);
  });

  it('is not overtaken where it was asked for itself, or nothing was', () => {
    const asked = after(asks(wish), { type: 'DefaultPaymentMethodSet', data: { ...wish, evidence } }, asks(later));
    expect(isOvertaken(wish, '2025-11-23T11:00:00.000Z', asked)).toBe(false);
    expect(isOvertaken(wish, '2025-11-23T11:00:00.000Z', after())).toBe(false);
  });

  it('is known by its attempt while it is open, and however it ended', () => {
    const no = { ...wish, reason: 'invalidRequest' as const, stripeCode: null, evidence };
    expect(attemptIn(after(asks(wish)), first)).toMatchObject(wish);
    expect(attemptIn(after(asks(wish), asks(later)), first)).toEqual(wish);
    expect(attemptIn(after(asks(wish), { type: 'DefaultPaymentMethodRejected', data: no }), first)).toMatchObject(wish);
    expect(attemptIn(after(asks(wish)), second)).toBeNull();
    expect(attemptIn(after(), first)).toBeNull();
  });

  it('is remembered as set, or as rejected, and is open no more', () => {
    const no = { ...wish, reason: 'invalidRequest' as const, stripeCode: null };
    const nothing = { isDeleted: false, set: [], open: null, rejected: [], superseded: [] };
    const { askedAt } = after(asks(wish));
    expect(askedAt).toBe(key.requestedAt);
    expect(after()).toMatchObject({ ...nothing, askedAt: null });
    expect(after(asks(wish), { type: 'DefaultPaymentMethodSet', data: { ...wish, evidence } })).toMatchObject({
      ...nothing,
      askedAt,
      set: [wish],
    });
    expect(after(asks(wish), { type: 'DefaultPaymentMethodRejected', data: { ...no, evidence } })).toMatchObject({
      ...nothing,
      askedAt,
      rejected: [no],
    });
  });

  it('supersedes what is open of another attempt, and not what is its own', () => {
    expect(after(asks(wish), asks(later)).superseded).toEqual([wish]);
    expect(after(asks(wish), asks(wish, laterKey)).superseded).toEqual([]);
  });

  it('is in the way of another for 23 hours, unless Stripe has answered it', () => {
    const inTheWay = (cause: UnknownCause | null, now: string) =>
      isInTheWay({ ...wish, ...open({ cause }) }, now, defaultRetryPolicy);
    expect(inTheWay(null, '2025-11-24T10:59:59.999Z')).toBe(true);
    expect(inTheWay(null, '2025-11-24T11:00:00.000Z')).toBe(false);
    expect(inTheWay('timeout', key.requestedAt)).toBe(true);
    expect(inTheWay('refusedWithoutCode', key.requestedAt)).toBe(false);
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
