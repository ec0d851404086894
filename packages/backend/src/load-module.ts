import { Unavailable } from './backend.ts'

/** Imports a module by name; tests pass a replacement. */
export type Importer = (name: string) => Promise<unknown>

/** Modules that bundlers must find: each is imported by a literal name. All others run in Node only, and may not be installed. */
const BUNDLED: Readonly<Record<string, () => Promise<unknown>>> = {
  '@tensorflow/tfjs-backend-cpu': () => import('@tensorflow/tfjs-backend-cpu'),
  '@tensorflow/tfjs-backend-wasm': () => import('@tensorflow/tfjs-backend-wasm'),
  '@tensorflow/tfjs-backend-webgl': () => import('@tensorflow/tfjs-backend-webgl'),
  '@tensorflow/tfjs-backend-webgpu': () => import('@tensorflow/tfjs-backend-webgpu'),
}

export const importModule: Importer = (name) =>
  BUNDLED[name]?.() ?? import(/* @vite-ignore */ /* webpackIgnore: true */ name)

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
