import type { TrailEvent } from '../../application/events/eventTypes.ts';
import { attemptId, customerId, customerReference, paymentMethodId, setupIntentId } from './ids.ts';
import { aPaymentMethod, someEvidence } from './parts.ts';

type EventOf<Type extends TrailEvent['type']> = Extract<TrailEvent, { type: Type }>;
type DataOf = { readonly [Type in TrailEvent['type']]: EventOf<Type>['data'] };

const pm = paymentMethodId('pm_1');
const ofAttempt = { attemptId: attemptId('attempt-1'), paymentMethodId: pm, customer: customerReference('cus_1') };
const ofDetachment = { attemptId: attemptId('detach-1'), paymentMethodId: pm };
const ofDefault = { attemptId: attemptId('default-1'), customerId: customerId('cus_1'), paymentMethodId: pm };
const ofSetup = { attemptId: attemptId('setup-1') };
const [apiVersion, requestedAt] = ['2025-10-29.clover', '2025-11-23T12:00:00.000Z'];
const keyed = (idempotencyKey: string) => ({ idempotencyKey, apiVersion, requestedAt });
const evidence = someEvidence();
const doubt = someEvidence({ requestId: null, tries: [{ status: null, requestId: null, failure: 'timeout' }] });
const refusal = someEvidence({ tries: [{ status: 402, requestId: 'req_1', failure: null }] });

const usual: DataOf = {
  AttachmentRequested: { ...ofAttempt, ...keyed('key-1'), setAsDefault: false },
  IdempotencyKeyRenewed: { ...ofAttempt, idempotencyKey: 'key-2', apiVersion, renewedAt: requestedAt },
  PaymentMethodAttached: { ...aPaymentMethod(), ...ofAttempt, clonedFrom: null, evidence },
  AttachmentAttributed: { attemptId: ofAttempt.attemptId, paymentMethodId: pm, clonedFrom: null, evidence },
  AttachmentRejected: {
    ...ofAttempt,
    reason: 'cardDeclined',
    stripeCode: 'card_declined',
    declineCode: 'generic_decline',
    evidence: refusal,
  },
  AttachmentRefused: { ...ofAttempt, reason: 'attachedToAnotherCustomer' },
  AttachmentOutcomeUnknown: { ...ofAttempt, cause: 'timeout', evidence: doubt },
  PaymentMethodCloned: { ...ofAttempt, paymentMethodId: paymentMethodId('pm_card_visa'), cloneId: pm },
  PaymentMethodUpdated: { ...aPaymentMethod(), evidence: someEvidence({ source: 'webhook', tries: [] }) },
  DetachmentRequested: { ...ofDetachment, ...keyed('key-3') },
  DetachmentRejected: { ...ofDetachment, reason: 'notAttached', stripeCode: null, evidence: refusal },
  DetachmentOutcomeUnknown: { ...ofDetachment, cause: 'timeout', evidence: doubt },
  PaymentMethodDetached: { ...ofDetachment, customer: ofAttempt.customer, evidence },
  DefaultPaymentMethodWished: { ...ofDefault, wishedAt: keyed('key-4').requestedAt },
  DefaultPaymentMethodRequested: { ...ofDefault, ...keyed('key-4') },
  DefaultPaymentMethodSet: { ...ofDefault, evidence },
  DefaultPaymentMethodRejected: {
    ...ofDefault,
    reason: 'notAttachedToCustomer',
    stripeCode: 'resource_missing',
    evidence: refusal,
  },
  DefaultPaymentMethodOutcomeUnknown: { ...ofDefault, cause: 'timeout', evidence: doubt },
  CustomerDeleted: { customerId: ofDefault.customerId, evidence: someEvidence({ source: 'webhook', tries: [] }) },
  CustomerForgotten: { customer: ofAttempt.customer },
  SetupRequested: {
    ...ofSetup,
    customer: ofAttempt.customer,
    usage: 'off_session',
    paymentMethodTypes: ['card'],
    ...keyed('key-5'),
  },
  SetupBegun: { ...ofSetup, setupIntentId: setupIntentId('seti_1'), evidence },
  SetupRejected: { ...ofSetup, reason: 'customerNotFound', stripeCode: 'resource_missing', evidence: refusal },
  SetupOutcomeUnknown: { ...ofSetup, cause: 'timeout', evidence: doubt },
  SetupSucceeded: { ...ofSetup, setupIntentId: setupIntentId('seti_1'), paymentMethodId: pm, evidence },
};

/**
 * An event of this type, as a trail can hold it: of `pm_1`, `cus_1` and an attempt each for attaching, detaching, the
 * default and a setup, where nothing else is said. Its data is what is given, over the usual.
 */
export function anEvent<Type extends TrailEvent['type']>(
  type: Type,
  part: Partial<EventOf<Type>['data']> = {},
): EventOf<Type> {
  // TypeScript does not see that the data of a type, of whichever type, makes an event of that type.
  return { type, data: { ...usual[type], ...part } } as unknown as EventOf<Type>;
}
