import { readFileSync } from 'node:fs'
import { resolve as resolveSource } from './typescript-hooks.mjs'

/** The URLs of bundled modules by those of their sources. */
let modules

/** @type {import('node:module').InitializeHook<string>} */
export function initialize(index) {
  modules = new Map(Object.entries(JSON.parse(readFileSync(index, 'utf8')).modules))
}

/**
 * Finds the bundled module of a source. A source that is not in the bundle would load again what is.
 *
 * @type {import('node:module').ResolveHook}
 */
export async function resolve(specifier, context, nextResolve) {
  const resolved = await resolveSource(specifier, context, nextResolve)
  const url = modules.get(resolved.url)
  if (url) return { url, format: 'module', shortCircuit: true }
  if (resolved.url.endsWith('.ts')) throw new Error(`${resolved.url} is not in the bundle: name it in bundlePrograms`)
  return resolved
}
