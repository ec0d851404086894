import { checkIndex, type Dataset, IMM_58, type Random, randomStream, type Sample } from '@facekp/core'
import * as z from 'zod/mini'
import { parseOptions, seedSchema, sizeSchema } from './options.ts'
import type { Expression, FaceParameters, Identity, Pose } from './parameters.ts'
import { renderFace } from './render-face.ts'
import {
  sampleBackground,
  sampleExpression,
  sampleIdentity,
  sampleLight,
  sampleNeutral,
  sampleSensor,
  sampleSmile,
} from './sample-parameters.ts'
import type { Size } from './view.ts'

const PEOPLE = 40
const TRAINING_PEOPLE = 32
/** Views of each person, as in the database: see `ImmFileName` of `@facekp/data-imm`. */
export const VIEWS = 6

const schema = z.strictObject({ seed: seedSchema, ...sizeSchema })

export interface SyntheticImmOptions {
  readonly seed: number
  /** Width of the images in pixels, 32 to 8192; default 640. */
  readonly width?: number
  /** Height of the images in pixels, 32 to 8192; default 480. */
  readonly height?: number
}

/**
 * Creates synthetic faces laid out as the IMM Face Database: 40 people in 6 views with 58 points.
 *
 * @returns `train`: people 1 to 32 (192 samples); `validation`: people 33 to 40 (48 samples)
 * @throws FacekpError `SYNTHETIC_OPTIONS`
 * @example
 * ```ts
 * const { train, validation } = syntheticImm({ seed: 1 })
 * ```
 */
export function syntheticImm(options: SyntheticImmOptions): Record<'train' | 'validation', Dataset> {
  const { seed, width, height } = parseOptions(schema, options)
  const createPart = (firstPerson: number, lastPerson: number): Dataset => {
    const length = (lastPerson - firstPerson + 1) * VIEWS
    return {
      length,
      scheme: IMM_58,
      async get(index, signal) {
        signal?.throwIfAborted()
        checkIndex(index, length)
        const person = firstPerson + Math.floor(index / VIEWS)
        return renderImmFace({ seed, person, view: 1 + (index % VIEWS), size: { width, height } })
      },
    }
  }
  return { train: createPart(1, TRAINING_PEOPLE), validation: createPart(TRAINING_PEOPLE + 1, PEOPLE) }
}

export interface ImmFaceRequest {
  readonly seed: number
  /** 1 to 40. */
  readonly person: number
  /** 1 to 6. */
  readonly view: number
  readonly size: Size
}

/** Renders a face of the synthetic database. Its id has the form `01-1m`. */
export function renderImmFace({ seed, person, view, size }: ImmFaceRequest): Sample {
  const identity = sampleIdentity(randomStream({ seed, purpose: 'synthetic-person', index: person }))
  const random = randomStream({ seed, purpose: `synthetic-view-${view}`, index: person })
  const id = `${String(person).padStart(2, '0')}-${view}${identity.gender}`
  return renderFace({ id, parameters: sampleView(identity, view, random), scheme: IMM_58, size })
}

/** Samples one of the views: 1 frontal, 2 smiling, 3 and 4 rotated to either side, 5 with a spot light, 6 free. */
function sampleView(identity: Identity, view: number, random: Random): FaceParameters {
  const poseNear = (yaw: number): Pose => ({
    yaw: yaw + random.uniform(-7, 7),
    pitch: random.uniform(-5, 5),
    roll: random.uniform(-4, 4),
  })
  // Every view takes the random numbers of all three poses: another order would give every seed other faces.
  const poses: Record<number, Pose> = {
    3: poseNear(-30),
    4: poseNear(30),
    6: { yaw: random.uniform(-32, 32), pitch: random.uniform(-12, 12), roll: random.uniform(-15, 15) },
  }
  const expressions: Record<number, (random: Random) => Expression> = { 2: sampleSmile, 6: sampleExpression }
  return {
    identity,
    expression: (expressions[view] ?? sampleNeutral)(random),
    pose: poses[view] ?? poseNear(0),
    camera: {
      x: 0.5 + random.uniform(-0.09, 0.09),
      y: 0.46 + random.uniform(-0.06, 0.06),
      scale: random.uniform(0.15, 0.19),
      distance: 14,
    },
    light: sampleLight(random, view === 5),
    background: sampleBackground(random),
    sensor: sampleSensor(random),
  }
}
