import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository root. */
export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url))

/** An entry of a package: what one import statement loads. */
export interface Entry {
  /** Name in import statements without the scope, such as `core/kinds`. */
  readonly name: string
  /** Source file, relative to the repository root. */
  readonly source: string
}

/** A public package. */
export interface Package {
  /** Folder in `packages/`. */
  readonly folder: string
  readonly name: string
  readonly description: string
  readonly entries: readonly Entry[]
}

interface Manifest {
  readonly name: string
  readonly description: string
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

/** Lists the public packages with their entries, as their `package.json` name them. */
export function listPackages(): Package[] {
  return readdirSync(`${ROOT}packages`).map((folder) => {
    const manifest = JSON.parse(readFileSync(`${ROOT}packages/${folder}/package.json`, 'utf8')) as Manifest
    const entries = Object.entries(manifest.exports).flatMap(([path, conditions]) => {
      const source = typeof conditions === 'string' ? undefined : conditions['@facekp/source']
      return source === undefined
        ? []
        : [{ name: `${folder}${path.slice(1)}`, source: `packages/${folder}/${source.slice(2)}` }]
    })
    return { folder, name: manifest.name, description: manifest.description, entries }
  })
}
