import { createHash } from 'node:crypto';

/** The channel that a trail's hints go through: a name that needs no quoting, and that no other trail has. */
export function appendChannel(schema: string, trail: string): string {
  return `apm_${createHash('sha256').update(`${schema}\u001f${trail}`).digest('hex').slice(0, 32)}`;
}
