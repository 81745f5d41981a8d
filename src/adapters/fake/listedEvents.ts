import type { Notification } from '../../application/commands/notifications.ts';
import type { EventPage, ListedEvent } from '../../application/ports/paymentMethodGateway.ts';
import type { CustomerId } from '../../domain/identifiers.ts';
import type { StripeResponse } from '../simulator/index.ts';
import type { PaymentMethodJson, SetupIntentJson } from './objects.ts';
import { namesIn, setupIntentOf, summaryOf } from './objects.ts';
import { absenceIn, errorIn } from './responses.ts';

type About<Type extends string, Found> = {
  readonly type: Type;
  readonly data: { readonly object: Found; readonly previous_attributes?: Partial<PaymentMethodJson> };
};

/** The Event as the simulator writes it, of the types that are asked for. */
type EventJson = {
  readonly id: string;
  readonly created: number;
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null };
} & (
  | About<'payment_method.attached' | 'payment_method.detached', PaymentMethodJson>
  | About<'payment_method.updated' | 'payment_method.automatically_updated', PaymentMethodJson>
  | About<'setup_intent.succeeded', SetupIntentJson>
  | About<'customer.deleted', { readonly id: CustomerId }>
);

/** What the simulator's answer to a list of events means. Throws the faults that no repeat would mend. */
export function eventPageIn(response: StripeResponse): EventPage {
  if (response.status !== 200) {
    const isCursor = errorIn(response)?.param === 'starting_after';
    return isCursor ? { look: 'notFound' } : absenceIn(response);
  }
  const { data, has_more: hasMore } = JSON.parse(response.body) as {
    readonly data: readonly EventJson[];
    readonly has_more: boolean;
  };
  return { look: 'found', events: data.map(listed), hasMore };
}

function listed(event: EventJson): ListedEvent {
  return { eventId: event.id, created: event.created, notification: notificationOf(event) };
}

function notificationOf(event: EventJson): Notification | null {
  const { id: requestId, idempotency_key: idempotencyKey } = event.request;
  const about = { notificationId: event.id, requestId, idempotencyKey };
  switch (event.type) {
    case 'payment_method.attached': {
      const [customer, alsoNamed = null] = namesIn(event.data.object);
      if (customer === undefined) return null;
      const paymentMethod = { ...summaryOf(event.data.object), customer };
      return { ...about, type: 'paymentMethodAttached', paymentMethod, alsoNamed };
    }
    case 'payment_method.detached': {
      const { customer: before = null, customer_account: account = null } = event.data.previous_attributes ?? {};
      const [customer = null, alsoNamed = null] = namesIn({ customer: before, customer_account: account });
      const paymentMethod = summaryOf(event.data.object);
      return { ...about, type: 'paymentMethodDetached', paymentMethod, customer, alsoNamed };
    }
    case 'payment_method.updated':
    case 'payment_method.automatically_updated':
      return { ...about, type: 'paymentMethodUpdated', paymentMethodId: event.data.object.id };
    case 'setup_intent.succeeded': {
      const { setupIntentId, paymentMethodId, attemptId } = setupIntentOf(event.data.object);
      if (paymentMethodId === null) return null;
      const [customer = null, alsoNamed = null] = namesIn(event.data.object);
      return { ...about, type: 'setupSucceeded', setupIntentId, paymentMethodId, attemptId, customer, alsoNamed };
    }
    case 'customer.deleted':
      return { ...about, type: 'customerDeleted', customerId: event.data.object.id };
    default:
      return event satisfies never;
  }
}
