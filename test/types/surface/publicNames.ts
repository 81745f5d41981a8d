import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';

/** A name that one of the package's entries exports. */
export type PublicName = { readonly entry: string; readonly name: string; readonly symbol: ts.Symbol };

const manifestSchema = z.object({
  exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string() })])),
});

/** The entries of the package as they are published: "." to "./testing", each with its declaration file. */
export function readEntries(): ReadonlyMap<string, string> {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync('package.json', 'utf8')));
  const entries = new Map<string, string>();
  for (const [entry, target] of Object.entries(manifest.exports))
    if (typeof target === 'object') entries.set(entry, resolve(target.types));
  return entries;
}

/** The built declarations, with every name they export. Throws where they were not built, or do not compile. */
export function readPublicNames(): { readonly checker: ts.TypeChecker; readonly names: readonly PublicName[] } {
  const entries = readEntries();
  const { options } = ts.getParsedCommandLineOfConfigFile('tsconfig.json', { noEmit: true }, host()) ?? {};
  const program = ts.createProgram([...entries.values()], { ...options, paths: {} });
  const [broken] = ts.getPreEmitDiagnostics(program);
  if (broken !== undefined)
    throw new Error(`The declarations do not compile; run "npm run build". ${ts.formatDiagnostic(broken, format)}`);
  const checker = program.getTypeChecker();
  const names = [...entries].flatMap(([entry, file]) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} exports nothing; run "npm run build".`);
    return checker.getExportsOfModule(module).map((symbol) => {
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      return { entry, name: symbol.name, symbol: isAlias ? checker.getAliasedSymbol(symbol) : symbol };
    });
  });
  return { checker, names };
}

const format: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (file) => file,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => '\n',
};

function host(): ts.ParseConfigFileHost {
  return {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.formatDiagnostic(diagnostic, format));
    },
  };
}
