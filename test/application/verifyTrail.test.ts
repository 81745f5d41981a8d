import { expect, it } from 'vitest';
import { verify } from '../../src/adapters/audit/verify.ts';
import { aTrail, viewOf } from '../support/trailView.ts';

it('finds an event that stands behind the head, though its hash fits', async () => {
  const { events } = await aTrail(7);
  const head = { position: 6, hash: events[5]?.hash ?? '' };
  expect(await verify(viewOf({ events, head }))).toMatchObject({ intact: false, position: 7, problem: 'headMismatch' });
});
