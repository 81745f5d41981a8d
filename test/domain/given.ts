import { expect } from 'vitest';
import type { Conclusion } from '../../src/domain/answers.ts';
import type { AttachPaymentMethod, Decision } from '../../src/domain/decisions.ts';
import type {
  AccountId,
  AttemptId,
  CustomerId,
  CustomerReference,
  PaymentMethodId,
} from '../../src/domain/identifiers.ts';
import { isAccountId, isAttemptId, isCustomerId, isPaymentMethodId } from '../../src/domain/identifiers.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import type { PaymentMethodState } from '../../src/domain/paymentMethod.ts';
import type { PaymentMethodEvent, RefusalReason } from '../../src/domain/paymentMethodEvents.ts';
import type { PaymentMethodSummary } from '../../src/domain/paymentMethodSummary.ts';
import { fold } from '../../src/domain/paymentMethod.ts';

/** Given these events, when this is decided, then these events follow; and deciding again on the result yields nothing. */
export function given(...events: readonly PaymentMethodEvent[]) {
  return {
    when(decide: (state: PaymentMethodState) => Decision) {
      const state = fold(events);
      const decision = decide(state);
      return {
        thenRecords(...expected: readonly PaymentMethodEvent[]) {
          expect(decision).toEqual({ events: expected });
          const after = fold(expected, state);
          expect(decide(after), 'decided again on its own result').toEqual({ events: [] });
          return after;
        },
        thenRejected(reason: string) {
          expect(decision).toEqual({ rejected: reason });
        },
      };
    },
  };
}

export const pm = paymentMethodId('pm_1');
export const other = paymentMethodId('pm_2');
export const alias = paymentMethodId('pm_card_visa');
export const ana: CustomerReference = { kind: 'customer', id: customerId('cus_Ana') };
export const ben: CustomerReference = { kind: 'customer', id: customerId('cus_Ben') };
export const anaAccount: CustomerReference = { kind: 'customerAccount', id: accountId('acct_Ana') };
export const first = attemptId('attempt-1');
export const second = attemptId('attempt-2');
const noon = '2025-11-23T12:00:00.000Z';

export const evidence: Evidence = {
  source: 'response',
  requestId: 'req_1',
  tries: [{ status: 200, requestId: 'req_1', failure: null }],
};

export function anAttach(part: Partial<AttachPaymentMethod> = {}): AttachPaymentMethod {
  return {
    attemptId: first,
    paymentMethodId: pm,
    customer: ana,
    idempotencyKey: 'key-1',
    apiVersion: '2025-10-29.clover',
    requestedAt: noon,
    setAsDefault: false,
    ...part,
  };
}

export function requested(part: Partial<AttachPaymentMethod> = {}): PaymentMethodEvent {
  return { type: 'AttachmentRequested', data: anAttach(part) };
}

export function aPaymentMethod(part: Partial<PaymentMethodSummary> = {}): PaymentMethodSummary {
  return {
    paymentMethodId: pm,
    customer: ana,
    type: 'card',
    card: {
      brand: 'visa',
      last4: '4242',
      expMonth: 8,
      expYear: 2026,
      funding: 'credit',
      country: 'US',
      fingerprint: 'mToisGZ01V71BCos',
      wallet: null,
      checks: { cvc: 'pass', addressLine1: null, addressPostalCode: null },
    },
    livemode: false,
    created: 1679946402,
    ...part,
  };
}

export function concluded(answer: Conclusion['answer'], part: Partial<Conclusion> = {}): Conclusion {
  const asked = { attemptId: first, paymentMethodId: pm, customer: ana, idempotencyKey: 'key-1', clonedFrom: null };
  return { ...asked, answer, evidence, ...part };
}

export function attached(
  part: Partial<Extract<PaymentMethodEvent, { type: 'PaymentMethodAttached' }>['data']> = {},
): PaymentMethodEvent {
  return {
    type: 'PaymentMethodAttached',
    data: { ...aPaymentMethod(), customer: ana, attemptId: first, clonedFrom: null, evidence, ...part },
  };
}

/** What Stripe says of a card that was declined. */
export const declined = {
  attemptId: first,
  paymentMethodId: pm,
  customer: ana,
  reason: 'cardDeclined',
  stripeCode: 'card_declined',
  declineCode: 'generic_decline',
} as const;

export function rejected(
  part: Partial<Extract<PaymentMethodEvent, { type: 'AttachmentRejected' }>['data']> = {},
): PaymentMethodEvent {
  return {
    type: 'AttachmentRejected',
    data: { ...declined, evidence, ...part },
  };
}

export function outcomeUnknown(
  part: Partial<Extract<PaymentMethodEvent, { type: 'AttachmentOutcomeUnknown' }>['data']> = {},
): PaymentMethodEvent {
  return {
    type: 'AttachmentOutcomeUnknown',
    data: { attemptId: first, paymentMethodId: pm, customer: ana, cause: 'timeout', evidence, ...part },
  };
}

export function refused(
  reason: RefusalReason,
  { customer = ana }: { readonly customer?: CustomerReference } = {},
): PaymentMethodEvent {
  return { type: 'AttachmentRefused', data: { attemptId: second, paymentMethodId: pm, customer, reason } };
}

export const detached: PaymentMethodEvent = {
  type: 'PaymentMethodDetached',
  data: { paymentMethodId: pm, customer: ana, attemptId: null, evidence },
};

export const detachmentAsked: PaymentMethodEvent = {
  type: 'DetachmentRequested',
  data: {
    attemptId: second,
    paymentMethodId: pm,
    idempotencyKey: 'key-9',
    apiVersion: '2025-10-29.clover',
    requestedAt: noon,
  },
};

function paymentMethodId(text: string): PaymentMethodId {
  if (!isPaymentMethodId(text)) throw new TypeError(text);
  return text;
}

function customerId(text: string): CustomerId {
  if (!isCustomerId(text)) throw new TypeError(text);
  return text;
}

function accountId(text: string): AccountId {
  if (!isAccountId(text)) throw new TypeError(text);
  return text;
}

function attemptId(text: string): AttemptId {
  if (!isAttemptId(text)) throw new TypeError(text);
  return text;
}
