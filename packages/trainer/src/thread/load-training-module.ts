import { FacekpError, type Json } from '@facekp/core'
import type { TrainOptions } from '../loop/train-options.ts'

/** The training that the module at `url` makes. Throws `TRAIN_MODULE` where it does not load or has no function to make one. */
export async function trainingFrom(url: string, options: Json): Promise<TrainOptions> {
  let make: unknown
  try {
    make = ((await import(url)) as { readonly default?: unknown }).default
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new FacekpError({
      code: 'TRAIN_MODULE',
      problem: 'the module of the training does not load',
      file: url,
      received: message,
      ...(code === 'ERR_UNKNOWN_FILE_EXTENSION' ? { expected: 'JavaScript, or a loader that works in threads' } : {}),
      cause,
    })
  }
  if (typeof make === 'function') return make(options) as TrainOptions | Promise<TrainOptions>
  throw new FacekpError({
    code: 'TRAIN_MODULE',
    problem: 'the module of the training makes none',
    file: url,
    received: make === undefined ? 'no default export' : typeof make,
    expected: 'export default function (options) { … }, which returns what train takes',
  })
}
