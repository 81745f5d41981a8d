import type { WorldOptions } from './world.ts';
import { World } from './world.ts';

/** Where an object is that is not in the world that was asked: in its other mode, or with its platform. */
export type Whereabouts = 'otherMode' | 'platform' | 'nowhere';

type Shared = Pick<WorldOptions, 'announce' | 'eventsKept'>;

/** The platform's own account and those connected to it, each in live mode and in test mode. */
export class Worlds {
  readonly platformId: string;
  readonly #shared: Shared;
  readonly #live = new Map<string, World>();
  readonly #test = new Map<string, World>();
  readonly #connected = new Set<string>();

  constructor(platformId: string, shared: Shared) {
    this.platformId = platformId;
    this.#shared = shared;
  }

  /** True once an account is connected. */
  get isPlatform(): boolean {
    return this.#connected.size > 0;
  }

  /** Forgets every world and every connection. */
  clear(): void {
    this.#live.clear();
    this.#test.clear();
    this.#connected.clear();
  }

  connect(accountId: string): void {
    this.#connected.add(accountId);
  }

  /** The world of the platform, or of an account connected to it; undefined for any other account. */
  find(accountId: string, livemode: boolean): World | undefined {
    const worlds = livemode ? this.#live : this.#test;
    const known = worlds.get(accountId);
    if (known !== undefined) return known;
    const platformId = accountId === this.platformId ? null : this.platformId;
    if (platformId !== null && !this.#connected.has(accountId)) return undefined;
    const world = new World({ ...this.#shared, accountId, livemode, platformId });
    worlds.set(accountId, world);
    return world;
  }

  /** Where else an object is, by whoever can tell whether a world has it. */
  whereabouts(world: World, isIn: (other: World) => boolean): Whereabouts {
    const otherMode = this.find(world.accountId, !world.livemode);
    if (otherMode !== undefined && isIn(otherMode)) return 'otherMode';
    const platform = world.platformId === null ? undefined : this.find(world.platformId, world.livemode);
    return platform !== undefined && isIn(platform) ? 'platform' : 'nowhere';
  }
}
