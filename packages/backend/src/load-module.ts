import { Unavailable } from './backend.ts'

/** Imports a module by name; tests pass a replacement. */
export type Importer = (name: string) => Promise<unknown>

export const importModule: Importer = (name) => import(/* @vite-ignore */ /* webpackIgnore: true */ name)

/**
 * Imports an optional package.
 *
 * @throws Unavailable "not installed" or "does not load"
 */
export async function importOptional(name: string, load: Importer): Promise<Record<string, unknown>> {
  try {
    return (await load(name)) as Record<string, unknown>
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const isMissing = (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(name)
    throw isMissing
      ? new Unavailable('not installed', `npm install ${name}`, cause)
      : new Unavailable(`does not load: ${message.split('\n')[0]}`, `reinstall ${name}`, cause)
  }
}
