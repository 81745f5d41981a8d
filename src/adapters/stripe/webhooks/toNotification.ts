import { PaymentMethodsError } from '../../../application/errors.ts';
import type { Notification } from '../../../application/commands/notifications.ts';
import type { CustomerReference } from '../../../domain/identifiers.ts';
import {
  isAccountId,
  isAttemptId,
  isCustomerId,
  isPaymentMethodId,
  isSetupIntentId,
} from '../../../domain/identifiers.ts';
import type { PaymentMethodSummary } from '../../../domain/paymentMethodSummary.ts';
import { customerOf } from '../objects/customerReference.ts';
import { paymentMethodSchema, summarise } from '../objects/paymentMethod.ts';
import { attemptIdKey } from '../objects/setupIntent.ts';
import type { WebhookEvent } from './event.ts';

type About = Pick<Notification, 'notificationId' | 'requestId' | 'idempotencyKey'>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * What an event tells the trail, to be given to `paymentMethods.ingest`. A type that the trail keeps nothing of is
 * `other`. Throws `WEBHOOK_INVALID` (`unreadable`) for an event that matters and cannot be read: answered with a 400,
 * Stripe delivers it again, and shows it to whoever looks after the endpoint.
 */
export function toNotification(event: WebhookEvent): Notification {
  const about = {
    notificationId: event.eventId,
    requestId: event.request?.requestId ?? null,
    idempotencyKey: event.request?.idempotencyKey ?? null,
  };
  switch (event.type) {
    case 'payment_method.attached':
      return attached(about, event);
    case 'payment_method.detached':
      return detached(about, event);
    case 'payment_method.updated':
    case 'payment_method.automatically_updated':
      return {
        ...about,
        type: 'paymentMethodUpdated',
        paymentMethodId: readId(event, event.object['id'], isPaymentMethodId),
      };
    case 'setup_intent.succeeded':
      return setupSucceeded(about, event);
    case 'customer.deleted':
      return { ...about, type: 'customerDeleted', customerId: readId(event, event.object['id'], isCustomerId) };
    default:
      return { ...about, type: 'other' };
  }
}

function attached(about: About, event: WebhookEvent): Notification {
  const paymentMethod = readPaymentMethod(event);
  const { customer } = paymentMethod;
  if (customer === null) throw unreadable(event);
  return { ...about, type: 'paymentMethodAttached', paymentMethod: { ...paymentMethod, customer } };
}

function detached(about: About, event: WebhookEvent): Notification {
  const customer = previousCustomer(event.previousAttributes ?? {});
  return { ...about, type: 'paymentMethodDetached', paymentMethod: readPaymentMethod(event), customer };
}

function setupSucceeded(about: About, event: WebhookEvent): Notification {
  const { id, payment_method: paymentMethod, metadata } = event.object;
  const attempt: unknown = isFields(metadata) ? metadata[attemptIdKey] : null;
  return {
    ...about,
    type: 'setupSucceeded',
    setupIntentId: readId(event, id, isSetupIntentId),
    paymentMethodId: readId(event, isFields(paymentMethod) ? paymentMethod['id'] : paymentMethod, isPaymentMethodId),
    attemptId: typeof attempt === 'string' && isAttemptId(attempt) ? attempt : null,
  };
}

function readPaymentMethod(event: WebhookEvent): PaymentMethodSummary {
  const { data } = paymentMethodSchema.safeParse(event.object);
  if (data === undefined || !isPaymentMethodId(data.id)) throw unreadable(event);
  // Where both are named the customer is meant: an account is named beside it for those that have one.
  const customer = customerOf(data, undefined) ?? customerOf({ ...data, customer_account: null }, undefined) ?? null;
  return summarise(data, data.id, customer);
}

function previousCustomer({ customer, customer_account: account }: Fields): CustomerReference | null {
  if (typeof customer === 'string' && isCustomerId(customer)) return { kind: 'customer', id: customer };
  if (typeof account === 'string' && isAccountId(account)) return { kind: 'customerAccount', id: account };
  return null;
}

function readId<Id extends string>(
  event: WebhookEvent,
  value: unknown,
  isId: (text: string) => text is Id & string,
): Id {
  if (typeof value === 'string' && isId(value)) return value;
  throw unreadable(event);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function unreadable({ eventId, type }: WebhookEvent): PaymentMethodsError {
  return new PaymentMethodsError(
    'WEBHOOK_INVALID',
    `Stripe’s event ${eventId} (${type}) cannot be read; nothing was recorded. Look at it in the dashboard, and upgrade this package.`,
    { details: { problem: 'unreadable', eventId, type } },
  );
}
