import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Delivery } from '../account/options.ts';
import { StripeAccount } from '../account/stripeAccount.ts';
import type { StripeRequest, StripeResponse } from '../wire/messages.ts';
import { control, controlPrefix } from './control.ts';
import { Timers } from './timers.ts';
import { WebhookSender } from './webhookSender.ts';

/** Where the simulator listens, and for which account it speaks. */
export type SimulatorOptions = {
  /** 0, the default, picks a free one */
  readonly port?: number | undefined;
  /** the loopback interface where absent */
  readonly host?: string | undefined;
  /** a new account with the documented example where absent */
  readonly account?: StripeAccount | undefined;
};

/** A simulated Stripe that listens. */
export type Simulator = {
  /** `http://127.0.0.1:12111`, without a slash at its end */
  readonly url: string;
  readonly account: StripeAccount;
  /** Stops listening, destroys every connection and sends no more webhooks; requests still delayed are never executed. */
  close(): Promise<void>;
};

const maxBodyBytes = 1_000_000;
const keepAliveMs = 60_000;

/**
 * Serves a Stripe account over HTTP, for curl and for any Stripe SDK, sends its webhooks, and lets itself be steered under
 * `/_simulator`. Unless another account is given it holds the documented example: `pm_1MqM05LkdIwHu7ixlDxxO6Mc`, not
 * attached, the customer `cus_NbZ8Ki3f322LNn`, and the account that acts as a customer `acct_1CustomerExample0001`.
 * Rejects with the system's error where it cannot listen.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', account = new StripeAccount({ documentedExample: true }) } = options;
  const timers = new Timers();
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (incoming, outgoing) => {
    void serve(account, incoming, outgoing, timers);
  });
  await listen(server, port, host);
  const sender = new WebhookSender(account);
  const { address, family, port: boundPort } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${boundPort}`;
  let closed: Promise<void> | undefined;
  const close = async () => {
    timers.clear();
    sender.close();
    await stop(server);
  };
  return { url, account, close: () => (closed ??= close()) };
}

async function serve(
  account: StripeAccount,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  timers: Timers,
): Promise<void> {
  const body = await bodyOf(incoming).catch(() => null);
  if (body === null) {
    outgoing.destroy();
    return;
  }
  const request = requestOf(incoming, body);
  if (request.path.startsWith(controlPrefix)) {
    write(control(account, request), outgoing);
    return;
  }
  const { delayMs, finish } = account.receive(request);
  timers.after(delayMs, () => {
    const delivery = finish();
    const holdMs = delivery.delivery === 'whole' ? (delivery.holdMs ?? 0) : 0;
    timers.after(holdMs, () => deliver(delivery, outgoing));
  });
}

function requestOf({ method = '', url = '', headers }: IncomingMessage, body: string): StripeRequest {
  const mark = url.indexOf('?');
  const [path, query] = mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
  return { method, path, query, headers: headers as Readonly<Record<string, string | undefined>>, body };
}

/** The body's text. Rejects where it is too long or breaks off: such a request never arrived. */
async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new RangeError(`The body is longer than ${maxBodyBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function deliver(delivery: Delivery, outgoing: ServerResponse): void {
  switch (delivery.delivery) {
    case 'whole':
      write(delivery.response, outgoing);
      return;
    case 'cut': {
      const { body } = delivery.response;
      writeHead(delivery.response, outgoing);
      outgoing.write(body.slice(0, Math.ceil(body.length / 2)), () => outgoing.destroy());
      return;
    }
    case 'lost':
    case 'unreachable':
      outgoing.destroy();
      return;
    case 'stalled':
      return;
    default:
      delivery satisfies never;
  }
}

function write(response: StripeResponse, outgoing: ServerResponse): void {
  writeHead(response, outgoing);
  outgoing.end(response.body);
}

function writeHead({ status, headers, body }: StripeResponse, outgoing: ServerResponse): void {
  outgoing.writeHead(status, Object.assign({ 'content-length': Buffer.byteLength(body) }, headers));
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
