import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttachInput, AttachResult } from '../../../src/index.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { PaymentMethods } from '../../../src/application/paymentMethods.ts';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import { aMonolith, ana, dying, gatewayWith, settled } from '../support.ts';

const minute = 60_000;

type Monolith = ReturnType<typeof aMonolith>;
type Turn = () => Promise<unknown>;

/** The store and the gateway of one process: every call of theirs waits for its turn, and so does every answer. */
function inTurns({ store, gateway }: Monolith, turn: Turn): { eventStore: EventStore; gateway: PaymentMethodGateway } {
  const both = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    await turn();
    const answer = await call();
    await turn();
    return answer;
  };
  return {
    eventStore: {
      append: (appends) => both(() => store.append(appends)),
      readStream: (stream, options) => both(() => store.readStream(stream, options)),
      readTrail: (options) => store.readTrail(options),
      readHead: () => store.readHead(),
      close: () => store.close(),
    },
    gateway: gatewayWith(gateway, {
      attach: (request, options) => both(() => gateway.attach(request, options)),
      lookUp: (id, options) => both(() => gateway.lookUp(id, options)),
      listPaymentMethods: (request, options) => both(() => gateway.listPaymentMethods(request, options)),
    }),
  };
}

/** What Stripe tells by now, delivered. */
async function deliver({ gateway }: Monolith, paymentMethods: PaymentMethods): Promise<void> {
  const page = await gateway.listEvents({ createdFrom: 0 });
  const events = page.look === 'found' ? page.events : [];
  for (const { notification } of events) if (notification !== null) await paymentMethods.ingest(notification);
}

type Actor = (monolith: Monolith, make: () => PaymentMethods, turn: Turn) => Promise<unknown>;
const one: AttachInput = { ...ana, attemptId: 'checkout-1' };
const two: AttachInput = { ...ana, attemptId: 'checkout-2' };
const attach =
  (input: AttachInput): Actor =>
  async (_, make) =>
    make().attach(input);
const recover: Actor = (_, make) => make().recover();
const webhook: Actor = async (monolith, make, turn) => {
  for (let delivery = 1; delivery <= 3; delivery += 1) {
    await turn();
    await deliver(monolith, make());
  }
};
const sweep: Actor = (_, make) => make().sweep({ customer: 'cus_Ana' });
const bothInOneProcess: Actor = async (_, make) => {
  const shared = make();
  return Promise.all([shared.attach(one), shared.attach(two), shared.attach(ana)]);
};

type Scene = {
  /** an attempt that a crash left open before the scene, and whether Stripe did it */
  readonly open: 'none' | 'unsent' | 'done';
  readonly actors: readonly Actor[];
  /** how often Stripe is asked to attach; where it is left out, a repeat under the same key does no harm */
  readonly posts?: 1;
};
const scenes: Readonly<Record<string, Scene>> = {
  'two callers in one process': { open: 'none', actors: [bothInOneProcess], posts: 1 },
  'two processes': { open: 'none', actors: [attach(one), attach(two)], posts: 1 },
  'one attempt from two processes': { open: 'none', actors: [attach(one), attach(one)] },
  'a caller and a webhook': { open: 'none', actors: [attach(one), webhook, webhook], posts: 1 },
  'a caller and a sweep': { open: 'none', actors: [attach(one), sweep], posts: 1 },
  'a caller and recovery, of an attempt Stripe never saw': { open: 'unsent', actors: [attach(two), recover] },
  'a caller and recovery, of an attempt Stripe did': { open: 'done', actors: [attach(two), recover], posts: 1 },
  'its own caller and recovery': { open: 'unsent', actors: [attach(one), recover] },
  'two recoveries, of an attempt Stripe never saw': { open: 'unsent', actors: [recover, recover] },
  'two recoveries, of an attempt Stripe did': { open: 'done', actors: [recover, recover], posts: 1 },
  'a webhook and recovery': { open: 'done', actors: [webhook, recover], posts: 1 },
  'everybody at once': { open: 'unsent', actors: [attach(one), attach(two), recover, recover, webhook, sweep] },
};

/** A trail on which an attempt is open, or none, and all its actors at once, in an order that chance chooses. */
async function play(scheduler: fc.Scheduler, { open, actors }: Scene) {
  const monolith = aMonolith();
  if (open !== 'none') {
    void monolith.process({ gateway: dying(monolith, open === 'done') }).attach(one);
    await settled();
  }
  monolith.passes(minute);
  const turn = () => scheduler.schedule(Promise.resolve());
  const timers = { sleep: async () => {} };
  const make = () => monolith.process({ ...inTurns(monolith, turn), timers });
  const answers = scheduler.waitFor(Promise.all(actors.map((actor) => actor(monolith, make, turn))));
  return { monolith, answers: await answers };
}

const resultsIn = (answers: readonly unknown[]) =>
  answers.flat().filter((answer): answer is AttachResult => {
    return typeof answer === 'object' && answer !== null && 'outcome' in answer;
  });

describe('whatever the order in which calls and answers come', () => {
  it.each(Object.entries(scenes))('P2, P3: %s: one effect, one outcome, the right answers', async (_, scene) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { monolith, answers } = await play(scheduler, scene);
        for (const { outcome, ...rest } of resultsIn(answers)) {
          if (outcome === 'unknown') expect(rest).toMatchObject({ cause: 'attemptInProgress' });
          else expect(outcome).toBe('attached');
        }
        await monolith.paymentMethods.recover();
        expect(monolith.effects()).toEqual(['attached']);
        if (scene.posts !== undefined) expect(monolith.posts()).toHaveLength(scene.posts);
        const keys = monolith.posts().map((post) => (post.method === 'attach' ? post.idempotencyKey : null));
        expect(new Set(keys).size).toBe(1);
        const types = await monolith.trail();
        expect(types.filter((type) => type === 'PaymentMethodAttached')).toHaveLength(1);
        expect(types.filter((type) => type === 'AttachmentRequested').length).toBeLessThanOrEqual(1);
        expect(types.some((type) => type.includes('Rejected') || type.includes('Refused'))).toBe(false);
        for (const input of [one, two]) {
          expect(await monolith.paymentMethods.attach(input)).toMatchObject({ outcome: 'attached' });
        }
        expect(await monolith.trail()).toHaveLength(types.length);
      }),
      { numRuns: 25 },
    );
  });
});
