export type Settle<Result> = {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/** Something that can die, and with it all that it waits for. */
export interface Mortal {
  readonly name: string;
  readonly isAlive: boolean;
  /** Dies at once: nothing that it waits for ever comes back to it. */
  crash(): void;
  /** A promise of what is under way; never settled once its owner is dead. */
  waits<Result>(start: (settle: Settle<Result>) => void): Promise<Result>;
}
