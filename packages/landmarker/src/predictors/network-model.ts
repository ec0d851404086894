import * as z from 'zod/mini'
import { SHA256_SCHEMA } from '../model/sha256.ts'
import { cropSchema, type NetworkCrop } from './network-crop.ts'

/** The images that a network takes: (value - mean) / std for each channel of a pixel whose bytes were mapped to `valueRange`. */
export interface NetworkInput {
  /** In pixels. */
  readonly width: number
  readonly height: number
  /** 1 for gray, 3 for RGB. */
  readonly channels: 1 | 3
  /** What the bytes 0 and 255 are mapped to before `mean` and `std`. */
  readonly valueRange: readonly [0, 1]
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** A network whose files lie beside `landmarker.json`. It predicts x and y of each point, 0..1 along the sides of its input. */
export interface StoredNetwork {
  /** Name of the model file, such as `model.json`. */
  readonly model: string
  /** Name of the file of the weights, such as `weights.bin`. */
  readonly weights: string
  /** SHA-256 of the weights. */
  readonly sha256: string
  readonly head: 'coordinates' | 'heatmaps' | 'simcc'
  readonly input: NetworkInput
}

/** A network that finds the points in a crop of a face. */
export interface NetworkPredictor {
  readonly kind: 'network'
  /** Whether points are averaged with those of the mirrored crop, if option `tta` of `loadLandmarker` does not say. */
  readonly tta: boolean
  readonly crop: NetworkCrop
  readonly network: StoredNetwork
}

const fileName = z.string().check(z.regex(/^\w[\w.-]*$/, 'the name of a file in the same folder'))
const side = z.int().check(z.positive())

const storedNetworkSchema: z.ZodMiniType<StoredNetwork> = z.object({
  model: fileName,
  weights: fileName,
  sha256: SHA256_SCHEMA,
  head: z.literal(['coordinates', 'heatmaps', 'simcc']),
  input: z
    .object({
      width: side,
      height: side,
      channels: z.literal([1, 3]),
      valueRange: z.tuple([z.literal(0), z.literal(1)]),
      mean: z.array(z.number()),
      std: z.array(z.number().check(z.positive())),
    })
    .check(
      z.refine(
        ({ channels, mean, std }) => mean.length === channels && std.length === channels,
        'one mean and one std per channel',
      ),
    ),
})

export const networkPredictorSchema: z.ZodMiniObject<{
  kind: z.ZodMiniLiteral<'network'>
  tta: z.ZodMiniBoolean
  crop: z.ZodMiniType<NetworkCrop>
  network: z.ZodMiniType<StoredNetwork>
}> = z
  .object({ kind: z.literal('network'), tta: z.boolean(), crop: cropSchema, network: storedNetworkSchema })
  .check(
    z.refine(
      ({ crop, network: { input } }) => crop.kind !== 'leveled' || input.width === input.height,
      'a square input for leveled crops',
    ),
  )
