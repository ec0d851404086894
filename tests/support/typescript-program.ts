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
  const { nodeOptions, locate } = bundlePrograms([program, ...modules].map((url) => fileURLToPath(url)))
  return [...nodeOptions, locate(program)]
}

/** Programs that are bundled together. */
export interface BundledPrograms {
  /** Arguments with which Node runs any of the programs and of their modules. */
  readonly nodeOptions: readonly string[]
  /** Returns the file of a bundled program, which starts faster than its source. */
  locate(program: URL): string
}

/** Bundles programs, unless the folder has their bundle. */
export function bundlePrograms(files: readonly string[], folder: string = CACHE): BundledPrograms {
  const hash = createHash('sha256').update(JSON.stringify(files))
  for (const file of [BUILDER, LOCKFILE]) hash.update(readFileSync(file))
  const bundle = join(folder, hash.digest('hex').slice(0, 16))
  const indexFile = `${bundle}.json`
  let index = readUpToDate(indexFile)
  if (!index) {
    const node = ['--experimental-import-meta-resolve', ...OPTIONS, BUILDER]
    execFileSync(process.execPath, [...node, bundle, ...files], { env: { ...process.env, NODE_OPTIONS: '' } })
    index = readIndex(indexFile)
  }
  const { modules } = index
  const loader = new URL('load-bundle.mjs', import.meta.url)
  loader.search = encodeURIComponent(indexFile)
  return {
    nodeOptions: [...OPTIONS, '--experimental-import-meta-resolve', '--import', loader.href],
    locate: ({ href }) => fileURLToPath(modules[href] as string),
  }
}

/** What bundle-programs.mjs writes of a bundle. */
interface BundleIndex {
  /** Time and size of each file that was read. */
  readonly inputs: Readonly<Record<string, string>>
  /** URLs of the bundled modules by those of their sources. */
  readonly modules: Readonly<Record<string, string>>
}

function readIndex(file: string): BundleIndex {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** Reads the index of a bundle whose files are what they were when it was built; otherwise undefined. */
function readUpToDate(file: string): BundleIndex | undefined {
  try {
    const index = readIndex(file)
    const isUpToDate = Object.entries(index.inputs).every(([input, state]) => {
      const { mtimeMs, size } = statSync(input)
      return state === `${mtimeMs} ${size}`
    })
    return isUpToDate ? index : undefined
  } catch {
    return undefined
  }
}
