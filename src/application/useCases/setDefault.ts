import type { CustomerEvent, CustomerState, SetDefaultRejectionReason } from '../../domain/customer.ts';
import type { SetDefaultPaymentMethod } from '../../domain/customerDecisions.ts';
import { decideDefaultOutcome, decideSetDefault, defaultAnswerFromLookUp } from '../../domain/customerDecisions.ts';
import type { UnknownCause } from '../../domain/evidence.ts';
import type { SetDefaultAnswer } from '../../domain/gatewayAnswers.ts';
import type { AttemptId, CustomerId, PaymentMethodId } from '../../domain/identifiers.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { CallOptions, PaymentMethodGateway } from '../ports/paymentMethodGateway.ts';
import type { RequestKind } from '../protocol/requestProtocol.ts';
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
        /** nobody knows yet: call again with the same attempt id. The attempt may be another one, which is at it. */
        readonly outcome: 'unknown';
        readonly cause: UnknownCause | 'attemptInProgress';
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
    const command = { ...newKey(this.#parts), ...wish };
    const stream = customerStreamName(wish.customerId);
    // One request at a time for a customer: what another attempt left open is finished first, and then this one is asked.
    for (let turn = 1; ; turn += 1) {
      const { seen } = await this.#protocol.run(command, stream, context, options);
      const result = setDefaultResult(wish, seen.state);
      if (result !== null) return result;
      if (turn === 2) return { ...wish, outcome: 'unknown', cause: 'attemptInProgress' };
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
    look: async (request, _, refused, options) => {
      const { evidence, ...customer } = await gateway.lookUpCustomer(request.customerId, options);
      const looked = refused ? await gateway.lookUp(request.paymentMethodId, options) : null;
      const answer = defaultAnswerFromLookUp(request, customer, looked);
      const tries = [...evidence.tries, ...(looked?.evidence.tries ?? [])];
      return answer && { answer, evidence: { ...evidence, tries } };
    },
    conclude: decideDefaultOutcome,
  };
}

/** The state as the answer to an attempt; null where another attempt came to its end, and this one was not asked yet. */
function setDefaultResult(wish: Wish, state: CustomerState): SetDefaultResult | null {
  const { attemptId, paymentMethodId } = wish;
  const { open } = state;
  const set = state.set.find((one) => one.attemptId === attemptId);
  const rejected = state.rejected.find((one) => one.attemptId === attemptId);
  const known = [open, set, rejected].find((one) => one?.attemptId === attemptId) ?? null;
  if (known !== null && known.paymentMethodId !== paymentMethodId) {
    return { ...wish, outcome: 'rejected', reason: 'attemptIdReused', stripeCode: null };
  }
  if (rejected !== undefined) return { outcome: 'rejected', ...rejected };
  if (set !== undefined) return { outcome: 'set', ...set };
  if (state.isDeleted) return { ...wish, outcome: 'rejected', reason: 'customerDeleted', stripeCode: null };
  if (open === null) return null;
  const { customerId } = wish;
  const cause = open.cause ?? 'attemptInProgress';
  return { outcome: 'unknown', cause, customerId, paymentMethodId: open.paymentMethodId, attemptId: open.attemptId };
}
