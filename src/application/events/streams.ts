import type { CustomerEvent, CustomerState } from '../../domain/customer.ts';
import { evolveCustomer, initialCustomer } from '../../domain/customer.ts';
import type { AttemptId, CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { isTestAlias } from '../../domain/identifiers.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import { evolve, initialState } from '../../domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../domain/paymentMethodEvents.ts';
import type { SetupEvent, SetupState } from '../../domain/setup.ts';
import { evolveSetup, initialSetup } from '../../domain/setup.ts';
import { customerCodec, paymentMethodCodec, setupCodec } from './eventCodec.ts';
import type { SeenStream } from './eventStreams.ts';
import { EventStreams } from './eventStreams.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { IdGenerator } from '../ports/idGenerator.ts';

export type PaymentMethodStreams = EventStreams<PaymentMethodState, PaymentMethodEvent>;
export type CustomerStreams = EventStreams<CustomerState, CustomerEvent>;
export type SetupStreams = EventStreams<SetupState, SetupEvent>;
export type SeenPaymentMethod = SeenStream<PaymentMethodState>;

/** The streams of a trail, by what they tell the story of. */
export type Streams = {
  readonly paymentMethods: PaymentMethodStreams;
  readonly customers: CustomerStreams;
  readonly setups: SetupStreams;
};

export function makeStreams(store: EventStore, ids: IdGenerator): Streams {
  return {
    paymentMethods: new EventStreams({ codec: paymentMethodCodec, initial: initialState, evolve }, store, ids),
    customers: new EventStreams({ codec: customerCodec, initial: initialCustomer, evolve: evolveCustomer }, store, ids),
    setups: new EventStreams({ codec: setupCodec, initial: initialSetup, evolve: evolveSetup }, store, ids),
  };
}

/** The stream of a payment method; of a test alias, the stream of one attempt on it. */
export function streamName(paymentMethodId: PaymentMethodId, attemptId: AttemptId | undefined): string {
  const own = `paymentMethod-${paymentMethodId}`;
  return isTestAlias(paymentMethodId) && attemptId !== undefined ? `${own}/${attemptId}` : own;
}

export function customerStreamName(customerId: CustomerReference['id']): string {
  return `customer-${customerId}`;
}

export function setupStreamName(attemptId: AttemptId): string {
  return `setup-${attemptId}`;
}
