import { FacekpError, type Json } from '@facekp/core'
import type { TrainOptions } from '../loop/train-options.ts'

/** Loads a module and creates its training. Throws `TRAIN_MODULE` if it does not load or has no function as default export. */
export async function loadTraining(url: string, options: Json): Promise<TrainOptions> {
  let createTraining: unknown
  try {
    createTraining = ((await import(url)) as { readonly default?: unknown }).default
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
  if (typeof createTraining === 'function') return createTraining(options) as TrainOptions | Promise<TrainOptions>
  throw new FacekpError({
    code: 'TRAIN_MODULE',
    problem: 'the module of the training has no function as default export',
    file: url,
    received: createTraining === undefined ? 'no default export' : typeof createTraining,
    expected: 'export default function (options) { … } that returns the options of train',
  })
}
