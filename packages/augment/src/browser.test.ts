import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { createImage, createSample, randomStream } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { createExamples } from '../fixtures/examples.ts'
import { compose } from './composition/compose.ts'
import { fromJSON } from './json.ts'

test('the main entry gives the same result without Node', async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'facekpAugment',
    platform: 'browser',
    conditions: ['@facekp/source'],
    logLevel: 'silent',
  })
  const context = createContext({})
  runInContext((outputFiles[0] as { text: string }).text, context)

  const scheme = { name: 'one', pointNames: ['point'], flipPairs: [], parts: [] }
  const width = 40
  const height = 32
  const pipeline = compose(
    Object.entries(createExamples(scheme, { width, height }))
      .filter(([name]) => name !== 'normalize')
      .map(([name, { shown, identity }]) =>
        fromJSON({ name, options: name === 'randomCropAroundBox' ? identity : shown }),
      ),
  )
  const pixels = Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 251)
  const image = createImage(Uint8Array.from(pixels), width, height, 3)
  const sample = createSample({ id: 'face', image, keypoints: Float32Array.of(20, 15) })
  const params = pipeline.makeParams(randomStream({ seed: 1, purpose: 'test' }), sample)

  const applyInBrowser = runInContext(
    `(json, sample, pixels, params) => {
      const image = { ...sample.image, data: Uint8Array.from(pixels) }
      return facekpAugment.fromJSON(json).apply({ ...sample, image }, params)
    }`,
    context,
  )
  const a = pipeline.apply(sample, params)
  const b = applyInBrowser(JSON.parse(JSON.stringify(pipeline)), sample, pixels, params)
  expect(Array.from(b.keypoints)).toEqual(Array.from(a.keypoints))
  expect(Array.from(b.image.data)).toEqual(Array.from(a.image.data))
  expect(new Set(a.image.data).size).toBeGreaterThan(20)
})
