// Program: bundles programs in TypeScript for typescript-program.ts. It runs with the conditions under which they are to find packages:
// node --experimental-import-meta-resolve --conditions=@facekp/source bundle-programs.mjs BUNDLE PROGRAM...
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Packages of many modules, which become part of the bundle. Node loads all others as they are. */
const INLINED = /\/node_modules\/(zod|vega|vega-[\w-]+|d3-[\w-]+|internmap|delaunator|robust-predicates|image-size)\//

const [bundle, ...programs] = process.argv.slice(2)

/** Time and size of each file that was read, by which typescript-program.ts knows whether the bundle is up to date. */
const inputs = {}

/** @type {import('esbuild').Plugin} */
const sources = {
  name: 'sources',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
      const url = resolveFrom(importer, path)
      const isBundled = url?.startsWith('file:') && (INLINED.test(url) || !url.includes('/node_modules/'))
      if (!isBundled)
        return isCommonJs(url)
          ? { path: fileURLToPath(url), namespace: 'commonjs' }
          : { path: url ?? path, external: true }
      const file = fileURLToPath(url)
      // Its `exports` chose the file.
      if (!INLINED.test(url)) recordInput(file.replace(/\/src\/.*/, '/package.json'))
      return { path: file }
    })
    onLoad({ filter: /./, namespace: 'commonjs' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:module').createRequire('/')(${JSON.stringify(path)})`,
    }))
    onLoad({ filter: /\.(ts|json)$/ }, ({ path }) => {
      recordInput(path)
      if (path.endsWith('.json')) return undefined
      return { contents: placeModule(readFileSync(path, 'utf8'), path), loader: 'ts' }
    })
  },
}

// A thread that loads two of the entries has one copy of what they share.
const { metafile, outputFiles } = await build({
  entryPoints: programs,
  entryNames: '[name]-[hash]',
  outdir: bundle,
  outExtension: { '.js': '.mjs' },
  write: false,
  metafile: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  // Modules have the same side effects as without a bundle.
  ignoreAnnotations: true,
  tsconfigRaw: {},
  define: { 'import.meta.url': 'moduleUrl' },
  plugins: [sources],
  logLevel: 'error',
})
writeBundle()

/** Finds what a module names other than in imports: modules and packages that it, its threads or its processes load. */
function findNamedModules(text, path) {
  const names = text.matchAll(/(?<!from |import |import\()'([\w@./-]+)'/g)
  return [...new Set([...names].map(([, name]) => name))].flatMap((name) => {
    if (/\.[jt]s$/.test(name)) return [join(dirname(path), name.replace(/js$/, 'ts'))].filter(existsSync)
    if (!/^@?facekp\//.test(name)) return []
    const url = resolveFrom(path, name)
    return url?.endsWith('.ts') ? [fileURLToPath(url)] : []
  })
}

/**
 * Leaves a module the URL of its source, from which it also finds modules, and makes those that it names entries of the bundle, by imports
 * that never run.
 */
function placeModule(text, path) {
  const placed = text
    .replace(/^#!/, '//')
    .replaceAll(
      /import\.meta\.resolve\('([^']+)'\)/g,
      (_, name) => `globalThis.locateModule(${JSON.stringify(resolveFrom(path, name))})`,
    )
    .replaceAll(/\bimport\(((?:\/\*.*?\*\/ )*\w+)\)/g, 'globalThis.importModule($1, moduleUrl)')
  const imports = findNamedModules(text, path).map((file) => `globalThis.isNeverSet && import(${JSON.stringify(file)})`)
  return [`const moduleUrl = ${JSON.stringify(pathToFileURL(path))}`, placed, ...imports].join(';')
}

/** Finds the module that a module imports by a name, as Node does; undefined for an optional one that is not installed. */
function resolveFrom(importer, name) {
  try {
    return import.meta.resolve(name, pathToFileURL(importer).href)
  } catch {
    return undefined
  }
}

/** Returns whether a module is CommonJS, which Node would read twice for an import: first for the names of its exports. */
function isCommonJs(url) {
  if (!/^file:.*\.c?js$/.test(url)) return false
  if (url.endsWith('.cjs')) return true
  let folder = dirname(fileURLToPath(url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).type !== 'module'
}

function recordInput(path) {
  const { mtimeMs, size } = statSync(path)
  inputs[path] = `${mtimeMs} ${size}`
}

/**
 * Writes the modules into a folder that is named for their content, so that processes that bundle the same programs at the same time leave
 * the same, then the index. The bundle before is removed, and what killed processes left, but not what another process is writing.
 */
function writeBundle() {
  const hash = createHash('sha256')
  for (const output of outputFiles) hash.update(output.hash)
  const folder = `${bundle}-${hash.digest('hex').slice(0, 16)}`
  writeWhole(folder, (temporary) => {
    mkdirSync(temporary, { recursive: true })
    for (const { path, contents } of outputFiles) writeFileSync(join(temporary, basename(path)), contents)
  })
  const modules = Object.entries(metafile.outputs).flatMap(([path, { entryPoint }]) =>
    entryPoint?.endsWith('.ts')
      ? [[pathToFileURL(entryPoint).href, pathToFileURL(join(folder, basename(path))).href]]
      : [],
  )
  const index = JSON.stringify({ inputs, modules: Object.fromEntries(modules) })
  writeWhole(`${bundle}.json`, (temporary) => writeFileSync(temporary, index))
  for (const name of readdirSync(dirname(bundle)))
    if ((isBundle(name) && name !== basename(folder)) || isAbandoned(name))
      rmSync(join(dirname(bundle), name), { recursive: true, force: true })
}

/** Returns whether a folder holds a bundle of these programs; a process number follows the hash in the name of one being written. */
function isBundle(name) {
  return name.startsWith(`${basename(bundle)}-`) && /-[0-9a-f]{16}$/.test(name)
}

/** Returns whether a process that no longer runs was writing a file or folder. */
function isAbandoned(name) {
  const [, writer] = /\.(\d+)$/.exec(name) ?? []
  if (writer === undefined) return false
  try {
    process.kill(Number(writer), 0)
    return false
  } catch ({ code }) {
    return code === 'ESRCH'
  }
}

function writeWhole(path, write) {
  const temporary = `${path}.${process.pid}`
  write(temporary)
  try {
    renameSync(temporary, path)
  } catch (error) {
    if (!existsSync(path)) throw error
    rmSync(temporary, { recursive: true })
  }
}
