import type { StripeAccount } from '../src/adapters/simulator/index.ts';
import type { Scene } from './world/scene.ts';
import { strangerAttaches } from './world/strangers.ts';
import type { Players } from './world/workload.ts';

/** What is done while faults are placed: few calls, all of which is known. */
export type Play = keyof typeof played;

type Plan = {
  /** whom pm_1 belongs to before anything is asked for */
  readonly owner: string | null;
  /** true where personal fields are encrypted; not where absent */
  readonly encrypts?: boolean;
  /** `at`: in milliseconds from the beginning */
  readonly ask: (players: Players, at: number) => void;
};

const ofOne = { paymentMethodId: 'pm_1', customer: 'cus_Ana', setAsDefault: false, patience: 1 } as const;
const attach = { ...ofOne, call: 'attach', attemptId: 'a1' } as const;
const detach = { ...ofOne, call: 'detach', attemptId: 'd1' } as const;
const ownDefault = { ...ofOne, call: 'setDefault' } as const;
const otherDefault = { ...ownDefault, paymentMethodId: 'pm_2', attemptId: 's1', patience: 3 } as const;

const played = {
  attach: { owner: null, ask: ({ callers }, at) => callers.asksLater(at, attach) },
  /** One is wished for with an attach; another is asked for a little later, by somebody who does not give up at once. */
  defaults: {
    owner: null,
    ask: ({ callers, around: { chance } }, at) => {
      callers.asksLater(at, { ...attach, setAsDefault: true });
      callers.asksLater(at + chance.between(1_000, 3_000), otherDefault);
    },
  },
  /** of what is the default already, before another takes its place: what lands late would undo that */
  defaultAgain: {
    owner: 'cus_Ana',
    ask: ({ callers }, at) => {
      callers.asksLater(at, { ...ownDefault, attemptId: 's2' });
      callers.asksLater(at + 2_000, { ...ownDefault, attemptId: 's3' });
      callers.asksLater(at + 50_000, otherDefault);
    },
  },
  /** of what was attached past the trail */
  detach: { owner: 'cus_Ana', ask: ({ callers }, at) => callers.asksLater(at, detach) },
  /** of what somebody else attaches after the first try, and before recovery comes to it */
  detachBefore: {
    owner: null,
    ask: ({ callers, around }, at) => {
      callers.asksLater(at, detach);
      around.scheduler.after(at + 25_000, () => strangerAttaches(around, 'pm_1', 'cus_Ana'));
    },
  },
  detachBesideAttach: {
    owner: null,
    ask: ({ callers }, at) => {
      callers.asksLater(at, detach);
      callers.asksLater(at + 60, attach);
    },
  },
  attachBesideDetach: {
    owner: null,
    ask: ({ callers }, at) => {
      callers.asksLater(at, attach);
      callers.asksLater(at + 60, detach);
    },
  },
  /** of somebody whose attach is under way */
  forget: {
    owner: null,
    encrypts: true,
    ask: ({ callers }, at) => {
      callers.asksLater(at, attach);
      callers.asksLater(at + 20, { ...ofOne, call: 'forget', paymentMethodId: '', attemptId: null, patience: 3 });
    },
  },
} as const satisfies Record<string, Plan>;

export const plays: readonly Play[] = Object.keys(played).filter(isPlay);

export function give(play: Play, players: Players): void {
  played[play].ask(players, players.around.chance.between(0, 10_000));
}

export function encryptsIn(play: Play): boolean {
  const { encrypts = false }: Plan = played[play];
  return encrypts;
}

export function sceneOf(play: Play, account: StripeAccount): Scene {
  const { owner }: Plan = played[play];
  const ownersBefore = new Map([['pm_2', 'cus_Ana'], ...(owner === null ? [] : [['pm_1', owner] as const])]);
  account.addCustomer('cus_Ana');
  for (const id of ['pm_1', 'pm_2']) {
    const had = ownersBefore.get(id);
    account.addPaymentMethod(had === undefined ? { id } : { id, owner: { kind: 'customer', id: had } });
  }
  return { customers: ['cus_Ana'], paymentMethods: ['pm_1', 'pm_2'], ownersBefore };
}

function isPlay(name: string): name is Play {
  return Object.hasOwn(played, name);
}
