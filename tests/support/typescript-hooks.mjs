import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const { version } = require('esbuild/package.json')
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/facekp-typescript/', import.meta.url))
mkdirSync(CACHE, { recursive: true })

/**
 * Finds the source of a module that a program names as it will be after the build.
 *
 * @type {import('node:module').ResolveHook}
 */
export async function resolve(specifier, context, nextResolve) {
  try {
    return await nextResolve(specifier, context)
  } catch (error) {
    if (!/^(\.|file:).*\.js$/.test(specifier)) throw error
    return nextResolve(specifier.replace(/\.js$/, '.ts'), context)
  }
}

/**
 * Removes the types of TypeScript modules, and leaves everything else to Node: imports name files with their extension. The result is
 * kept by the hash of the text, so that only the first program of many that load the same modules transforms them.
 *
 * @type {import('node:module').LoadHook}
 */
export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context)
  const text = readFileSync(fileURLToPath(url), 'utf8')
  const file = CACHE + createHash('sha256').update(version).update(url).update(text).digest('hex')
  return { format: 'module', source: readKept(file) ?? transform(text, url, file), shortCircuit: true }
}

/** Reads what another program has written; undefined if no program has. */
function readKept(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function transform(text, url, file) {
  const options = { loader: 'ts', format: 'esm', target: 'node20.19', sourcefile: url, sourcemap: 'inline' }
  const { code } = require('esbuild').transformSync(text, { ...options, sourcesContent: false })
  // Threads of one program may transform the same module at the same time.
  const written = `${file}.${randomUUID()}`
  writeFileSync(written, code)
  renameSync(written, file)
  return code
}
