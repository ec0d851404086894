import { checkIndex, type Dataset, IMM_58, type Random, randomStream, type Sample } from '@facekp/core'
import { z } from 'zod'
import { drawFace } from './draw-face.ts'
import { checkOptions, seedSchema, sizeSchema } from './options.ts'
import {
  drawBackground,
  drawExpression,
  drawIdentity,
  drawLight,
  drawNeutral,
  drawSensor,
  drawSmile,
  type Expression,
  type FaceParameters,
  type Pose,
} from './parameters.ts'

const [PEOPLE, TRAINING_PEOPLE, VIEWS] = [40, 32, 6]

export interface SyntheticImmOptions {
  readonly seed: number
  /** Of the pictures in pixels, 32 to 8192; default 640 x 480. */
  readonly width?: number
  readonly height?: number
}

const schema = z.object({ seed: seedSchema, ...sizeSchema })

/**
 * Drawn faces laid out as the IMM Face Database: 40 people in 6 views with 58 points, people 1 to 32 to train on (192), 33 to 40
 * to validate (48). Throws `SYNTHETIC_OPTIONS`.
 */
export function syntheticImm(options: SyntheticImmOptions): Record<'train' | 'validation', Dataset> {
  const { seed, width, height } = checkOptions(schema, options)
  const people = (from: number, to: number): Dataset => {
    const length = (to - from + 1) * VIEWS
    return {
      length,
      scheme: IMM_58,
      async get(index, signal) {
        signal?.throwIfAborted()
        checkIndex(index, length)
        return immFace(seed, from + Math.floor(index / VIEWS), 1 + (index % VIEWS), width, height)
      },
    }
  }
  return { train: people(1, TRAINING_PEOPLE), validation: people(TRAINING_PEOPLE + 1, PEOPLE) }
}

/** A face of the drawn database: person from 1, view 1 to 6. Its id is such as `01-1m`. */
export function immFace(seed: number, person: number, view: number, width: number, height: number): Sample {
  const identity = drawIdentity(randomStream({ seed, purpose: 'synthetic-person', index: person }))
  const parameters = immView(identity, view, randomStream({ seed, purpose: `synthetic-view-${view}`, index: person }))
  const id = `${String(person).padStart(2, '0')}-${view}${identity.gender}`
  return drawFace(id, parameters, IMM_58, width, height)
}

/** 1 frontal, 2 frontal smiling, 3 turned to the right, 4 to the left, 5 with a spot light, 6 free: the database's own views. */
function immView(identity: FaceParameters['identity'], view: number, random: Random): FaceParameters {
  const near = (degrees: number): Pose => ({
    yaw: degrees + random.uniform(-7, 7),
    pitch: random.uniform(-5, 5),
    roll: random.uniform(-4, 4),
  })
  const poses: Record<number, Pose> = {
    3: near(-30),
    4: near(30),
    6: { yaw: random.uniform(-32, 32), pitch: random.uniform(-12, 12), roll: random.uniform(-15, 15) },
  }
  const expressions: Record<number, (random: Random) => Expression> = { 2: drawSmile, 6: drawExpression }
  return {
    identity,
    expression: (expressions[view] ?? drawNeutral)(random),
    pose: poses[view] ?? near(0),
    camera: {
      x: 0.5 + random.uniform(-0.09, 0.09),
      y: 0.46 + random.uniform(-0.06, 0.06),
      scale: random.uniform(0.15, 0.19),
      distance: 14,
    },
    light: drawLight(random, view === 5),
    background: drawBackground(random),
    sensor: drawSensor(random),
  }
}
