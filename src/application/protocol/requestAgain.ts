import { decideWish } from '../../domain/customerDecisions.ts';
import { decideRequestAgain } from '../../domain/decisions.ts';
import type { OpenAttempt } from '../../domain/paymentMethod.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { CustomerStreams, PaymentMethodStreams, SeenPaymentMethod } from '../events/streams.ts';
import { customerStreamName } from '../events/streams.ts';
import { contention, maxRounds } from './rounds.ts';

type Parts = { readonly streams: PaymentMethodStreams; readonly customers: CustomerStreams };

/**
 * Records the request for an open attempt again where a failover took it from the trail, with its wish for the default, as
 * when it was asked for. Without I/O where the trail knows of it.
 */
export async function requestAgain(
  { streams, customers }: Parts,
  attempt: OpenAttempt,
  from: SeenPaymentMethod,
  context: KnownContext,
): Promise<SeenPaymentMethod> {
  let seen = from;
  let customer = customers.unseen(customerStreamName(attempt.customer.id));
  for (let round = 1; round <= maxRounds; round += 1) {
    const { events } = decideRequestAgain(attempt, seen.state);
    if (events.length === 0) return seen;
    const wishes = decideWish(attempt, customer.state).events;
    const wished = wishes.length === 0 ? [] : [{ seen: customer, events: wishes }];
    const result = await streams.saveWith([{ seen, events }], customers, wished, context);
    seen = result.streams[0] ?? seen;
    customer = result.others[0] ?? customer;
    if (result.saved) return seen;
  }
  throw contention(from.name);
}
