import type { Recording } from './decisions.ts';
import type { Evidence } from './evidence.ts';
import type { AttemptId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import { isSameCustomer } from './identifiers.ts';
import { isKeyOf } from './keyedRequest.ts';
import type { PaymentMethodState } from './paymentMethod.ts';
import { isOpen } from './paymentMethod.ts';
import type { BillingDetails, CardSummary, PaymentMethodSummary } from './paymentMethodSummary.ts';

/** Something Stripe did that this module may not have asked for, as a webhook or a sweep tells of it. */
export type ObservedAttachment = {
  readonly paymentMethod: PaymentMethodSummary & { readonly customer: CustomerReference };
  /** the account that this customer is as well, where Stripe names both */
  readonly alsoNamed?: CustomerReference | null | undefined;
  /** the key of the request that did it, where Stripe names it: by it an attempt of ours is known */
  readonly idempotencyKey: string | null;
  /** the attempt of ours whose setup it was */
  readonly attemptId: AttemptId | null;
  readonly evidence: Evidence;
};

export type ObservedDetachment = {
  /** as it was after it was detached */
  readonly paymentMethod: PaymentMethodSummary;
  /** whom it was attached to, where Stripe says */
  readonly customer: CustomerReference | null;
  readonly alsoNamed?: CustomerReference | null | undefined;
  readonly idempotencyKey: string | null;
  readonly evidence: Evidence;
};

/** A payment method as a look found it. */
export type Looked = {
  readonly paymentMethod: PaymentMethodSummary;
  /** the attempt of ours whose setup attached it, if one did */
  readonly attemptId: AttemptId | null;
  readonly evidence: Evidence;
};

type Found = Pick<ObservedAttachment, 'paymentMethod' | 'attemptId' | 'evidence'>;

/** Records an attachment, whoever asked for it, unless the trail knows of it, or of what came after it. */
export function decideObservedAttachment(seen: ObservedAttachment, state: PaymentMethodState): Recording {
  if (state.status === 'attached' || state.status === 'detached' || state.status === 'cloned') return { events: [] };
  const { alsoNamed = null, evidence } = seen;
  const customer = customerNamed(seen.paymentMethod.customer, alsoNamed, state);
  const isOurs = isOpen(state) && isKeyOf(state.attempt, seen.idempotencyKey);
  const attemptId = isOurs ? state.attempt.attemptId : seen.attemptId;
  const clonedFrom: PaymentMethodId | null = null;
  const data = { ...seen.paymentMethod, customer, attemptId, clonedFrom, evidence };
  return { events: [{ type: 'PaymentMethodAttached', data }] };
}

/**
 * Records a detachment, whoever asked for it. Where the trail missed that it had been attached, that is recorded first: a
 * detachment proves it, and webhooks come in any order. It was the open attempt that attached it to its customer, if one is.
 */
export function decideObservedDetachment(seen: ObservedDetachment, state: PaymentMethodState): Recording {
  if (state.status === 'detached') return { events: [] };
  const { paymentMethod, evidence, alsoNamed = null } = seen;
  const named = seen.customer && customerNamed(seen.customer, alsoNamed, state);
  const customer = state.status === 'attached' ? state.customer : named;
  const isOurs = state.detachment !== null && isKeyOf(state.detachment, seen.idempotencyKey);
  const attemptId = isOurs ? state.detachment.attemptId : null;
  const missed =
    state.status === 'attached' || customer === null
      ? []
      : decideFound({ paymentMethod: { ...paymentMethod, customer }, attemptId: null, evidence }, state).events;
  const { paymentMethodId } = paymentMethod;
  const detached = { paymentMethodId, customer, attemptId, evidence };
  return { events: [...missed, { type: 'PaymentMethodDetached', data: detached }] };
}

/**
 * Records what a look shows and the trail does not know: an attachment, a detachment, other details. Only a look that was
 * taken after the state was read can be trusted with it.
 */
export function decideLooked({ paymentMethod, attemptId, evidence }: Looked, state: PaymentMethodState): Recording {
  const { customer } = paymentMethod;
  if (customer !== null) {
    if (state.status === 'attached' && !isSameCustomer(state.customer, customer)) return { events: [] };
    if (state.status === 'attached') return decideUpdate(paymentMethod, evidence, state);
    return decideFound({ paymentMethod: { ...paymentMethod, customer }, attemptId, evidence }, state);
  }
  if (state.status !== 'attached') return { events: [] };
  // An open detachment of ours is what did it.
  const idempotencyKey = state.detachment?.idempotencyKey ?? null;
  return decideObservedDetachment({ paymentMethod, customer: null, idempotencyKey, evidence }, state);
}

/** Whose it may be, so far as the trail knows: of two names that Stripe uses for one, this is the one it stands under. */
export function expectedCustomer(state: PaymentMethodState): CustomerReference | null {
  switch (state.status) {
    case 'attaching':
    case 'outcomeUnknown':
      return state.attempt.customer;
    case 'attached':
    case 'detached':
    case 'cloned':
      return state.customer;
    case 'rejected':
      return state.last.customer;
    case 'unattached':
      return null;
    default:
      return state satisfies never;
  }
}

/** Records what Stripe keeps of an attached payment method now, where the trail has it otherwise. */
export function decideUpdate(
  paymentMethod: PaymentMethodSummary,
  evidence: Evidence,
  state: PaymentMethodState,
): Recording {
  if (state.status !== 'attached') return { events: [] };
  const isSame =
    state.type === paymentMethod.type &&
    isSameCard(state.card, paymentMethod.card) &&
    isSameBilling(state.billingDetails, paymentMethod.billingDetails);
  if (isSame) return { events: [] };
  return { events: [{ type: 'PaymentMethodUpdated', data: { ...paymentMethod, evidence } }] };
}

/** An attachment found without the key it was done under: the open attempt's, where it asked for this customer. */
function decideFound(found: Found, state: PaymentMethodState): Recording {
  const { paymentMethod, evidence } = found;
  const isAsked = isOpen(state) && isSameCustomer(state.attempt.customer, paymentMethod.customer);
  const attemptId = isAsked ? state.attempt.attemptId : found.attemptId;
  return decideObservedAttachment({ paymentMethod, idempotencyKey: null, attemptId, evidence }, state);
}

function customerNamed(
  customer: CustomerReference,
  alsoNamed: CustomerReference | null,
  state: PaymentMethodState,
): CustomerReference {
  const expected = expectedCustomer(state);
  return alsoNamed !== null && expected !== null && isSameCustomer(alsoNamed, expected) ? alsoNamed : customer;
}

function isSameCard(one: CardSummary | null, other: CardSummary | null): boolean {
  if (one === null || other === null) return one === other;
  const { checks, ...card } = one;
  const { checks: otherChecks, ...otherCard } = other;
  return hasSameFields(card, otherCard) && hasSameFields(checks, otherChecks);
}

type Billing = PaymentMethodSummary['billingDetails'];

function isSameBilling(one: Billing, other: Billing): boolean {
  if (!isKept(one) || !isKept(other)) return true;
  const { address, ...person } = one;
  const { address: otherAddress, ...otherPerson } = other;
  return hasSameFields(person, otherPerson) && hasSameFields(address, otherAddress);
}

function isKept(billing: Billing): billing is BillingDetails {
  return billing !== undefined && billing !== 'redacted';
}

/** A field that cannot be read shows no difference: else every look would record the same change again. */
function hasSameFields<Fields extends object>(one: Fields, other: Fields): boolean {
  return Object.entries(one).every(([name, value]) => {
    const otherValue: unknown = Reflect.get(other, name);
    return otherValue === value || otherValue === 'redacted' || value === 'redacted';
  });
}
