import { createHash } from 'node:crypto'
import { createMemoryFolder } from '../../../packages/landmarker/src/model/folder-in-memory.ts'
import { createModel } from '../../../packages/landmarker/src/model/landmarker-model.ts'
import { readLandmarker } from '../../../packages/landmarker/src/model/read-landmarker.ts'
import { encodeMap } from '../../../packages/landmarker/src/predictors/mesh-regression.ts'
import { assertValid, type FuzzReader } from '../fuzz-reader.ts'

const FEATURES = 936
const model = createModel({
  scheme: { name: 'one', pointNames: ['nose'], flipPairs: [], parts: [{ name: 'a', indices: [0], closed: false }] },
  predictor: {
    kind: 'meshRegression',
    tta: false,
    regression: encodeMap({
      means: new Float64Array(FEATURES).fill(0.5),
      offsets: Float64Array.of(1, 2),
      coefficients: new Float64Array(2 * FEATURES),
    }),
  },
  metrics: { source: 'testSet', images: 3, errorPx: 1.5, errorPxByPoint: [1.5] },
})

export const landmarker: FuzzReader = {
  inputs: [Buffer.from(JSON.stringify(model))],
  words: ['"pointNames"', '"flipPairs":[[0,1]]', 'AAAA', '====', '"sha256"', '"version"'],
  async read(bytes) {
    const { scheme } = await readLandmarker(createMemoryFolder(new Map([['landmarker.json', bytes]])))
    assertValid(scheme.pointNames.length > 0, 'a scheme without points')
  },
}

export const sealedLandmarker: FuzzReader = { ...landmarker, seal: sealLandmarker }

/** Writes the SHA-256 of the numbers into a landmarker that is JSON with three texts of base64. */
function sealLandmarker(bytes: Uint8Array): Uint8Array {
  try {
    const json = JSON.parse(Buffer.from(bytes).toString())
    const { means, offsets, coefficients } = json.predictor.regression
    const numbers = Buffer.concat([means, offsets, coefficients].map((text) => Buffer.from(text, 'base64')))
    json.predictor.regression.sha256 = createHash('sha256').update(numbers).digest('hex')
    return Buffer.from(JSON.stringify(json))
  } catch {
    return bytes
  }
}
