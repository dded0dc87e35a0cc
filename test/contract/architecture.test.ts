import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect } from 'chai';
import { filesUnder, readText, root } from './project.js';

/** From the wire to the numbers: a layer may import itself and the layers after it. */
const layers = ['grpc', 'model', 'training', 'estimators', 'kernels'];
/** May be imported by all, and import nothing of ours. */
const foundations = ['src/errors.ts', 'src/config.ts', 'src/live-table.ts', 'src/package-files.ts'];
/** Put the parts together, so they may import all of them. */
const compositionRoots = ['src/app.ts', 'src/main.ts'];
/** What the standard leaves to the platform: the last bit may differ between machines, and with it what is learned. */
const platformMathematics = /\bMath\.(?:a?(?:sin|cos|tan)h?|atan2|cbrt|exp|expm1|hypot|log|log10|log1p|log2|pow)\b/;
/** Use it all the same: in predictions, to choose between ways to one answer, and where ml-logistic-regression does anyway. */
const outsideOfLearning = [
  'src/estimators/core/boosting/link.ts',
  'src/estimators/core/filtered-search.ts',
  'src/estimators/mljs/linear-scores.ts',
];
/** Only the outermost layer knows the wire. */
const wirePackages = /^(@grpc\/|grpc-|@bufbuild\/)/;

// Of modules, and of files beside them, such as a worker's entry.
const importPattern =
  /\b(?:from|import)\s*\(?\s*(['"])(?<target>[^'"\n]+)\1|\bnew URL\(\s*(['"])(?<url>[^'"\n]+)\3,\s*import\.meta\.url/g;

interface Import {
  readonly file: string;
  /** A path from the project's folder, or the name of a package. */
  readonly target: string;
  /** Not a module of this program, but a file that it reads or a program that it starts. */
  readonly isFile: boolean;
}

function sources(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return filesUnder(join(root, folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`);
}

/** Without its comments, which may well speak of what the code must not do. */
function codeOf(file: string): string {
  return readText(file).replaceAll(/^\s*(?:\/\/|\/\*|\*).*$/gm, '');
}

function importsOf(file: string): Import[] {
  return [...codeOf(file).matchAll(importPattern)].map(({ groups }) => {
    const target = groups?.['target'] ?? groups?.['url'] ?? '';
    const isFile = groups?.['url'] !== undefined;
    const isOurs = isFile || target.startsWith('.');
    return { file, target: isOurs ? posix.join(posix.dirname(file), target).replace(/\.js$/, '.ts') : target, isFile };
  });
}

function layerOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1];
}

/** What is wrong with an import inside `src`; nothing, if it may be. */
function fault({ file, target }: Import): string | undefined {
  if (compositionRoots.includes(file)) return undefined;
  const layer = layerOf(file);
  const isFoundation = foundations.includes(file);
  if (wirePackages.test(target) || target.startsWith('generated/')) {
    return layer === 'grpc' ? undefined : 'only src/grpc knows the wire';
  }
  if (!/^(src|client|generated|test|bench|scripts)\//.test(target)) return undefined;
  if (isFoundation) return 'imports nothing of ours';
  if (foundations.includes(target)) return layer === 'kernels' ? 'kernels import nothing of ours' : undefined;
  const targetLayer = layerOf(target);
  if (targetLayer === undefined || !layers.includes(targetLayer)) return 'only src/app.ts and src/main.ts may';
  return layers.indexOf(targetLayer) < layers.indexOf(layer ?? '') ? 'imports point the other way' : undefined;
}

describe('The architecture', () => {
  const server = sources('src');

  it('gives every file of the server a layer', () => {
    const homeless = server.filter(
      (file) => !layers.includes(layerOf(file) ?? '') && ![...foundations, ...compositionRoots].includes(file),
    );
    expect(homeless).to.deep.equal([]);
  });

  it(`lets imports point one way: ${layers.join(' → ')}`, () => {
    const imports = server.flatMap(importsOf);
    expect(imports).not.to.deep.equal([]);
    const faults = imports.flatMap((each) => {
      const reason = fault(each);
      return reason === undefined ? [] : [`${each.file} imports ${each.target}: ${reason}`];
    });
    expect(faults).to.deep.equal([]);
  });

  it('keeps the client free of the server', () => {
    const imports = sources('client').flatMap(importsOf);
    // The demo may start a server, which is another process.
    const faults = imports.filter(({ target, isFile }) => target.startsWith('src/') && !isFile);
    expect(faults).to.deep.equal([]);
  });

  it('leaves no mathematics of learning to the platform', () => {
    const users = server.filter((file) => platformMathematics.test(codeOf(file)));
    expect(users).to.deep.equal(outsideOfLearning);
  });

  it('reads the environment in one place of the server, src/config.ts', () => {
    const readers = server.filter((file) =>
      /\bprocess\s*(\.|\[['"])\s*env\b|['"](node:)?process['"]/.test(codeOf(file)),
    );
    expect(readers).to.deep.equal(['src/config.ts']);
  });
});
