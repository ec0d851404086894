import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The sources of the packages, and room for the many tensors and errors that tests drop: their garbage is collected less often. */
const OPTIONS = ['--conditions=@facekp/source', '--max-semi-space-size=32']
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/facekp-bundles/', import.meta.url))
const BUILDER = fileURLToPath(new URL('bundle-programs.mjs', import.meta.url))
const LOCKFILE = fileURLToPath(new URL('../../pnpm-lock.yaml', import.meta.url))

/**
 * Arguments of Node with which a program of a test, and its threads, load TypeScript from the sources of the packages, one by one. Programs
 * that are not in files, or that load modules whose names are only known when they run, need it; others start faster by
 * {@link runTypeScript}.
 */
export const LOAD_TYPESCRIPT: readonly string[] = [
  ...OPTIONS,
  '--import',
  new URL('load-typescript.mjs', import.meta.url).href,
]

/**
 * Returns the arguments of Node that run a program in TypeScript from the sources of the packages. Its modules and those of its threads are
 * bundled, so that it starts in a third of the time.
 *
 * @param program its URL
 * @param modules URLs of the modules that its threads and processes load, unless a source has their name, such as `'./x.ts'`
 */
export function runTypeScript(program: URL, ...modules: URL[]): string[] {
  const files = [program, ...modules].map((url) => fileURLToPath(url))
  return [...bundlePrograms(files), fileURLToPath(program)]
}

/** Bundles programs, unless the folder has their bundle, and returns the arguments with which Node runs any of them. */
export function bundlePrograms(files: readonly string[], folder: string = CACHE): string[] {
  const hash = createHash('sha256').update(JSON.stringify(files))
  for (const file of [BUILDER, LOCKFILE]) hash.update(readFileSync(file))
  const bundle = join(folder, hash.digest('hex').slice(0, 16))
  if (!isUpToDate(`${bundle}.json`)) {
    const node = ['--experimental-import-meta-resolve', ...OPTIONS, BUILDER]
    execFileSync(process.execPath, [...node, bundle, ...files], { env: { ...process.env, NODE_OPTIONS: '' } })
  }
  const loader = new URL('load-bundle.mjs', import.meta.url)
  loader.search = encodeURIComponent(`${bundle}.json`)
  return [...OPTIONS, '--import', loader.href]
}

/** Returns whether the files of a bundle are what they were when it was built. */
function isUpToDate(index: string): boolean {
  try {
    const { inputs } = JSON.parse(readFileSync(index, 'utf8')) as { readonly inputs: Readonly<Record<string, string>> }
    return Object.entries(inputs).every(([file, state]) => {
      const { mtimeMs, size } = statSync(file)
      return state === `${mtimeMs} ${size}`
    })
  } catch {
    return false
  }
}
