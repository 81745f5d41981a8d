import type { ClientRequest } from 'node:http';
import { Agent, request as requestHttp } from 'node:http';
import { Agent as SecureAgent, request as requestHttps } from 'node:https';
import type { StripeAccount } from '../account/stripeAccount.ts';
import type { WebhookDelivery } from '../webhooks/plan.ts';

const timeoutMs = 10_000;
/** the longest wait of a timer */
const maxWaitMs = 2 ** 31 - 1;

/** Sends an account's webhooks when they come due, and reports what was answered. A redirect is not followed. */
export class WebhookSender {
  readonly #account: StripeAccount;
  readonly #http = new Agent({ keepAlive: true });
  readonly #https = new SecureAgent({ keepAlive: true });
  readonly #open = new Set<ClientRequest>();
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(account: StripeAccount) {
    this.#account = account;
    this.#unsubscribe = account.webhooks.onChange(() => this.#wait());
    this.#wait();
  }

  /** Sends no more, and gives up what is on its way. */
  close(): void {
    this.#unsubscribe();
    clearTimeout(this.#timer);
    for (const open of this.#open) open.destroy();
    this.#http.destroy();
    this.#https.destroy();
  }

  /** The timer fires after the request that caused an event was answered, or at the same time. */
  #wait(): void {
    clearTimeout(this.#timer);
    const { nextDueAt } = this.#account.webhooks;
    if (nextDueAt === null) return;
    const waitMs = Math.max(0, Math.min(nextDueAt - this.#account.now, maxWaitMs));
    this.#timer = setTimeout(() => {
      for (const delivery of this.#account.webhooks.due()) this.#send(delivery);
      this.#wait();
    }, waitMs);
  }

  #send({ id, url, headers, body }: WebhookDelivery): void {
    const isSecure = url.startsWith('https:');
    const request = isSecure ? requestHttps : requestHttp;
    const agent = isSecure ? this.#https : this.#http;
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    this.#open.add(sent);
    const report = (status: number | null) => {
      if (this.#open.delete(sent)) this.#account.webhooks.report(id, status);
    };
    sent.on('response', (response) => {
      response.resume();
      response.on('end', () => report(response.statusCode ?? null));
      response.on('error', () => report(null));
    });
    sent.on('error', () => report(null));
    sent.end(body);
  }
}
