import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import manifest from '../../package.json' with { type: 'json' }

const resolvePath = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** A worker that its own package starts; nobody imports it. */
const WORKERS = ['@facekp/augment/worker', '@facekp/jobs/worker']

/** Packages that users add themselves, so that an install stays small. */
const OPTIONAL = ['jobs-bullmq']

/** An entry of its own: what the workers of a sweep run. */
const OWN = ['./training-job']

interface Entry {
  readonly '@facekp/source': string
}

const umbrella = Object.entries(manifest.exports).flatMap(([entry, target]) =>
  typeof target === 'string' || OWN.includes(entry)
    ? []
    : [[entry, readFileSync(resolvePath(join('../..', (target as Entry)['@facekp/source'])), 'utf8')]],
)

test('each entry of the other packages is an entry, under its own name', () => {
  const packages = readdirSync(resolvePath('../../..')).filter((name) => name !== 'facekp' && !OPTIONAL.includes(name))
  const expected = packages.flatMap((name) => {
    const { exports } = JSON.parse(readFileSync(resolvePath(`../../../${name}/package.json`), 'utf8'))
    return Object.keys(exports)
      .map((entry) => `@facekp/${name}${entry.slice(1)}`)
      .filter((specifier) => !specifier.endsWith('/package.json') && !WORKERS.includes(specifier))
  })
  // The main entry is that of core.
  const entries = expected.map((specifier) => [
    specifier === '@facekp/core' ? '.' : specifier.replace('@facekp', '.'),
    `export * from '${specifier}'\n`,
  ])
  expect(Object.fromEntries(umbrella)).toEqual(Object.fromEntries(entries))
})

test('bundlers keep a bare import of an entry that registers something', () => {
  const files = umbrella.flatMap(([entry = '', code = '']) => {
    const [, name] = /'@facekp\/([^/']+)/.exec(code) as unknown as [string, string]
    const { sideEffects } = JSON.parse(readFileSync(resolvePath(`../../../${name}/package.json`), 'utf8'))
    return sideEffects === false ? [] : [`./dist/umbrella/${entry.slice(2)}.js`]
  })
  expect(manifest.sideEffects).toEqual(files)
})

test('published entries are those of the workspace', () => {
  expect(Object.keys(manifest.publishConfig.exports)).toEqual(Object.keys(manifest.exports))
})
