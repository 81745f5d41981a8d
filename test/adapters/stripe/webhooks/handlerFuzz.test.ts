import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WebhookHandlerOptions } from '../../../../src/adapters/stripe/index.ts';
import { webhookHandler } from '../../../../src/adapters/stripe/index.ts';
import { isPaymentMethodsError } from '../../../../src/application/errors.ts';
import { aMonolith } from '../../../application/support.ts';
import { anyDelivery, canary } from './anyDelivery.ts';
import { secret, signedAt } from './deliveries.ts';

/** How many deliveries; a million of them take some minutes. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 1_000);
/** How many deliveries one trail takes, so that memory does not grow with the runs. */
const runsOfOneTrail = 500;

type Ingest = WebhookHandlerOptions['paymentMethods']['ingest'];

/** An endpoint whose application can be down, and that remembers what it was asked and what it told the log. */
function anEndpoint() {
  const { paymentMethods, store } = aMonolith();
  const errors: unknown[] = [];
  const failures: unknown[] = [];
  const state = { isDown: false };
  const ingest: Ingest = async (notification, options) => {
    try {
      if (state.isDown) throw new Error('the database is down');
      return await paymentMethods.ingest(notification, options);
    } catch (error) {
      failures.push(error);
      throw error;
    }
  };
  const handle = webhookHandler({
    paymentMethods: { ingest },
    secrets: [secret],
    onError: (error) => errors.push(error),
    now: () => new Date(signedAt * 1000),
  });
  return { handle, errors, failures, state, store };
}

/** An error that means: come again, when the store or Stripe can be reached. */
function isReallyDown(error: unknown): boolean {
  if (!isPaymentMethodsError(error)) return error instanceof Error && error.message === 'the database is down';
  return error.code === 'NOT_LOOKED_UP';
}

async function expectNoSecretIn({ store }: ReturnType<typeof anEndpoint>): Promise<void> {
  for await (const recorded of store.readTrail()) expect(JSON.stringify(recorded)).not.toContain(canary);
}

it('any delivery is taken, refused, or failed by the application alone, with no secret told', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  const reached = new Map<string, number>();
  let endpoint = anEndpoint();
  let left = runsOfOneTrail;
  try {
    await fc.assert(
      fc.asyncProperty(anyDelivery, fc.boolean(), async ({ kind, makeRequest }, isDown) => {
        left -= 1;
        if (left === 0) {
          await expectNoSecretIn(endpoint);
          [endpoint, left] = [anEndpoint(), runsOfOneTrail];
        }
        const { handle, errors, failures, state } = endpoint;
        [errors.length, failures.length, state.isDown] = [0, 0, isDown];
        const { status } = await handle(makeRequest());
        const outcome = `${kind} ${status}`;
        reached.set(outcome, (reached.get(outcome) ?? 0) + 1);
        expect([200, 400, 405, 413, 500]).toContain(status);
        expect(failures.filter((error) => !isReallyDown(error))).toEqual([]);
        expect(status === 500, inspect(errors)).toBe(failures.length > 0);
        expect(errors).toHaveLength(status === 400 || status === 500 ? 1 : 0);
        expect(inspect(errors, { depth: 9, showHidden: true })).not.toContain(canary);
      }),
      { numRuns: runs },
    );
    await expectNoSecretIn(endpoint);
    await new Promise((resolve) => setTimeout(resolve, 5));
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(unhandled).toEqual([]);
  expect([...reached.keys()].toSorted()).toEqual([
    'event 200',
    'event 500',
    'large 413',
    'odd event 200',
    'odd event 400',
    'odd event 500',
    'odd method 405',
    'signed garbage 400',
    'unsigned 400',
  ]);
  if (runs > 100_000) process.stdout.write(`${inspect(reached)}\n`);
}, 1_800_000);
