import type { AppendFault, FaultPlan, KeyFault, ReadFault, RequestFault } from './faultPlan.ts';

/** What can be placed at each kind of boundary: one of every sort that leaves another situation behind. */
const placeable = {
  append: ['crashBefore', 'crashAfter', 'unavailable', 'unknownNotDone', 'unknownDone', 'unknownDoneLater', 'repeated'],
  read: ['crashBefore', 'unavailable', 'stale'],
  look: ['crashBefore', 'loseResponse', 'stall', 'serverError'],
  ask: [
    'crashBefore',
    'crashAfter',
    'crashArrivesLate',
    'loseRequest',
    'loseResponse',
    'cutBody',
    'arrivesLate',
    'stall',
    'serverError',
    'serverErrorAfterEffect',
    'dependencyFailed',
    'rateLimit',
  ],
  keys: ['crashBefore', 'crashAfter', 'unavailable', 'unknownDone'],
} as const satisfies Record<string, readonly (AppendFault | ReadFault | RequestFault | KeyFault)[]>;

export type Boundary = keyof typeof placeable;

/** A fault at a boundary, by its number in the order they are come to: 0 is the first. */
export type Placement = { readonly at: number; readonly fault: string };

/** The faults that can be placed at a boundary of this kind. */
export function faultsAt(boundary: Boundary): readonly string[] {
  return placeable[boundary];
}

/** Faults at given boundaries and nowhere else. Notes every boundary that is come to. */
export class PlacedFaults implements FaultPlan {
  readonly boundaries: Boundary[] = [];
  readonly #placements: readonly Placement[];
  #isHealed = false;

  constructor(placements: readonly Placement[]) {
    this.#placements = placements;
  }

  onAppend(): AppendFault | null {
    return this.#at('append', placeable.append);
  }

  /** The trail is read whether or not there is something to do; where that fails, a pass of recovery is left out. */
  onRead(what: 'stream' | 'trail'): ReadFault | null {
    return what === 'trail' ? null : this.#at('read', placeable.read);
  }

  onRequest(method: string): RequestFault | null {
    return method === 'POST' ? this.#at('ask', placeable.ask) : this.#at('look', placeable.look);
  }

  onKeys(): KeyFault | null {
    return this.#at('keys', placeable.keys);
  }

  onLease(): boolean {
    return false;
  }

  heal(): void {
    this.#isHealed = true;
  }

  #at<Fault extends string>(boundary: Boundary, faults: readonly Fault[]): Fault | null {
    if (this.#isHealed) return null;
    const at = this.boundaries.push(boundary) - 1;
    const placed = this.#placements.find((placement) => placement.at === at);
    return faults.find((fault) => fault === placed?.fault) ?? null;
  }
}
