import { describe, expect, it } from 'vitest';
import { evolve, fold, initialState } from '../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../src/domain/paymentMethodEvents.ts';
import { evolveSetup, initialSetup } from '../../src/domain/setup.ts';
import type { SetupEvent } from '../../src/domain/setup.ts';
import {
  ana,
  anAttach,
  aPaymentMethod,
  attached,
  declined,
  detached,
  evidence,
  first,
  outcomeUnknown,
  pm,
  refused,
  rejected,
  requested,
  second,
} from './given.ts';
import { key, laterKey, readBack, seti } from './requests.ts';

const updated: PaymentMethodEvent = {
  type: 'PaymentMethodUpdated',
  data: { ...aPaymentMethod({ type: 'link', card: null }), evidence },
};
const attributed: PaymentMethodEvent = {
  type: 'AttachmentAttributed',
  data: { paymentMethodId: pm, attemptId: second, clonedFrom: null, evidence },
};
const renewed = (idempotencyKey: string): PaymentMethodEvent => ({
  type: 'IdempotencyKeyRenewed',
  data: {
    attemptId: first,
    paymentMethodId: pm,
    customer: ana,
    idempotencyKey,
    apiVersion: key.apiVersion,
    renewedAt: laterKey.requestedAt,
  },
});
const detaching = { attemptId: second, paymentMethodId: pm };
const askedToDetach = (under = key): PaymentMethodEvent => ({
  type: 'DetachmentRequested',
  data: { ...detaching, ...under },
});
const detachmentUnknown = (cause: 'serverError' | 'timeout'): PaymentMethodEvent => ({
  type: 'DetachmentOutcomeUnknown',
  data: { ...detaching, cause, evidence },
});

describe('where a payment method stands', () => {
  it('is unattached, with nothing to remember, before anything was recorded', () => {
    expect(fold([])).toEqual({
      status: 'unattached',
      rejectedAttempts: [],
      detachment: null,
      rejectedDetachments: [],
    });
  });

  it('is open under the key it was asked for with, which is not spent', () => {
    const { setAsDefault, ...asked } = anAttach();
    const attempt = { ...asked, setAsDefault, keyMadeAt: asked.requestedAt, formerKeys: [], keyIsSpent: false };
    expect(fold([requested()])).toEqual({ ...initialState, status: 'attaching', attempt });
    expect(fold([requested(), outcomeUnknown()])).toEqual({
      ...initialState,
      status: 'outcomeUnknown',
      cause: 'timeout',
      attempt,
    });
  });

  it('remembers each key that was renewed, and a new key is not spent', () => {
    const events = [requested({ setAsDefault: true }), outcomeUnknown({ cause: 'serverError' })];
    expect(fold([...events, renewed('key-2'), renewed('key-3')])).toMatchObject({
      status: 'attaching',
      attempt: {
        idempotencyKey: 'key-3',
        formerKeys: ['key-1', 'key-2'],
        keyIsSpent: false,
        setAsDefault: true,
        requestedAt: key.requestedAt,
      },
    });
  });

  it('is open by a renewed key alone, where the trail lost what was asked', () => {
    expect(fold([renewed('key-2')])).toMatchObject({
      status: 'attaching',
      attempt: {
        formerKeys: [],
        setAsDefault: false,
        requestedAt: laterKey.requestedAt,
        keyMadeAt: laterKey.requestedAt,
      },
    });
  });

  it('takes its card from the latest update, while it is attached', () => {
    expect(fold([attached(), updated])).toMatchObject({ status: 'attached', type: 'link', card: null });
    expect(fold([attached(), detached, updated])).toEqual(fold([attached(), detached]));
    expect(fold([updated])).toEqual(initialState);
  });

  it('names the attempt that attached it, once that is known, also after it was detached', () => {
    const byNobody = attached({ attemptId: null });
    expect(fold([byNobody, attributed])).toMatchObject({ status: 'attached', attemptId: second });
    expect(fold([byNobody, detached, attributed])).toMatchObject({ status: 'detached', attachedBy: second });
    expect(fold([requested(), attributed])).toEqual(fold([requested()]));
    expect(fold([attached(), detached])).toMatchObject({ status: 'detached', attachedBy: first, attemptId: null });
    expect(fold([requested(), detached])).toMatchObject({ status: 'detached', attachedBy: null });
  });

  it('is not put in doubt by a doubt about no attempt', () => {
    expect(fold([outcomeUnknown()])).toEqual(initialState);
    expect(fold([attached(), outcomeUnknown()])).toEqual(fold([attached()]));
  });

  it('remembers every no, with Stripe’s codes where it was Stripe’s', () => {
    const state = fold([requested(), rejected(), refused('detached')]);
    expect(state).toMatchObject({ status: 'rejected', last: { attemptId: first, stripeCode: 'card_declined' } });
    expect(state.rejectedAttempts).toEqual([
      declined,
      {
        attemptId: second,
        paymentMethodId: pm,
        customer: ana,
        reason: 'detached',
        stripeCode: null,
        declineCode: null,
      },
    ]);
  });

  it('goes on from a state that was folded before', () => {
    const before = fold([requested(), rejected()]);
    expect(fold([requested({ attemptId: second })], before)).toEqual(evolve(before, requested({ attemptId: second })));
    expect(fold([], before)).toBe(before);
  });
});

