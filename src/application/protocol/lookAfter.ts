import type { LookUp } from '../../domain/answers.ts';
import type { Evidence } from '../../domain/evidence.ts';
import type { AttemptId, CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { decideLooked, expectedCustomer } from '../../domain/observations.ts';
import type { PaymentMethodEvent } from '../../domain/paymentMethodEvents.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { PaymentMethodStreams, SeenPaymentMethod } from '../events/streams.ts';
import type { CallOptions, PaymentMethodGateway } from '../ports/paymentMethodGateway.ts';
import { contention, maxRounds } from './rounds.ts';

type Parts = { readonly streams: PaymentMethodStreams; readonly gateway: Pick<PaymentMethodGateway, 'lookUp'> };

type Setup = { readonly attemptId: AttemptId; readonly customer: CustomerReference };

/** What a look brought, what was recorded of it, and where the trail stands after it. */
export type LookedAfter = {
  readonly look: LookUp;
  readonly evidence: Evidence;
  readonly seen: SeenPaymentMethod;
  readonly recorded: readonly PaymentMethodEvent[];
};

/**
 * Looks at a payment method, and records what the trail does not know of it. A look counts for the state that was read
 * before it alone: where somebody else was first, it is taken anew.
 */
export async function lookAfter(
  { streams, gateway }: Parts,
  from: SeenPaymentMethod,
  { id, setup = null }: { readonly id: PaymentMethodId; readonly setup?: Setup | null },
  context: KnownContext,
  options: CallOptions,
): Promise<LookedAfter> {
  let seen = from;
  for (let round = 1; round <= maxRounds; round += 1) {
    const expected = expectedCustomer(seen.state) ?? setup?.customer;
    const { evidence, ...look } = await gateway.lookUp(id, { ...options, expected });
    if (look.look !== 'found') return { look, evidence, seen, recorded: [] };
    const { paymentMethod } = look;
    const { events } = decideLooked({ paymentMethod, attemptId: setup?.attemptId ?? null, evidence }, seen.state);
    if (events.length === 0) return { look, evidence, seen, recorded: [] };
    const { saved, streams: now } = await streams.save([{ seen, events }], context);
    seen = now[0] ?? seen;
    if (saved) return { look, evidence, seen, recorded: events };
  }
  throw contention(from.name);
}
