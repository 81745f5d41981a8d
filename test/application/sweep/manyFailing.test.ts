import { describe, expect, it } from 'vitest';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import type { Notification } from '../../../src/application/commands/notifications.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { ListedEvent, PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import { wrapped } from '../privacy/support.ts';
import { ana, hour } from '../support.ts';
import { afterASweep, attachedByOthers, changedByOthers, lost, nobody, timeout } from './sweptOnce.ts';

type Swept = Awaited<ReturnType<typeof afterASweep>>;

/** A store in which every append is overtaken. */
function busy({ store }: Swept): EventStore {
  return wrapped(store, { append: () => Promise.reject(new PaymentMethodsError('CONTENTION', 'overtaken')) });
}

/** So many of Ana's, which the trail knows. */
async function known({ paymentMethods }: Swept, many: number): Promise<readonly string[]> {
  const ids = Array.from({ length: many }, (_, index) => `pm_${index}`);
  for (const id of ids) await paymentMethods.attach({ ...ana, paymentMethodId: id });
  return ids;
}

/** With so many setups in front, as Stripe lists a page: a hundred at most. */
function withSetups({ gateway }: Swept, many: number): PaymentMethodGateway['listEvents'] {
  return async (request, options) => {
    const page = await gateway.listEvents(request, options);
    if (page.look !== 'found' || request.after !== undefined || request.createdTo !== undefined) return page;
    const setups = Array.from(
      { length: many },
      (_, number): ListedEvent => setupOf(number, page.events[0]?.created ?? 0),
    );
    return { ...page, events: [...setups, ...page.events].slice(0, 100), hasMore: true };
  };
}

function setupOf(number: number, created: number): ListedEvent {
  const eventId = `evt_setup${number}`;
  const ids = { setupIntentId: `seti_${number}`, paymentMethodId: `pm_set${number}`, attemptId: null };
  const customer = { kind: 'customer', id: 'cus_A' };
  const told = { notificationId: eventId, requestId: null, idempotencyKey: null, ...ids, customer };
  return { eventId, created, notification: { type: 'setupSucceeded', ...told } as Notification };
}

async function waitingIn({ cursor }: Swept): Promise<readonly string[]> {
  return (await cursor()).failedEvents;
}

