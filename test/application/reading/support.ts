import type { TrailRecord } from '../../../src/application/events/eventCodec.ts';
import { aMonolith, ana, ben, hour } from '../support.ts';

/** One event every hour from noon, position by position; pm_1 is Ana's, and Ben is refused it. */
export async function aTrail() {
  const monolith = aMonolith();
  const { paymentMethods, passes } = monolith;
  await paymentMethods.attach({ ...ana, attemptId: 'a-1' }); // 1, 2
  passes(hour);
  await paymentMethods.attach({ ...ben, attemptId: 'b-1' }); // 3
  passes(hour);
  await paymentMethods.attach({ ...ben, paymentMethodId: 'pm_2', attemptId: 'b-2' }); // 4, 5
  passes(hour);
  await paymentMethods.setDefault({ ...ana, attemptId: 'd-1' }); // 6, 7
  await paymentMethods.beginSetup({ customer: 'cus_Ana', actor: 'user-7', attemptId: 's-1' }); // 8, 9
  passes(hour);
  await paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7', attemptId: 'x-1' }); // 10, 11
  return monolith;
}

export const noon = Date.UTC(2025, 10, 23, 12);

export async function listed(events: AsyncIterable<TrailRecord>): Promise<string[]> {
  const lines: string[] = [];
  for await (const { position, event } of events) lines.push(`${position} ${event.type}`);
  return lines;
}
