/** A projection as its read model is kept: the same name and version make the same documents. */
export type ProjectionName = { readonly name: string; readonly version: number };

/**
 * One building of a projection's documents from the beginning of the trail. It is `building` until it is activated; the
 * active one of a version is what is read.
 */
export type Generation = {
  /** never used again, also when this one is gone */
  readonly id: string;
  readonly version: number;
  readonly state: 'building' | 'active';
  /** the last event that is in its documents */
  readonly position: number;
};

/** A document under its key, as JSON text; null where it goes. */
export type DocumentChange = { readonly key: string; readonly document: string | null };

/** What a batch of events makes of the documents, and how far it moves their generation. */
export type Applied = {
  /** where the generation was when the documents were loaded */
  readonly from: number;
  /** where it is now: behind `from` */
  readonly to: number;
  readonly changes: readonly DocumentChange[];
};

/** The active generation's position when it was read, and documents of it. */
export type ReadDocuments = {
  readonly position: number;
  readonly documents: readonly { readonly key: string; readonly document: string }[];
};

/** Which page of documents to read. */
export type ListDocuments = {
  /** behind this key; from the first if absent */
  readonly after?: string | undefined;
  /** at most so many */
  readonly limit: number;
};

/** What to count in documents: the objects of a list that each has. Those without the text that is asked for are left out. */
export type TallyDocuments = {
  /** where the list is in a document; the document itself where absent */
  readonly list?: string | undefined;
  /** by which of their texts they are counted apart */
  readonly by: string;
  /** of which of their texts the least is wanted, by its bytes */
  readonly least: string;
};

/** How many there are of one text, and the least of the other text among them. */
export type Tally = { readonly by: string; readonly count: number; readonly least: string };

/**
 * Where the documents of projections are kept, with how far they are. All methods throw a store's errors (`STORE_…`); after
 * any of them, the same call may be made again.
 */
export interface ReadModels {
  /** The generations of a projection, of all versions, the newest first; none if it was never built. */
  generations(name: string): Promise<readonly Generation[]>;

  /** The generation of this version that is being built; where there is none, a new one at position 0, without documents. */
  begin(projection: ProjectionName): Promise<Generation>;

  /** What stands under these keys in a generation now. */
  load(name: string, generation: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;

  /**
   * Changes documents and moves the generation on, both or neither. `outrun`, and nothing changed, where the generation is
   * not at `from`: somebody else moved it, or it is gone. So of any number of calls from one position one is applied.
   */
  apply(name: string, generation: string, applied: Applied): Promise<'applied' | 'outrun'>;

  /**
   * Makes a generation the active one of its version, at once for every reader, and drops what it replaces: see
   * `decideActivation`. Makes a change only when it answers `activated`.
   */
  activate(name: string, generation: string): Promise<'activated' | 'behind' | 'gone'>;

  /** The document under a key, in the active generation of this version; null where that was never built. */
  read(projection: ProjectionName, key: string): Promise<ReadDocuments | null>;

  /** Documents in the byte order of their keys, of the active generation of this version; null where that was never built. */
  list(projection: ProjectionName, options: ListDocuments): Promise<ReadDocuments | null>;

  /** Counts in all of them, in one answer however many there are; null where this version was never built. */
  tally(projection: ProjectionName, asked: TallyDocuments): Promise<readonly Tally[] | null>;
}
