import { type Augmented, fromJSON, replay } from '@facekp/augment'
import { createImage, createSample, defineScheme, randomStream, type Sample, transformSample } from '@facekp/core'
import { createExamples } from '../../../packages/augment/fixtures/examples.ts'
import { assertValid, type FuzzReader } from '../fuzz-reader.ts'

const WIDTH = 12
const HEIGHT = 10
const scheme = defineScheme({ name: 'two', pointNames: ['left', 'right'], flipPairs: [[0, 1]], parts: [] })
const sample = createSample({
  id: 'a',
  image: createImage(
    Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (7 * i) % 256),
    WIDTH,
    HEIGHT,
    3,
  ),
  keypoints: Float32Array.of(2, 3, 8, 6.5),
})

const examples = createExamples(scheme, { width: WIDTH, height: HEIGHT })
const pipelines = [
  ...Object.entries(examples).map(([name, { shown }]) => ({ name, options: shown })),
  {
    name: 'compose',
    options: {
      transforms: [
        { name: 'sometimes', options: { probability: 0.5, transform: { name: 'gray', options: {} } } },
        { name: 'oneOf', options: { transforms: [{ name: 'blur', options: { sigma: 1 } }] } },
      ],
    },
  },
]

const draw = (): ReturnType<typeof randomStream> => randomStream({ seed: 1, purpose: 'fuzz' })

function checkSample({ image, keypoints }: Sample): void {
  const { data, width, height, channels } = image
  assertValid(data.length === width * height * channels, `${data.length} numbers for ${width} x ${height}`)
  assertValid(keypoints.length === 4, `${keypoints.length} coordinates`)
}

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return undefined
  }
}

/** A pipeline as JSON, which is also applied. */
export const transforms: FuzzReader = {
  inputs: pipelines.map((json) => Buffer.from(JSON.stringify(json))),
  words: Object.keys(examples).map((name) => JSON.stringify(name)),
  read: (bytes) => checkSample(transformSample(fromJSON(parse(bytes)), sample, draw())),
}

/** A record of applied augmentations as JSON. */
export const replayed: FuzzReader = {
  ...transforms,
  inputs: pipelines.map((json) =>
    Buffer.from(JSON.stringify((transformSample(fromJSON(json), sample, draw()) as Augmented).applied)),
  ),
  read: (bytes) => checkSample(replay(sample, parse(bytes) as Parameters<typeof replay>[1])),
}
