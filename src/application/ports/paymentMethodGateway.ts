import type { Answer, LookUp } from '../../domain/answers.ts';
import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import type { Evidence } from '../../domain/evidence.ts';

export type AttachRequest = {
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
  /** Sent as `Idempotency-Key`, the same on every try. */
  readonly idempotencyKey: string;
  /** Sent as `Stripe-Version`: the version the key was first used with. */
  readonly apiVersion: string;
};

export type CallOptions = {
  /** Gives up waiting. What was already sent may still take effect, so the answer is then `unknown`. */
  readonly signal?: AbortSignal | undefined;
};

/** What Stripe can be asked about payment methods. */
export interface PaymentMethodGateway {
  /** The Stripe API version that new requests are made with, for example `2025-10-29.clover`. */
  readonly apiVersion: string;

  /**
   * Asks Stripe to attach. Answers within one total deadline, in one of three ways: attached, rejected or unknown;
   * anything it does not recognise, the echo of another payment method or customer among it, is unknown. Every try goes
   * out under the same key with the same bytes. Throws only a fault that no repeat would mend (`GATEWAY_UNAUTHORIZED`,
   * `GATEWAY_FORBIDDEN`, `GATEWAY_MISCONFIGURED`); a fault means that nothing was attached by this call.
   * https://docs.stripe.com/api/payment_methods/attach
   */
  attach(request: AttachRequest, options?: CallOptions): Promise<Answer & { readonly evidence: Evidence }>;

  /**
   * Looks a payment method up; changes nothing. Answers found, not found or unknown within one total deadline. Throws
   * the same faults as `attach`. https://docs.stripe.com/api/payment_methods/retrieve
   */
  lookUp(paymentMethodId: PaymentMethodId, options?: CallOptions): Promise<LookUp & { readonly evidence: Evidence }>;
}