describe('more than a hundred events that fail', () => {
  it('of attachments: those that are not kept are read again, with all since, and no customer for them', async () => {
    const swept = await afterASweep();
    const ids = Array.from({ length: 101 }, (_, index) => `pm_9${index}`);
    for (const id of ids) await attachedByOthers(swept, id);
    for (let pass = 0; pass < 2; pass += 1) {
      swept.passes(2 * hour);
      await swept.sweep({}, busy(swept));
      expect(await swept.cursor()).toMatchObject({ heldFrom: expect.any(Number), reading: null });
      expect(await waitingIn(swept)).toHaveLength(100);
    }
    const { findings, eventsMissed } = await swept.sweep({}, swept.store, nobody);
    expect(eventsMissed).toBe(false);
    expect(new Set(findings.map(({ paymentMethodId }) => paymentMethodId))).toEqual(new Set(ids));
    expect(findings).toHaveLength(ids.length);
    expect(await swept.cursor()).toMatchObject({ heldFrom: null, waiting: [] });
  });

  it('of updates, for good: nothing is read again for them, and those that are not kept are found by the round', async () => {
    const swept = await afterASweep();
    const ids = await known(swept, 110);
    await swept.sweep();
    for (let pass = 0; pass < 5; pass += 1) {
      swept.passes(240 * hour);
      for (const id of ids) changedByOthers(swept, id, 2040 + pass);
      swept.passes(2 * hour);
      expect(await swept.sweep(lost)).toMatchObject({ eventsMissed: false, isFullReadOpen: false });
    }
    expect(await waitingIn(swept)).toHaveLength(100);
    const { findings } = await swept.sweep();
    expect(new Set(findings.map(({ paymentMethodId }) => paymentMethodId))).toEqual(new Set(ids));
    expect(findings).toHaveLength(ids.length);
  });

  it('of updates take no attachment’s place, nor do attachments take theirs', async () => {
    const swept = await afterASweep();
    const ids = await known(swept, 101);
    await swept.sweep();
    await attachedByOthers(swept, 'pm_new');
    await swept.sweep({}, busy(swept), nobody);
    const [attachment] = await waitingIn(swept);
    for (const id of ids) changedByOthers(swept, id);
    await attachedByOthers(swept, 'pm_newer');
    await swept.sweep(lost, busy(swept), nobody);
    const waiting = await waitingIn(swept);
    expect(waiting).toHaveLength(102);
    expect(waiting).toContain(attachment);
    swept.passes(2 * hour);
    await swept.sweep(lost, busy(swept), nobody);
    expect(await swept.cursor()).toMatchObject({ heldFrom: null });
  });

  it('keep no customer who was deleted from being recorded, once that goes through', async () => {
    const swept = await afterASweep();
    const headers = { authorization: 'Bearer sk_test_dashboard' };
    swept.account.receive({ method: 'DELETE', path: '/v1/customers/cus_A', headers }).finish();
    await attachedByOthers(swept, 'pm_9');
    await swept.sweep({}, busy(swept), nobody);
    const waiting = (await swept.cursor()).waiting.map((one) => one.kind === 'event' && one.finding);
    expect(waiting).toContain('attachmentMissed');
    expect(waiting.at(-1), 'behind what is told of nowhere else').toBe('customerDeletionMissed');
    const { findings } = await swept.sweep({}, swept.store, nobody);
    expect(findings.map(({ finding }) => finding)).toContain('customerDeletionMissed');
  });

  it('of updates for good: what Stripe then does not answer about ends one sweep each, and not the same again and again', async () => {
    const swept = await afterASweep();
    const ids = await known(swept, 103);
    await swept.sweep();
    for (const id of ids.slice(3)) changedByOthers(swept, id);
    for (let pass = 0; pass < 2; pass += 1) {
      swept.passes(2 * hour);
      await swept.sweep(lost, swept.store, nobody);
    }
    expect(await waitingIn(swept)).toHaveLength(100);
    for (const id of ids.slice(0, 3)) changedByOthers(swept, id);
    for (let pass = 0; pass < 4; pass += 1) await swept.sweep({ lookUp: async () => timeout }, swept.store, nobody);
    expect((await swept.cursor()).reading).toBeNull();
  });

  it('of updates that fail otherwise: those of one page that are not answered about do not end sweep after sweep', async () => {
    const swept = await afterASweep();
    const ids = await known(swept, 103);
    const silent = ids.slice(100);
    await swept.sweep();
    for (const id of ids.slice(0, 100)) changedByOthers(swept, id);
    await swept.sweep(lost, swept.store, nobody);
    expect(await waitingIn(swept)).toHaveLength(100);
    await attachedByOthers(swept, 'pm_behind');
    swept.passes(1_000);
    for (const id of silent) changedByOthers(swept, id);
    const lookUp = async (id: string) => (silent.includes(id) ? timeout : ({ ...timeout, look: 'notFound' } as const));
    const found: (string | null)[] = [];
    for (let pass = 0; pass < 8; pass += 1) {
      const { findings } = await swept.sweep({ lookUp }, swept.store, nobody);
      found.push(...findings.map(({ paymentMethodId }) => paymentMethodId));
    }
    expect(found).toEqual(['pm_behind']);
    expect((await swept.cursor()).reading).toBeNull();
  });

  it('of setups that are not answered about, beside attachments that fail: likewise', async () => {
    const swept = await afterASweep();
    const others = Array.from({ length: 100 }, (_, index) => `pm_9${index}`);
    for (const id of others) await attachedByOthers(swept, id);
    await swept.sweep({}, busy(swept), nobody);
    await attachedByOthers(swept, 'pm_behind');
    const silent = { lookUp: async () => timeout, listEvents: withSetups(swept, 3) };
    const store = wrapped(swept.store, {
      append: (all) =>
        all.some(({ stream }) => others.some((id) => stream.endsWith(id)))
          ? Promise.reject(new PaymentMethodsError('CONTENTION', 'overtaken'))
          : swept.store.append(all),
    });
    const found: (string | null)[] = [];
    for (let pass = 0; pass < 8; pass += 1) {
      const { findings } = await swept.sweep(silent, store, nobody);
      found.push(...findings.map(({ paymentMethodId }) => paymentMethodId));
    }
    expect(found).toContain('pm_behind');
    expect((await swept.cursor()).reading).toBeNull();
  });
});
