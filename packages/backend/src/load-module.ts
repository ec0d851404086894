import { Unavailable } from './backend.ts'

/** `import(name)`, for packages that may not be there; a test puts another in its place. */
export type Importer = (name: string) => Promise<unknown>

export const importModule: Importer = (name) => import(/* @vite-ignore */ /* webpackIgnore: true */ name)

/** Imports an optional package; throws {@link Unavailable} that tells apart "not installed" and "does not load". */
export async function importOptional(name: string, load: Importer): Promise<Record<string, unknown>> {
  try {
    return (await load(name)) as Record<string, unknown>
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const missing = (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(name)
    throw missing
      ? new Unavailable('not installed', `npm install ${name}`, cause)
      : new Unavailable(`does not load: ${message.split('\n')[0]}`, `reinstall ${name}`, cause)
  }
}
