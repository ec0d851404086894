import { type Dataset, FacekpError, type Json } from '@facekp/core'

/** Creates the dataset of the module at `url`. Throws `AUGMENT_DATASET` if it cannot be loaded or has no default function. */
export async function loadDataset(url: string, options: Json): Promise<Dataset> {
  let createDataset: unknown
  try {
    createDataset = ((await import(url)) as { readonly default?: unknown }).default
  } catch (cause) {
    throw new FacekpError({
      code: 'AUGMENT_DATASET',
      problem: 'cannot load the dataset module',
      file: url,
      received: (cause as Error).message,
      cause,
    })
  }
  if (typeof createDataset === 'function') return createDataset(options) as Promise<Dataset>
  throw new FacekpError({
    code: 'AUGMENT_DATASET',
    problem: 'the dataset module creates no dataset',
    file: url,
    received: createDataset === undefined ? 'no default export' : `a default export of type ${typeof createDataset}`,
    expected: 'export default function (options) { … }, which returns a Dataset',
  })
}
