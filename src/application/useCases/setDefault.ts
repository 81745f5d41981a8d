import type { CustomerEvent, CustomerState, SetDefaultRejectionReason } from '../../domain/customer.ts';
import { isOfAttempt } from '../../domain/customer.ts';
import type { SetDefaultPaymentMethod } from '../../domain/customerDecisions.ts';
import {
  attemptIn,
  decideDefaultOutcome,
  decideSetDefault,
  defaultAnswerFromLookUp,
} from '../../domain/customerDecisions.ts';
import type { UnknownCause } from '../../domain/evidence.ts';
import { mayLand } from '../../domain/keyedRequest.ts';
import type { SetDefaultAnswer } from '../../domain/gatewayAnswers.ts';
import type { AttemptId, CustomerId, PaymentMethodId } from '../../domain/identifiers.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { CallOptions, PaymentMethodGateway } from '../ports/paymentMethodGateway.ts';
import type { RequestKind } from '../protocol/requestKind.ts';
import { RequestProtocol } from '../protocol/requestProtocol.ts';
import type { CustomerStreams } from '../events/streams.ts';
import { customerStreamName } from '../events/streams.ts';
import type { ContextOfAttempt, UseCaseParts } from './useCaseParts.ts';
import { newKey } from './useCaseParts.ts';

type Wish = {
  readonly customerId: CustomerId;
  readonly paymentMethodId: PaymentMethodId;
  readonly attemptId: AttemptId;
};

/** How setting a default ended. */
export type SetDefaultResult = Wish &
  (
    | {
        /** Stripe charges it for the customer's invoices from now on */
        readonly outcome: 'set';
      }
    | {
        /** the default stands as it stood */
        readonly outcome: 'rejected';
        readonly reason: SetDefaultRejectionReason | 'customerDeleted' | 'attemptIdReused';
        readonly stripeCode: string | null;
      }
    | {
        /** nobody knows yet: call again with the same attempt id. `attemptInProgress`: another attempt may be at it. */
        readonly outcome: 'unknown';
        readonly cause: UnknownCause | 'attemptInProgress';
      }
    | {
        /** a later wish has taken its place: how it ended, or that it was never asked for, matters no more */
        readonly outcome: 'superseded';
      }
  );

/** Sets customers' default payment methods. */
export class SettingDefaults {
  readonly #parts: UseCaseParts;
  readonly #protocol: RequestProtocol<CustomerState, CustomerEvent, SetDefaultPaymentMethod, SetDefaultAnswer>;

  constructor(parts: UseCaseParts) {
    this.#parts = parts;
    const { clock, policy } = parts;
    this.#protocol = new RequestProtocol(defaultRequest(parts.streams.customers, parts.gateway), { clock, policy });
  }

  async setDefault(wish: Wish, context: KnownContext, options: CallOptions): Promise<SetDefaultResult> {
    const stream = customerStreamName(wish.customerId);
    // One request at a time for a customer: what another attempt left on its way is finished first, under its own key.
    for (let turn = 1; ; turn += 1) {
      const command = { ...newKey(this.#parts), ...wish };
      const { state } = (await this.#protocol.run(command, stream, context, options)).seen;
      const result = setDefaultResult(wish, state);
      if (result !== null) return result;
      const mustWait = state.open !== null && mayLand(state.open, command.requestedAt, this.#parts.policy);
      if (turn === 2 || mustWait) return { ...wish, outcome: 'unknown', cause: 'attemptInProgress' };
    }
  }

  /** Settles a request that was left open, and answers how the customer stands. */
  async settle(stream: string, contextOf: ContextOfAttempt, options: CallOptions): Promise<CustomerState> {
    const seen = await this.#parts.streams.customers.load(stream);
    const { open } = seen.state;
    if (open === null) return seen.state;
    const settled = await this.#protocol.settle(seen, newKey(this.#parts), contextOf(open.attemptId), options);
    return settled.seen.state;
  }
}

function defaultRequest(
  streams: CustomerStreams,
  gateway: PaymentMethodGateway,
): RequestKind<CustomerState, CustomerEvent, SetDefaultPaymentMethod, SetDefaultAnswer> {
  return {
    streams,
    decide: decideSetDefault,
    open: ({ open }) => open,
    send: ({ customerId, ...request }, options) => gateway.setDefault({ ...request, customer: customerId }, options),
    // It may be the default by an earlier request, and this one arrive when another has become it.
    mayBeUndone: true,
    look: async (request, _, refused, options) => {
      const { evidence, ...customer } = await gateway.lookUpCustomer(request.customerId, options);
      const expected = { kind: 'customer', id: request.customerId } as const;
      const looked = refused ? await gateway.lookUp(request.paymentMethodId, { ...options, expected }) : null;
      const answer = defaultAnswerFromLookUp(request, customer, looked);
      const tries = [...evidence.tries, ...(looked?.evidence.tries ?? [])];
      return answer && { answer, evidence: { ...evidence, tries } };
    },
    conclude: decideDefaultOutcome,
  };
}

/** The state as the answer to an attempt; null where it was not asked for yet, for another attempt's sake. */
function setDefaultResult(wish: Wish, state: CustomerState): SetDefaultResult | null {
  const known = attemptIn(state, wish);
  if (known !== null && !isOfAttempt(known, wish)) {
    return { ...wish, outcome: 'rejected', reason: 'attemptIdReused', stripeCode: null };
  }
  const isOwn = (one: Pick<Wish, 'attemptId' | 'paymentMethodId'>) => isOfAttempt(one, wish);
  const rejected = state.rejected.find(isOwn);
  if (rejected !== undefined) return { outcome: 'rejected', ...rejected };
  if (state.set.some(isOwn)) return { outcome: 'set', ...wish };
  const { open } = state;
  if (open !== null && isOwn(open)) return { outcome: 'unknown', cause: open.cause ?? 'attemptInProgress', ...wish };
  if (state.superseded.some(isOwn)) return { outcome: 'superseded', ...wish };
  if (state.isDeleted) return { ...wish, outcome: 'rejected', reason: 'customerDeleted', stripeCode: null };
  return null;
}
