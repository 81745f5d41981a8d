import type { StripeAccount } from '../src/adapters/simulator/index.ts';
import { strangerAttaches } from './world/strangers.ts';
import type { Scene } from './world/scene.ts';
import type { Players } from './world/workload.ts';

/** What faults are placed on: few calls about one payment method, all of which is known. */
export type PlacedCalls = keyof typeof placedCalls;

type Plan = {
  /** whom pm_1 belongs to before anything is asked for; pm_2 is Ana's */
  readonly owner: string | null;
  readonly ask: (players: Players, at: number) => void;
};

const ofOne = { paymentMethodId: 'pm_1', customer: 'cus_Ana', setAsDefault: false, patience: 1 } as const;
const attach = { ...ofOne, call: 'attach', attemptId: 'a1' } as const;
const own = { ...ofOne, call: 'setDefault' } as const;
const other = { ...own, paymentMethodId: 'pm_2' } as const;
const detach = { ...ofOne, call: 'detach', attemptId: 'd1' } as const;

export const placedCalls = {
  attach: { owner: null, ask: ({ callers }, at) => callers.asksLater(at, attach) },
  /** one that an attach wishes for, and another that somebody who does not give up at once asks for a little later */
  defaults: {
    owner: null,
    ask: ({ callers }, at) => {
      callers.asksLater(at, { ...attach, setAsDefault: true });
      callers.asksLater(at + 2_000, { ...other, attemptId: 's1', patience: 3 });
    },
  },
  /** of what is the default already, before another takes its place: what lands late would undo that */
  defaultAgain: {
    owner: 'cus_Ana',
    ask: ({ callers }, at) => {
      callers.asksLater(at, { ...own, attemptId: 's1' });
      callers.asksLater(at + 2_000, { ...own, attemptId: 's2' });
      callers.asksLater(at + 50_000, { ...other, attemptId: 's3', patience: 3 });
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
} as const satisfies Record<string, Plan>;

export function isPlacedCalls(name: string): name is PlacedCalls {
  return Object.hasOwn(placedCalls, name);
}

export function placedScene(account: StripeAccount, calls: PlacedCalls): Scene {
  const { owner }: Plan = placedCalls[calls];
  account.addCustomer('cus_Ana');
  account.addPaymentMethod({ id: 'pm_1', ...(owner === null ? {} : { owner: { kind: 'customer', id: owner } }) });
  account.addPaymentMethod({ id: 'pm_2', owner: { kind: 'customer', id: 'cus_Ana' } });
  const ownersBefore = new Map([...(owner === null ? [] : [['pm_1', owner] as const]), ['pm_2', 'cus_Ana']]);
  return { customers: ['cus_Ana'], paymentMethods: ['pm_1', 'pm_2'], ownersBefore };
}
