import { Presets, SingleBar } from 'cli-progress';
import type { RecordedEvent } from '../../../application/ports/eventStore.ts';
import type { TrailSource } from '../../../application/reading/trailSource.ts';
import type { Terminal } from './terminal.ts';

const shownEvery = 1000;

export type ProgressOptions = {
  /** what is being done, as in `Verifying` */
  readonly doing: string;
  /** true where results are printed meanwhile, which a bar must not run into */
  readonly isPrinting?: boolean | undefined;
  /** when the first line is written where there is no terminal; 5 s if absent */
  readonly quietMs?: number | undefined;
  /** how much later the next ones; 30 s if absent */
  readonly everyMs?: number | undefined;
  /** milliseconds, only ever forwards */
  readonly now?: (() => number) | undefined;
};

/** How far a long work is, on stderr: a bar in a terminal, which goes when it is done; else a line now and then. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #doing: string;
  readonly #isBar: boolean;
  readonly #everyMs: number;
  readonly #now: () => number;
  #nextLineAt: number;
  #bar: SingleBar | null = null;

  constructor(
    terminal: Terminal,
    { doing, isPrinting = false, quietMs = 5_000, everyMs = 30_000, now }: ProgressOptions,
  ) {
    this.#terminal = terminal;
    this.#doing = doing;
    this.#isBar = terminal.isInteractive && !(isPrinting && terminal.isShowing);
    this.#everyMs = everyMs;
    this.#now = now ?? (() => performance.now());
    this.#nextLineAt = this.#now() + quietMs;
  }

  /** Says that so many of so many events are done. */
  update(done: number, total: number): void {
    if (this.#isBar) this.#draw(done, total);
    else this.#writeLine(done, total);
  }

  /** Takes the bar away. Call it however the work ended. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #draw(done: number, total: number): void {
    if (this.#bar === null) {
      const format = `${this.#doing} {bar} {percentage}%  {value} of {total} events{eta_formatted}`;
      // It would take Ctrl-C for itself.
      const options = {
        format,
        stream: this.#terminal.stderr,
        gracefulExit: false,
        clearOnComplete: true,
        barsize: 20,
        formatTime: timeLeft,
      };
      this.#bar = new SingleBar(options, Presets.shades_classic);
      this.#bar.start(total, done);
    }
    this.#bar.setTotal(total);
    this.#bar.update(done);
  }

  #writeLine(done: number, total: number): void {
    if (this.#now() < this.#nextLineAt) return;
    this.#nextLineAt = this.#now() + this.#everyMs;
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    this.#terminal.note(`${this.#doing}: ${done} of ${total} events (${percent} %)`);
  }
}

/** Seconds; at first nobody knows how many. */
function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 1) return '';
  return seconds < 90 ? `, ${Math.round(seconds)} s left` : `, ${Math.round(seconds / 60)} min left`;
}

/** A trail to read, while the progress tells how far it was read. */
export function watchedSource(source: TrailSource, progress: Progress, head: number): TrailSource {
  return {
    readTrail: (options) => watched(source.readTrail(options), progress, head),
    readStream: (stream, options) => source.readStream(stream, options),
    readHead: () => source.readHead(),
  };
}

/** The events of a trail as they are, while the progress tells how many of them were read. */
export async function* watched(
  events: AsyncIterable<RecordedEvent>,
  progress: Progress,
  head: number,
): AsyncGenerator<RecordedEvent, void, undefined> {
  for await (const event of events) {
    yield event;
    if (event.position % shownEvery === 0) progress.update(event.position, head);
  }
}
