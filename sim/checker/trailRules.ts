import type { Rule } from './check.ts';
import { judgeAll } from './judging.ts';
import type { SeenStream } from './streams.ts';
import { isLeftOpen } from './view.ts';

const once = ['PaymentMethodAttached', 'PaymentMethodDetached', 'PaymentMethodCloned'] as const;

/** What the trail must be by itself. */
export const trailRules: readonly Rule[] = [
  {
    name: 'C1 a payment method is attached once, ever, and detached once',
    judge: ({ streams }) =>
      judgeAll(streams, ([name, { records }]) => {
        for (const type of once) {
          const count = records.filter(({ event }) => event.type === type).length;
          if (count > 1) return `${name} has ${count} ${type}`;
        }
        return null;
      }),
  },
  {
    name: 'C9 positions and versions have no gap, and no event stands twice',
    judge: ({ trail }) => {
      const versions = new Map<string, number>();
      const ids = new Set<string>();
      return judgeAll(trail.entries(), ([index, { position, stream, version, eventId }]) => {
        const expected = (versions.get(stream) ?? 0) + 1;
        versions.set(stream, version);
        if (position !== index + 1) return `position ${position} stands where ${index + 1} belongs`;
        if (version !== expected) return `${stream} has version ${version} where ${expected} belongs`;
        if (ids.has(eventId)) return `event ${eventId} stands twice`;
        ids.add(eventId);
        return null;
      });
    },
  },
  {
    name: 'C10 an acknowledged event stays where it is',
    judge: ({ trail, acknowledged, lostEvents }) =>
      judgeAll(lostEvents ? [] : acknowledged, ({ eventId, position }) =>
        trail[position - 1]?.eventId === eventId ? null : `event ${eventId} is not at position ${position} any more`,
      ),
  },
  {
    name: 'C11 nothing stays open once faults have ended',
    judge: ({ streams, isResting }) => {
      const judgement = judgeAll(streams, ([name, stream]) =>
        isLeftOpen(stream) ? `${name} is still ${stream.state.status}, detachment ${wordOf(stream)}` : null,
      );
      if (isResting) return judgement;
      return { verdict: false, problems: [...judgement.problems, 'callers or notifications did not come to rest'] };
    },
  },
  {
    name: 'C12 what is read is what a replay of the trail from its beginning gives',
    judge: ({ streams, projected }) =>
      judgeAll(projected, ([name, state]) => {
        const replayed = JSON.stringify(streams.get(name)?.state);
        return replayed === state ? null : `${name} is read as ${state} and replayed as ${replayed}`;
      }),
  },
  {
    name: 'C13 no secret stands in the trail',
    judge: ({ trail, secrets }) =>
      judgeAll(trail, ({ position, data, metadata }) =>
        secrets.some((secret) => data.includes(secret) || metadata.includes(secret))
          ? `the event at ${position} holds a secret`
          : null,
      ),
  },
];

function wordOf({ state: { detachment } }: SeenStream): string {
  return detachment === null ? 'none' : (detachment.cause ?? 'asked for');
}
