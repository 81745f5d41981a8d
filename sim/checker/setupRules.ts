import type { Rule } from './check.ts';
import { judgeAll } from './judging.ts';
import type { View } from './view.ts';
import { millisecondsOf } from './streams.ts';

/** What must hold of setups. */
export const setupRules: readonly Rule[] = [
  {
    name: 'C24 no setup is asked for before its intent is durable',
    judge: (view) => {
      const asked = view.stripe.requests.filter(
        ({ method, path }) => method === 'POST' && path === '/v1/setup_intents',
      );
      const recordedAt = keysOf(view);
      return judgeAll(view.lostEvents ? [] : asked, ({ idempotencyKey, at }) => {
        const since = recordedAt.get(idempotencyKey ?? '');
        if (since !== undefined && since <= at) return null;
        return `a setup was asked for under ${idempotencyKey} before its intent`;
      });
    },
  },
  {
    name: 'C25 every setup is answered in the end, and who was told of one finds it in the trail',
    judge: ({ setups, history, lostEvents }) => {
      const told = history.filter(({ call, answeredId }) => call === 'beginSetup' && answeredId !== null);
      const judgement = judgeAll(lostEvents ? [] : told, ({ attemptId, answeredId, endedAt }) => {
        const records = setups.get(attemptId ?? '')?.records ?? [];
        const isThere = records.some(
          (record) =>
            'setupIntentId' in record.event.data &&
            record.event.data.setupIntentId === answeredId &&
            millisecondsOf(record) <= (endedAt ?? 0),
        );
        return isThere ? null : `a caller was told of the setup ${answeredId}, and the trail did not say so`;
      });
      const open = [...setups].filter(([, { state }]) => state.status === 'requested');
      if (open.length === 0) return judgement;
      const problems = open.map(([attemptId]) => `the setup ${attemptId} is still open`);
      return { verdict: false, problems: [...problems, ...judgement.problems] };
    },
  },
];

/** When each key of a setup was durable, in unix milliseconds. */
function keysOf({ setups }: View): ReadonlyMap<string, number> {
  const recordedAt = new Map<string, number>();
  for (const { records } of setups.values()) {
    for (const record of records) {
      if (record.event.type === 'SetupRequested') {
        recordedAt.set(record.event.data.idempotencyKey, millisecondsOf(record));
      }
    }
  }
  return recordedAt;
}
