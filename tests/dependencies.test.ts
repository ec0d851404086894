import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import semver from 'semver'

// What a full install brings: the dependencies of all public packages, and theirs.

const PACKAGES = fileURLToPath(new URL('../packages', import.meta.url))

/** The oldest Node that the packages support. */
const NODE = '20.19.0'

/** Licenses that an install may bring. LGPL comes with sharp, which users install themselves; READMEs name MPL. */
const LICENSES = [
  '(MIT OR CC0-1.0)',
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT AND Apache-2.0',
  'PSF-2.0',
  'MPL-2.0',
  'Unlicense',
]

/** Packages whose own license has no short name; it was read and is permissive. */
const READ_LICENSES = ['dejavu-fonts-ttf']

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  /** Releases of Node that it supports. */
  readonly nodeRange?: string | undefined
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

function readManifest(folder: string): Manifest {
  const text = readFileSync(join(folder, 'package.json'), 'utf8')
  return { ...JSON.parse(text), nodeRange: /"engines":\s*\{[^}]*"node":\s*"([^"]+)"/.exec(text)?.[1] }
}

/** Lists the packages that an install of the package in a folder brings, itself first. */
function listInstalled(folder: string, manifestByFolder: Map<string, Manifest> = new Map()): Manifest[] {
  const manifest = readManifest(folder)
  if (manifestByFolder.has(folder)) return [...manifestByFolder.values()]
  manifestByFolder.set(folder, manifest)
  const { dependencies, optionalDependencies = {}, peerDependencies, peerDependenciesMeta } = manifest
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional)
  for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
    const path = findPackage(folder, name)
    if (path) listInstalled(path, manifestByFolder)
    // Binaries of other platforms are not installed.
    else if (!(name in optionalDependencies)) throw new Error(`${manifest.name} needs ${name}, which is not installed`)
  }
  return [...manifestByFolder.values()]
}

function findPackage(folder: string, name: string): string | undefined {
  const paths = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? []
  const path = paths
    .map((parent) => join(parent, name))
    .find((candidate) => existsSync(join(candidate, 'package.json')))
  return path && realpathSync(path)
}

const names = readdirSync(PACKAGES)
const installed = new Map<string, Manifest>()
for (const name of names) listInstalled(join(PACKAGES, name), installed)
const manifests = [...installed.values()]
const describePackage = ({ name, version }: Manifest): string => `${name}@${version}`

test('every package runs on the oldest supported Node', () => {
  const refused = manifests.filter(({ nodeRange }) => nodeRange && !semver.satisfies(NODE, nodeRange))
  expect(refused.map((manifest) => `${describePackage(manifest)}: ${manifest.nodeRange}`)).toEqual([])
})

test('every package has a license that is allowed', () => {
  const others = manifests.filter(
    ({ name, license }) => !LICENSES.includes(license as string) && !READ_LICENSES.includes(name),
  )
  expect(others.map((manifest) => `${describePackage(manifest)}: ${JSON.stringify(manifest.license)}`)).toEqual([])
})

test('there is one zod', () => {
  expect(new Set(manifests.filter(({ name }) => name === 'zod').map(({ version }) => version)).size).toBe(1)
})

test.each(names)('%s brings neither sharp nor jimp', (name) => {
  const brought = listInstalled(join(PACKAGES, name)).map((manifest) => manifest.name)
  expect(brought).toContain('@facekp/core')
  expect(brought.filter((other) => ['sharp', 'jimp', 'file-type'].includes(other))).toEqual([])
})
