import { type Dataset, FacekpError, type Json } from '@facekp/core'

/** The data set that the module at `url` makes. Throws `AUGMENT_DATASET` where it does not load or has no function to make one. */
export async function datasetFrom(url: string, options: Json): Promise<Dataset> {
  let make: unknown
  try {
    make = ((await import(url)) as { readonly default?: unknown }).default
  } catch (cause) {
    throw new FacekpError({
      code: 'AUGMENT_DATASET',
      problem: 'the module of the data set does not load',
      file: url,
      received: (cause as Error).message,
      cause,
    })
  }
  if (typeof make === 'function') return make(options) as Promise<Dataset>
  throw new FacekpError({
    code: 'AUGMENT_DATASET',
    problem: 'the module of the data set makes none',
    file: url,
    received: make === undefined ? 'no default export' : typeof make,
    expected: 'export default function (options) { … }, which returns a Dataset',
  })
}
