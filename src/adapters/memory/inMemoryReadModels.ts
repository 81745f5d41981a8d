import type {
  Applied,
  Generation,
  ListDocuments,
  ProjectionName,
  ReadDocuments,
  ReadModels,
  Tally,
  TallyDocuments,
} from '../../application/ports/readModels.ts';
import { byNewest, decideActivation } from '../../application/readModels/generations.ts';

type Built = { readonly name: string; generation: Generation; readonly documents: Map<string, string> };

/** The whole promise of read models, for as long as the process lives. */
export class InMemoryReadModels implements ReadModels {
  readonly #built = new Map<string, Built>();
  #made = 0;

  async generations(name: string): Promise<readonly Generation[]> {
    return this.#of(name);
  }

  async begin({ name, version }: ProjectionName): Promise<Generation> {
    const found = this.#of(name).find((one) => one.state === 'building' && one.version === version);
    if (found !== undefined) return found;
    this.#made += 1;
    const generation: Generation = { id: String(this.#made), version, state: 'building', position: 0 };
    this.#built.set(generation.id, { name, generation, documents: new Map() });
    return generation;
  }

  async load(name: string, generation: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const documents = this.#find(name, generation)?.documents;
    return new Map(
      keys.flatMap((key) => {
        const document = documents?.get(key);
        return document === undefined ? [] : [[key, document]];
      }),
    );
  }

  async apply(name: string, generation: string, { from, to, changes }: Applied): Promise<'applied' | 'outrun'> {
    const built = this.#find(name, generation);
    if (built?.generation.position !== from) return 'outrun';
    for (const { key, document } of changes) {
      if (document === null) built.documents.delete(key);
      else built.documents.set(key, document);
    }
    built.generation = { ...built.generation, position: to };
    return 'applied';
  }

  async activate(name: string, generation: string): Promise<'activated' | 'behind' | 'gone'> {
    const activation = decideActivation(this.#of(name), generation);
    const built = this.#find(name, generation);
    if (activation.result !== 'activated' || built === undefined) return activation.result;
    built.generation = { ...built.generation, state: 'active' };
    for (const id of activation.dropped) this.#built.delete(id);
    return 'activated';
  }

  async read(projection: ProjectionName, key: string): Promise<ReadDocuments | null> {
    const active = this.#active(projection);
    if (active === undefined) return null;
    const document = active.documents.get(key);
    const { position } = active.generation;
    return { position, documents: document === undefined ? [] : [{ key, document }] };
  }

  async list(projection: ProjectionName, { after, limit }: ListDocuments): Promise<ReadDocuments | null> {
    const active = this.#active(projection);
    if (active === undefined) return null;
    const documents = [...active.documents]
      .map(([key, document]) => ({ key, document, bytes: Buffer.from(key) }))
      .filter(({ bytes }) => after === undefined || Buffer.compare(bytes, Buffer.from(after)) > 0)
      .sort((one, other) => Buffer.compare(one.bytes, other.bytes))
      .slice(0, limit)
      .map(({ key, document }) => ({ key, document }));
    return { position: active.generation.position, documents };
  }

  async tally(projection: ProjectionName, asked: TallyDocuments): Promise<readonly Tally[] | null> {
    const active = this.#active(projection);
    if (active === undefined) return null;
    const tallies = new Map<string, Tally>();
    for (const { by, least } of [...active.documents.values()].flatMap((text) => countedIn(text, asked))) {
      const { count, least: before } = tallies.get(by) ?? { count: 0, least };
      const isLess = Buffer.compare(Buffer.from(least), Buffer.from(before)) < 0;
      tallies.set(by, { by, count: count + 1, least: isLess ? least : before });
    }
    return [...tallies.values()];
  }

  #of(name: string): readonly Generation[] {
    return [...this.#built.values()]
      .filter((built) => built.name === name)
      .map(({ generation }) => generation)
      .sort(byNewest);
  }

  #find(name: string, id: string): Built | undefined {
    const built = this.#built.get(id);
    return built?.name === name ? built : undefined;
  }

  #active({ name, version }: ProjectionName): Built | undefined {
    const active = this.#of(name).find((one) => one.state === 'active' && one.version === version);
    return active === undefined ? undefined : this.#built.get(active.id);
  }
}

function countedIn(text: string, { list, by, least }: TallyDocuments): readonly { by: string; least: string }[] {
  const document: unknown = JSON.parse(text);
  const found: unknown = list === undefined ? document : Reflect.get(Object(document), list);
  return (Array.isArray(found) ? found : []).flatMap((one: unknown) => {
    const key: unknown = Reflect.get(Object(one), by);
    const value: unknown = Reflect.get(Object(one), least);
    return isText(key) && isText(value) ? [{ by: String(key), least: String(value) }] : [];
  });
}

/** What Postgres has as a text, too. */
function isText(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
