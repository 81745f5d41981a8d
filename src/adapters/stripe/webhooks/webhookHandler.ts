import { isPaymentMethodsError } from '../../../application/errors.ts';
import type { PaymentMethods } from '../../../application/paymentMethods.ts';
import type { WebhookEvent } from './event.ts';
import { toNotification } from './toNotification.ts';
import { checkSecrets, verifyWebhook } from './verifyWebhook.ts';

/** Who ingests what is delivered, and which deliveries are taken. */
export type WebhookHandlerOptions = {
  readonly paymentMethods: Pick<PaymentMethods, 'ingest'>;
  /** the endpoint's signing secrets (`whsec_…`): two while one is being rolled */
  readonly secrets: readonly string[];
  /** the connected account whose events belong to this trail; events of the platform itself if absent */
  readonly account?: string | undefined;
  /** takes live events alone, or test events alone; both if absent */
  readonly livemode?: boolean | undefined;
  /** takes billing details along, for an event store that encrypts them; false if absent */
  readonly billingDetails?: boolean | undefined;
  /** hears of every delivery that is answered with a 400 or 500, with the error, for the host's log; may throw */
  readonly onError?: ((error: unknown) => unknown) | undefined;
  /** the machine's clock if absent */
  readonly now?: (() => Date) | undefined;
};

/** Stripe's events are far smaller; more is no event, and is not read to its end. */
const maxBodyBytes = 1024 * 1024;

/**
 * A handler for Stripe's webhook deliveries, as the web's `Request` and `Response`. It answers 200 once the event is in the
 * trail, was there, or does not matter; 400 to what is not Stripe's, or cannot be read; 500 where the trail could not be
 * written, or Stripe not be asked or finds nothing, so that Stripe delivers again. Never rejects, and says nothing of why
 * in the answer. Throws `GATEWAY_MISCONFIGURED` for secrets that cannot be right.
 */
export function webhookHandler(options: WebhookHandlerOptions): (request: Request) => Promise<Response> {
  const { paymentMethods, secrets, account = null, livemode, onError = () => {}, now = () => new Date() } = options;
  // Told here, when the host starts: later there would be a 500 for every delivery.
  checkSecrets(secrets);
  const reads = { billingDetails: options.billingDetails ?? false };
  const isOurs = (event: WebhookEvent) =>
    event.account === account && (livemode === undefined || event.livemode === livemode);
  return async (request) => {
    try {
      if (request.method !== 'POST') return answer(405, { allow: 'POST' });
      const rawBody = await readBody(request);
      if (rawBody === null) return answer(413);
      const event = verifyWebhook({ rawBody, signature: request.headers.get('stripe-signature'), secrets, now: now() });
      if (isOurs(event)) await paymentMethods.ingest(toNotification(event, reads));
      return answer(200);
    } catch (error) {
      report(onError, error);
      return answer(isPaymentMethodsError(error, 'WEBHOOK_INVALID') ? 400 : 500);
    }
  };
}

/** A log that fails must not change the answer, nor reject behind it. */
function report(onError: (error: unknown) => unknown, error: unknown): void {
  void (async () => onError(error))().catch(() => {});
}

async function readBody({ body }: Request): Promise<Uint8Array | null> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body as AsyncIterable<Uint8Array>;
  for await (const chunk of reader) {
    size += chunk.byteLength;
    if (size > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function answer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}
