import { createImage, createSample, type Dataset, defineScheme } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { plotFaces } from './plots.ts'

const scheme = defineScheme({ name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] })
const image = createImage(new Uint8Array(12), 4, 3, 1)

test('the best and the worst faces are those of the smallest and largest errors, whatever faces have none', async () => {
  const errors = [5, Number.NaN, 1, Number.NaN, 3, 9]
  const predictions = errors.map((errorPx, i) => {
    const visibility = Uint8Array.of(Number.isNaN(errorPx) ? 0 : 2)
    const sample = createSample({ id: `face-${i}`, image, keypoints: Float32Array.of(1, 1), visibility })
    return { sample, points: Float32Array.of(2, 1), errorPx }
  })
  const originals: Dataset = {
    length: predictions.length,
    scheme,
    get: async (index) => (predictions[index] as (typeof predictions)[number]).sample,
  }
  const { svg } = (await plotFaces(predictions, originals)).plot
  const captions = [...svg.matchAll(/>(face-\d|[^<>]+ px)</g)].map(([, text]) => text)
  expect(captions).toEqual(['face-2', '1.0 px', 'face-4', '3.0 px', 'face-5', '9.0 px', 'face-0', '5.0 px'])
})
