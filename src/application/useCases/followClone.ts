import type { PaymentMethodStreams, SeenPaymentMethod } from '../events/streams.ts';
import { streamName } from '../events/streams.ts';

/** The stream of the payment method that Stripe made of a test alias, where it made one; else the same. */
export async function followClone(streams: PaymentMethodStreams, seen: SeenPaymentMethod): Promise<SeenPaymentMethod> {
  return seen.state.status === 'cloned' ? streams.load(streamName(seen.state.cloneId, undefined)) : seen;
}
