import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { Effect, RequestEntry } from '../../src/adapters/simulator/index.ts';

export const apiKey = 'sk_test_canary1234567890';

const kept = z.object({ effects: z.array(z.record(z.string(), z.unknown())) });
const asked = z.object({ requests: z.array(z.record(z.string(), z.unknown())) });
const made = z.object({ secret: z.string() });
const page = z.object({
  has_more: z.boolean(),
  data: z.array(z.object({ id: z.string(), pending_webhooks: z.number() })),
});
const asCustomer = z.object({ invoice_settings: z.object({ default_payment_method: z.string().nullable() }) });
const held = z.object({ customer: z.string().nullable(), card: z.object({ exp_year: z.number() }) });

/** A Stripe account in a process of its own, which survives all faults. What is read of it goes past the faulty line. */
export class StripeServer {
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  /** Starts the bundled program at this path. */
  static async start(program: string): Promise<StripeServer> {
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const ended = once(child, 'exit');
    const close = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    const started = await Promise.race([once(child, 'message'), ended]);
    const { url } = z.object({ url: z.string() }).parse(started[0]);
    return new StripeServer(url, close);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  close(): Promise<void> {
    return this.#close();
  }

  async load(state: object): Promise<void> {
    await this.#post('/_simulator/state', JSON.stringify(state));
  }

  /** What is to go wrong with the next request of this kind. */
  async plan(fault: object): Promise<void> {
    await this.#post('/_simulator/faults', JSON.stringify(fault));
  }

  async forgetPlans(): Promise<void> {
    await this.#ask('/_simulator/faults', { method: 'DELETE' });
  }

  /** Has everything told to this address, until it is taken; answers the secret it is signed with. */
  async addWebhooks(url: string): Promise<string> {
    const retry_waits_ms = [20, 50, 100, ...Array.from({ length: 500 }, () => 200)];
    await this.#post('/_simulator/webhooks', JSON.stringify({ retry_waits_ms, jitter_ms: 30 }));
    const body = new URLSearchParams([
      ['url', url],
      ['enabled_events[]', '*'],
    ]).toString();
    return made.parse(await this.#post('/v1/webhook_endpoints', body)).secret;
  }

  /** True while something was not taken yet. */
  async hasWebhooksToDeliver(): Promise<boolean> {
    for (let after = ''; ; ) {
      const { data, has_more } = page.parse(await this.#ask(`/v1/events?limit=100${after}`));
      if (data.some(({ pending_webhooks }) => pending_webhooks > 0)) return true;
      if (!has_more) return false;
      after = `&starting_after=${data.at(-1)?.id}`;
    }
  }

  async effects(): Promise<readonly Effect[]> {
    const { effects } = kept.parse(await this.#ask('/_simulator/effects'));
    return effects.map((one) => camelized<Effect>(one));
  }

  async requests(): Promise<readonly RequestEntry[]> {
    const { requests } = asked.parse(await this.#ask('/_simulator/requests'));
    return requests.map((one) => camelized<RequestEntry>(one));
  }

  /** Whom it belongs to now, and its card. */
  async paymentMethod(id: string): Promise<z.output<typeof held>> {
    return held.parse(await this.#ask(`/v1/payment_methods/${id}`));
  }

  /** A customer's default payment method now. */
  async defaultOf(customerId: string): Promise<string | null> {
    const { invoice_settings: settings } = asCustomer.parse(await this.#ask(`/v1/customers/${customerId}`));
    return settings.default_payment_method;
  }

  #post(path: string, body: string): Promise<unknown> {
    return this.#ask(path, { method: 'POST', body });
  }

  async #ask(path: string, options: RequestInit = {}): Promise<unknown> {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${this.url}${path}`, { ...options, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${options.method ?? 'GET'} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }
}

/** The simulator's names are these with underscores. */
function camelized<Shape>(entry: Readonly<Record<string, unknown>>): Shape {
  const pairs = Object.entries(entry).map(([name, value]) => [
    name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(pairs) as Shape;
}
