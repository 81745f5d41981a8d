import * as z from 'zod';
import { PaymentMethodsError } from '../../../application/errors.ts';
import type { Notification } from '../../../application/commands/notifications.ts';
import type { CustomerReference } from '../../../domain/identifiers.ts';
import { isAttemptId, isCustomerId, isPaymentMethodId, isSetupIntentId } from '../../../domain/identifiers.ts';
import type { PaymentMethodSummary } from '../../../domain/paymentMethodSummary.ts';
import { namesOf } from '../objects/customerReference.ts';
import { customerAccount, reference } from '../objects/fields.ts';
import type { Reads } from '../objects/paymentMethod.ts';
import { paymentMethodSchema, readsNothingMore, summarise } from '../objects/paymentMethod.ts';
import { attemptIdKey } from '../objects/setupIntent.ts';
import type { WebhookEvent } from './event.ts';

type About = Pick<Notification, 'notificationId' | 'requestId' | 'idempotencyKey'>;
type Fields = Readonly<Record<string, unknown>>;

const namedSchema = z.object({ customer: reference, customer_account: customerAccount });

/**
 * What an event tells the trail, to be given to `paymentMethods.ingest`. A type that the trail keeps nothing of is
 * `other`. Throws `WEBHOOK_INVALID` (`unreadable`) for an event that matters and cannot be read: answered with a 400,
 * Stripe delivers it again, and shows it to whoever looks after the endpoint. Billing details are read where it is told to.
 */
export function toNotification(event: WebhookEvent, reads: Reads = readsNothingMore): Notification {
  const about = {
    notificationId: event.eventId,
    requestId: event.request?.requestId ?? null,
    idempotencyKey: event.request?.idempotencyKey ?? null,
  };
  switch (event.type) {
    case 'payment_method.attached':
      return attached(about, event, reads);
    case 'payment_method.detached':
      return detached(about, event, reads);
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

function attached(about: About, event: WebhookEvent, reads: Reads): Notification {
  const [customer, alsoNamed = null] = namesIn(event.object);
  if (customer === undefined) throw unreadable(event);
  const paymentMethod = { ...readPaymentMethod(event, reads), customer };
  return { ...about, type: 'paymentMethodAttached', paymentMethod, alsoNamed };
}

function detached(about: About, event: WebhookEvent, reads: Reads): Notification {
  const [customer = null, alsoNamed = null] = namesIn(event.previousAttributes ?? {});
  return {
    ...about,
    type: 'paymentMethodDetached',
    paymentMethod: readPaymentMethod(event, reads),
    customer,
    alsoNamed,
  };
}

function setupSucceeded(about: About, event: WebhookEvent): Notification {
  const { id, payment_method: paymentMethod, metadata } = event.object;
  const attempt: unknown = isFields(metadata) ? metadata[attemptIdKey] : null;
  const [customer = null, alsoNamed = null] = namesIn(event.object);
  return {
    ...about,
    type: 'setupSucceeded',
    setupIntentId: readId(event, id, isSetupIntentId),
    paymentMethodId: readId(event, isFields(paymentMethod) ? paymentMethod['id'] : paymentMethod, isPaymentMethodId),
    attemptId: typeof attempt === 'string' && isAttemptId(attempt) ? attempt : null,
    customer,
    alsoNamed,
  };
}

/** What the payment method is; whose it is or was, the names of the event say. */
function readPaymentMethod(event: WebhookEvent, reads: Reads): PaymentMethodSummary {
  const { data } = paymentMethodSchema.safeParse(event.object);
  if (data === undefined || !isPaymentMethodId(data.id)) throw unreadable(event);
  return summarise(data, data.id, null, reads);
}

/** What one is called in an object, or was before it changed: the customer first; a name that is no id is none. */
function namesIn({ customer, customer_account: account }: Fields): readonly CustomerReference[] {
  const names = namedSchema.safeParse({ customer, customer_account: account }).data;
  return (names && namesOf(names)) ?? [];
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
