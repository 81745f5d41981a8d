import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import pg from 'pg';
import { callOn } from '../../sim/world/callers.ts';
import type { Answered } from '../../sim/world/history.ts';
import { PostgresEventStore } from '../../src/adapters/postgres/postgresEventStore.ts';
import { PostgresLeases } from '../../src/adapters/postgres/postgresLeases.ts';
import { StripeGateway, webhookHandler } from '../../src/adapters/stripe/index.ts';
import { randomIds, systemChance, systemClock, systemTimers } from '../../src/adapters/system/system.ts';
import type { PaymentMethodsErrorCode } from '../../src/application/errors.ts';
import { isPaymentMethodsError } from '../../src/application/errors.ts';
import type { EventStore } from '../../src/application/ports/eventStore.ts';
import { PaymentMethods } from '../../src/application/paymentMethods.ts';
import { RecoveryWorker } from '../../src/application/recovery/recoveryWorker.ts';
import { readBody } from '../http.ts';
import { keptWith } from '../encryption.ts';
import type { AppSettings, Asked, FromApp, ToApp } from './messages.ts';

/** Everything is far shorter than by default, so that what a fault leaves open is recovered within the run. */
const recovery = { leaseMs: 500, longestPauseMs: 200 };
const inProgressMs = 400;
const passIntervalMs = 200;
const storeDeadlineMs = 6_000;
const stripeDeadlineMs = 4_000;
const keyLifetimeMs = 23 * 60 * 60 * 1000;

/** What faults of the database and of Stripe may be told as. */
const expected: ReadonlySet<PaymentMethodsErrorCode> = new Set([
  'STORE_UNAVAILABLE',
  'STORE_COMMIT_UNKNOWN',
  'OUTCOME_NOT_RECORDED',
  'NOT_LOOKED_UP',
  'CONTENTION',
]);

/** One process of a host's: calls come from the run that started it, webhooks from Stripe; it recovers beside that. */
function main({ databaseUrl, stripeUrl, trail, apiKey, webhookSecrets, masterKey, maxTries }: AppSettings): void {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, application_name: 'chaos' });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const eventStore = new PostgresEventStore({ pool, trail, limits: { deadlineMs: storeDeadlineMs } });
  const asked = { apiKey, baseUrl: stripeUrl, deadlineMs: stripeDeadlineMs, maxTries };
  const paymentMethods = new PaymentMethods({
    ...keptWith(masterKey, pool, trail, telling(eventStore)),
    gateway: new StripeGateway({ ...asked, billingDetails: masterKey !== null }),
    clock: systemClock,
    ids: randomIds,
    leases: new PostgresLeases({ pool, trail }),
    retryPolicy: { keyLifetimeMs, inProgressMs },
    recovery,
  });
  recoverWith(paymentMethods);
  process.on('message', ({ id, asked }: ToApp) => {
    void answerTo(paymentMethods, asked).then((answered) => tell({ id, answered }));
  });
  serveWebhooks(paymentMethods, webhookSecrets);
}

/** The store, which tells the run of every event that it has acknowledged. */
function telling(store: PostgresEventStore): EventStore {
  return {
    append: async (appends) => {
      const result = await store.append(appends);
      if (result.result === 'appended') {
        const acknowledged = result.streams.flatMap(({ position }, index) => {
          const eventId = appends[index]?.events.at(-1)?.eventId;
          return eventId === undefined ? [] : [{ eventId, position }];
        });
        tell({ acknowledged });
      }
      return result;
    },
    readStream: (stream, options) => store.readStream(stream, options),
    readTrail: (options) => store.readTrail(options),
    readHead: () => store.readHead(),
    close: () => store.close(),
  };
}

function recoverWith(paymentMethods: PaymentMethods): void {
  new RecoveryWorker({
    paymentMethods,
    timers: systemTimers,
    chance: systemChance,
    intervalMs: passIntervalMs,
    onPass: ({ settled, errors }) => {
      if (settled.length > 0) tell({ recovered: settled.length });
      for (const { error } of errors) note(error);
    },
    onError: note,
  }).start();
}

async function answerTo(paymentMethods: PaymentMethods, asked: Asked): Promise<Answered> {
  try {
    if (asked.call !== 'reconcile') return await callOn({ paymentMethods }, asked);
    await paymentMethods.reconcile({ paymentMethodId: asked.paymentMethodId, actor: 'caller' });
    return { end: 'ok', answeredId: null, reason: null };
  } catch (error) {
    note(error);
    return { end: 'info', answeredId: null, reason: isPaymentMethodsError(error) ? error.code : String(error) };
  }
}

function serveWebhooks(paymentMethods: PaymentMethods, secrets: readonly string[]): void {
  const handle = webhookHandler({ paymentMethods, secrets, onError: note });
  const server = createServer((incoming, outgoing) => {
    const answer = async () => {
      const headers = { 'stripe-signature': String(incoming.headers['stripe-signature']) };
      const { status } = await handle(
        new Request('http://host/', { method: 'POST', headers, body: await readBody(incoming) }),
      );
      outgoing.writeHead(status).end();
    };
    answer().catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1', () => tell({ readyAt: (server.address() as AddressInfo).port }));
}

function note(error: unknown): void {
  if (!isPaymentMethodsError(error) || !expected.has(error.code)) tell({ unexpected: wordsOf(error) });
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${isPaymentMethodsError(error) ? error.code : ''} ${error.stack}`;
}

function tell(message: FromApp): void {
  // Where the run is gone there is nobody to tell.
  process.send?.(message, undefined, undefined, () => {});
}

process.once('disconnect', () => process.exit());
main(JSON.parse(process.argv[2] ?? '') as AppSettings);
