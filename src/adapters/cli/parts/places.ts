import { InvalidArgumentError } from 'commander';
import type { AsOf } from '../../../application/commands/commands.ts';
import type { Place } from '../../../application/reading/readCommand.ts';
import { badUsage } from './cliError.ts';

const instantPattern = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;
const instantHelp =
  'an instant such as 2026-11-23T14:00:00Z (with Z or an offset), or a day, which begins at 00:00 UTC';

/** A position of the trail, or an instant. */
export function toPlace(text: string): Place {
  const place = placeOf(text);
  if (place !== null) return place;
  throw new InvalidArgumentError(`It must be a position of the trail, such as 42, or ${instantHelp}.`);
}

/** `42` or `position:42`, `version:3`, or an instant. */
export function toAsOf(text: string): AsOf {
  const [, kind, number] = /^(position|version):(\d{1,15})$/.exec(text) ?? [];
  if (kind === 'version') return { version: Number(number) };
  const place = kind === 'position' ? Number(number) : placeOf(text);
  if (place !== null) return typeof place === 'number' ? { position: place } : place;
  throw new InvalidArgumentError(`It must be a position, such as 42, a version, such as version:3, or ${instantHelp}.`);
}

/** What `--from` and `--to` name, as the part of a trail to read: both ends are in it. Throws where it runs backwards. */
export function toRange(
  from: Place | undefined,
  to: Place | undefined,
): { readonly after?: Place | undefined; readonly upTo?: Place | undefined } {
  const after = from === undefined ? undefined : justBefore(from);
  const isBackwards =
    (typeof from === 'number' && typeof to === 'number' && to < from) ||
    (from instanceof Date && to instanceof Date && to.getTime() < from.getTime());
  if (isBackwards) throw badUsage('--to comes before --from: the range runs backwards. Swap the two.');
  return { after, upTo: to };
}

export function describePlace(place: AsOf | Place): string {
  if (typeof place === 'number') return `position ${place}`;
  if (place instanceof Date) return place.toISOString();
  return 'version' in place ? `version ${place.version}` : `position ${place.position}`;
}

/** Instants are compared in whole milliseconds. */
function justBefore(place: Place): Place {
  return typeof place === 'number' ? Math.max(0, place - 1) : new Date(place.getTime() - 1);
}

function placeOf(text: string): Place | null {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const [, year, month, day, hour = '0'] = instantPattern.exec(text) ?? [];
  if (year === undefined || !isDay(Number(year), Number(month), Number(day)) || Number(hour) > 23) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
