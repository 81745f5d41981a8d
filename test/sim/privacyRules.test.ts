import { describe, expect, it } from 'vitest';
import { InMemoryEventStore } from '../../src/adapters/memory/inMemoryEventStore.ts';
import type { RecordedEvent } from '../../src/application/ports/eventStore.ts';
import type { Logs } from '../../sim/checker/logs.ts';
import { aCard } from '../../src/testing/builders/parts.ts';
import { encrypting, encryptionLogOf, Vault } from '../../sim/world/vault.ts';
import { at, attached, broken, operation, requested } from './soundLogs.ts';

const card = aCard();
const stream = 'paymentMethod-pm_1';
const customer = { kind: 'customer', id: 'cus_Ana' } as const;
const forgets = { ...operation, call: 'forget', paymentMethodId: '', attemptId: null, isNamed: false } as const;

/** Of an attachment that was recorded encrypted, with what was done to its customer's key. */
async function logsOf(act: (vault: Vault, store: InMemoryEventStore) => Promise<void> = async () => {}) {
  let now = at;
  const store = new InMemoryEventStore({ now: () => now });
  const vault = new Vault(() => now);
  const append = (expectedVersion: number, type: string, data: object) =>
    encrypting(store, vault).append([{ stream, expectedVersion, events: [eventOf(type, data)] }]);
  await append(0, 'AttachmentRequested', requested);
  now += 100;
  await append(1, 'PaymentMethodAttached', { ...attached, card });
  await act(vault, store);
  return logsFrom(store, vault);
}

async function logsFrom(store: InMemoryEventStore, vault: Vault) {
  const trail: RecordedEvent[] = [];
  for await (const event of store.readTrail()) trail.push(event);
  const encryption = await encryptionLogOf(store, vault);
  return { trail, encryption, acknowledged: [], history: [operation] } satisfies Partial<Logs>;
}

function eventOf(type: string, data: object) {
  const eventId = crypto.randomUUID();
  const schemaVersion = type === 'AttachmentRequested' && 'setAsDefault' in data ? 2 : 1;
  const metadata = JSON.stringify({ schemaVersion, actor: 'test', correlationId: 'a1', causationId: null });
  return { eventId, type, data: JSON.stringify(data), metadata };
}

async function recordForgotten(store: InMemoryEventStore) {
  const events = [eventOf('CustomerForgotten', { customer })];
  await store.append([{ stream: 'customer-cus_Ana', expectedVersion: 0, events }]);
}

describe('the checker, where personal fields are encrypted,', () => {
  it('finds nothing where they are, and open', async () => {
    expect(await broken(await logsOf())).toEqual([]);
  });

  it('finds nothing of somebody who was forgotten, and whose key is destroyed', async () => {
    const logs = await logsOf(async (vault, store) => {
      await vault.destroy('cus_Ana');
      await recordForgotten(store);
    });
    expect(await broken({ ...logs, history: [operation, forgets] })).toEqual([]);
  });

  it('C26: finds what stands in the clear', async () => {
    const logs = await logsOf();
    const trail = logs.trail.map((event) =>
      event.type === 'PaymentMethodAttached' ? { ...event, data: JSON.stringify({ ...attached, card }) } : event,
    );
    expect(await broken({ ...logs, trail })).toEqual(['C26']);
  });

  it('C27: finds what still opens of who was forgotten, by an answer or by the trail', async () => {
    const logs = await logsOf((_vault, store) => recordForgotten(store));
    expect(await broken(logs)).toEqual(['C27']);
    expect(await broken({ ...(await logsOf()), history: [operation, forgets] })).toEqual(['C27', 'C29']);
  });

  it('C28: finds what is lost of somebody whom nobody asked to forget', async () => {
    const logs = await logsOf((vault) => vault.destroy('cus_Ana'));
    expect(await broken(logs)).toEqual(['C28']);
    expect(await broken({ ...logs, history: [operation, { ...forgets, end: 'info' }] })).toEqual([]);
  });

  it('C29: finds an answer of which the trail does not know, unless a failover lost events', async () => {
    const logs = { ...(await logsOf((vault) => vault.destroy('cus_Ana'))), history: [operation, forgets] };
    expect(await broken(logs)).toEqual(['C29']);
    expect(await broken({ ...logs, lostEvents: true })).toEqual([]);
  });

  it('C30: finds what Stripe attached before there was a key to record it with', async () => {
    const { encryption, ...logs } = await logsOf();
    const settledAt = (since: number) => ({ ...logs, encryption: { ...encryption, settledSince: () => since } });
    expect(await broken(settledAt(at + 51))).toEqual(['C30']);
    expect(await broken(settledAt(at + 50))).toEqual([]);
  });
});