describe('a detachment that is open', () => {
  it('remembers each key it went out under, and a new key is not spent', () => {
    const events = [attached(), askedToDetach(), detachmentUnknown('serverError')];
    expect(fold(events).detachment).toMatchObject({ cause: 'serverError', keyIsSpent: true, formerKeys: [] });
    const again = fold([...events, askedToDetach(laterKey), askedToDetach({ ...laterKey, idempotencyKey: 'key-3' })]);
    expect(again.detachment).toMatchObject({ formerKeys: ['key-1', 'key-2'], cause: null, keyIsSpent: false });
  });

  it('keeps its key spent when a later look fails for another cause', () => {
    const events = [attached(), askedToDetach(), detachmentUnknown('serverError'), detachmentUnknown('timeout')];
    expect(fold(events).detachment).toMatchObject({ cause: 'timeout', keyIsSpent: true });
    expect(fold([attached(), askedToDetach(), detachmentUnknown('timeout')]).detachment).toMatchObject({
      keyIsSpent: false,
    });
  });

  it('is none of what nobody asked for, nor once it is detached', () => {
    expect(fold([attached(), detachmentUnknown('timeout')]).detachment).toBeNull();
    expect(fold([attached(), askedToDetach(), detached]).detachment).toBeNull();
  });

  it('remembers every attempt that was rejected', () => {
    const no = (attemptId: typeof first): PaymentMethodEvent => ({
      type: 'DetachmentRejected',
      data: { attemptId, paymentMethodId: pm, reason: 'notAttached', stripeCode: null, evidence },
    });
    const rejectedDetachment = { paymentMethodId: pm, reason: 'notAttached', stripeCode: null };
    expect(fold([attached(), no(first), no(second)]).rejectedDetachments).toEqual([
      { ...rejectedDetachment, attemptId: first },
      { ...rejectedDetachment, attemptId: second },
    ]);
  });
});

describe('where a setup stands', () => {
  const wish = { attemptId: first, customer: ana, usage: 'off_session' as const, paymentMethodTypes: null };
  const asked: SetupEvent = { type: 'SetupRequested', data: { ...wish, ...key } };
  const doubt = (cause: 'serverError' | 'timeout', source = evidence): SetupEvent => ({
    type: 'SetupOutcomeUnknown',
    data: { attemptId: first, cause, evidence: source },
  });
  const begun: SetupEvent = { type: 'SetupBegun', data: { attemptId: first, setupIntentId: seti, evidence } };
  const no: SetupEvent = {
    type: 'SetupRejected',
    data: { attemptId: first, reason: 'invalidRequest', stripeCode: 'parameter_missing', evidence },
  };
  const done: SetupEvent = {
    type: 'SetupSucceeded',
    data: { attemptId: first, setupIntentId: seti, paymentMethodId: pm, evidence },
  };
  const after = (...events: readonly SetupEvent[]) => events.reduce(evolveSetup, initialSetup);

  it('follows what was recorded of it', () => {
    const open = { ...key, cause: null, keyIsSpent: false };
    expect(after()).toEqual({ status: 'unasked' });
    expect(after(asked)).toEqual({ status: 'requested', wish, open });
    expect(after(asked, begun)).toEqual({ status: 'begun', wish, setupIntentId: seti });
    expect(after(asked, no)).toEqual({
      status: 'rejected',
      wish,
      reason: 'invalidRequest',
      stripeCode: 'parameter_missing',
    });
    expect(after(asked, begun, done)).toEqual({ status: 'succeeded', wish, setupIntentId: seti, paymentMethodId: pm });
  });

  it('keeps its key spent when a later try fails for another cause; a look spends none', () => {
    expect(after(asked, doubt('serverError'), doubt('timeout'))).toMatchObject({
      status: 'requested',
      open: { cause: 'timeout', keyIsSpent: true },
    });
    expect(after(asked, doubt('serverError', readBack))).toMatchObject({
      open: { cause: 'serverError', keyIsSpent: false },
    });
    expect(after(asked, begun, doubt('timeout'))).toEqual(after(asked, begun));
  });

  it('is none of ours where nobody asked for it', () => {
    for (const event of [doubt('timeout'), begun, no, done]) expect(after(event)).toEqual(initialSetup);
  });
});
