import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Answered } from '../sim/world/history.ts';
import type { Acknowledged, AppSettings, Asked, FromApp, ToApp } from './app/messages.ts';
import type { Line } from './line.ts';

/** What the processes told of themselves. */
export type Told = {
  readonly acknowledged: Acknowledged[];
  readonly unexpected: string[];
  recovered: number;
};

/** One application process, as seen from outside. */
class AppProcess {
  readonly ended: Promise<unknown>;
  readonly ready: Promise<number>;
  isAlive = true;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answered: Answered | null) => void>();
  #asked = 0;

  constructor(program: string, settings: AppSettings, told: Told) {
    const args = ['--enable-source-maps', program, JSON.stringify(settings)];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message: FromApp) => this.#hear(message, told, resolve));
      this.#child.once('exit', () => reject(new Error('An application process ended before it was ready.')));
    });
    this.ready.catch(() => {});
    this.#child.on('error', () => {});
    this.ended = once(this.#child, 'exit').then(([code, signal]) => {
      if (signal !== 'SIGKILL') told.unexpected.push(`an application process ended by itself: ${code ?? signal}`);
      this.isAlive = false;
      for (const lose of this.#waiting.values()) lose(null);
    });
  }

  /** The answer; null where the process died before it came. */
  ask(asked: Asked): Promise<Answered | null> {
    if (!this.isAlive) return Promise.resolve(null);
    this.#asked += 1;
    const message: ToApp = { id: this.#asked, asked };
    return new Promise((resolve) => {
      this.#waiting.set(message.id, resolve);
      this.#child.send(message, () => {});
    });
  }

  /** Kills it, at once and without a word, and waits until it is gone. */
  async kill(): Promise<void> {
    this.isAlive = false;
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  #hear(message: FromApp, told: Told, ready: (port: number) => void): void {
    if ('readyAt' in message) ready(message.readyAt);
    else if ('acknowledged' in message) told.acknowledged.push(...message.acknowledged);
    else if ('recovered' in message) told.recovered += message.recovered;
    else if ('unexpected' in message) told.unexpected.push(message.unexpected);
    else {
      this.#waiting.get(message.id)?.(message.answered);
      this.#waiting.delete(message.id);
    }
  }
}

/** What all processes have in common. */
export type FleetSettings = Omit<AppSettings, 'maxTries'>;

/** A place for a process: its webhooks come to the same address, whichever process has it. */
export type Slot = { readonly webhooks: Line; app: AppProcess | null };

/** The processes of a host. One that is killed is followed by one that was started before, so that nobody waits for it. */
export class Fleet {
  readonly told: Told = { acknowledged: [], unexpected: [], recovered: 0 };
  readonly #program: string;
  readonly #settings: FleetSettings;
  readonly #slots: readonly Slot[];
  readonly #all = new Set<AppProcess>();
  #spare: AppProcess;
  #started = 0;
  #isClosing = false;

  /** Nothing runs before `start`, but for the spare. */
  constructor(program: string, settings: FleetSettings, webhooks: readonly Line[]) {
    this.#program = program;
    this.#settings = settings;
    this.#slots = webhooks.map((line) => ({ webhooks: line, app: null }));
    this.#spare = this.#startApp();
  }

  /** Resolves once every place is taken. */
  async start(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => this.#fill(slot, this.#startApp())));
  }

  /** Those that take calls. */
  get apps(): readonly AppProcess[] {
    return this.#slots.flatMap(({ app }) => (app?.isAlive === true ? [app] : []));
  }

  /** Kills so many; the next ones take their places as soon as they are ready. */
  async kill(count: number, choose: (slots: readonly Slot[]) => Slot): Promise<void> {
    for (let killed = 0; killed < count; killed += 1) {
      const taken = this.#slots.filter(({ app }) => app?.isAlive === true);
      if (taken.length === 0) return;
      const slot = choose(taken);
      await slot.app?.kill();
      const next = this.#spare;
      this.#spare = this.#startApp();
      void this.#fill(slot, next).catch((error: unknown) => this.told.unexpected.push(String(error)));
    }
  }

  /** Kills every process, and waits until all are gone. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#all].map((app) => app.kill()));
    for (const { webhooks } of this.#slots) webhooks.pointTo(null);
  }

  #startApp(): AppProcess {
    this.#started += 1;
    const settings = { ...this.#settings, maxTries: this.#started % 2 === 0 ? 1 : 3 };
    const app = new AppProcess(this.#program, settings, this.told);
    this.#all.add(app);
    void app.ended.then(() => this.#all.delete(app));
    return app;
  }

  async #fill(slot: Slot, app: AppProcess): Promise<void> {
    try {
      slot.webhooks.pointTo(await app.ready);
      slot.app = app;
    } catch (error) {
      if (!this.#isClosing) throw error;
    }
  }
}
