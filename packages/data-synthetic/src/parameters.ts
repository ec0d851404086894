import type { Random } from '@facekp/core'

/** Red, green and blue, 0 to 1. */
export type Color = readonly [red: number, green: number, blue: number]

/** Who the person is. Every size is a factor of an average face's, 1 being that face. */
export interface Identity {
  readonly faceWidth: number
  readonly faceLength: number
  /** Width of the jaw's angle and of the chin, beside `faceWidth`. */
  readonly jawWidth: number
  readonly chinWidth: number
  readonly eyeSpacing: number
  readonly eyeWidth: number
  readonly eyeHeight: number
  /** How much higher the outer corner lies than the inner one, in distances between the eyes. */
  readonly eyeTilt: number
  readonly browHeight: number
  readonly browThickness: number
  readonly browArch: number
  readonly noseLength: number
  readonly noseWidth: number
  readonly noseDepth: number
  readonly mouthWidth: number
  readonly upperLip: number
  readonly lowerLip: number
  readonly gender: 'm' | 'f'
  readonly hair: 'bald' | 'short' | 'long'
  /** How high the hairline sits on the forehead. */
  readonly hairline: number
  /** 0 to 1. */
  readonly beard: number
  readonly skin: Color
  readonly lips: Color
  readonly iris: Color
  readonly hairColor: Color
  readonly clothes: Color
  /** Of the grain of skin and hair. */
  readonly texture: number
}

export interface Expression {
  /** -0.4 to 1. */
  readonly smile: number
  /** 0 to 1, as the next but one. */
  readonly mouthOpen: number
  readonly browRaise: number
  readonly blink: number
  /** Where the eyes look: -1 to the picture's left or up, 1 to its right or down. */
  readonly gazeX: number
  readonly gazeY: number
}

/** Turn of the head, in degrees: yaw positive to the picture's right, pitch positive down, roll positive clockwise. */
export interface Pose {
  readonly yaw: number
  readonly pitch: number
  readonly roll: number
}

export interface Camera {
  /** Where the point between the eyes of a head that is not turned lies, as fractions of the picture's width and height. */
  readonly x: number
  readonly y: number
  /** Distance between the eyes' centers, as a fraction of the picture's height. */
  readonly scale: number
  /** From the camera to the eyes, in distances between the eyes: small is a wide-angle picture. */
  readonly distance: number
}

export interface Light {
  /** Where it comes from, in degrees: azimuth positive from the picture's right, elevation positive from above. */
  readonly azimuth: number
  readonly elevation: number
  readonly ambient: number
  readonly strength: number
  /** How much the wall brightens on the light's side, 0 to 1. */
  readonly spot: number
}

export interface Background {
  readonly color: Color
  /** How uneven the wall is, 0 to 1. */
  readonly clutter: number
  readonly seed: number
}

export interface Sensor {
  /** Standard deviation, in gray levels of 255. */
  readonly noise: number
  /** Standard deviation of the Gaussian, in pixels. */
  readonly blur: number
  readonly seed: number
}

/** Everything that a drawn face depends on, as plain JSON: the same parameters give the same picture. */
export interface FaceParameters {
  readonly identity: Identity
  readonly expression: Expression
  readonly pose: Pose
  readonly camera: Camera
  readonly light: Light
  readonly background: Background
  readonly sensor: Sensor
}

const around = (random: Random, middle: number, spread: number): number => middle + random.uniform(-spread, spread)
const seedFrom = (random: Random): number => random.integer(0, 2 ** 31 - 1)

const tinted = (random: Random, [r, g, b]: Color, spread: number): Color => {
  const all = random.uniform(-spread, spread)
  const one = (value: number): number => Math.min(1, Math.max(0.02, value + all + random.uniform(-spread, spread) / 3))
  return [one(r), one(g), one(b)]
}

const SKINS: readonly Color[] = [
  [0.9, 0.72, 0.62],
  [0.85, 0.65, 0.53],
  [0.74, 0.53, 0.4],
  [0.56, 0.38, 0.27],
  [0.4, 0.26, 0.19],
]
const HAIRS: readonly Color[] = [
  [0.1, 0.08, 0.07],
  [0.24, 0.16, 0.1],
  [0.4, 0.27, 0.16],
  [0.66, 0.52, 0.33],
  [0.55, 0.54, 0.52],
]
const IRISES: readonly Color[] = [
  [0.25, 0.15, 0.08],
  [0.3, 0.42, 0.52],
  [0.3, 0.38, 0.26],
]

/** A person. */
export function drawIdentity(random: Random): Identity {
  const gender = random.chance(0.35) ? 'f' : 'm'
  const skin = tinted(random, random.pick(SKINS), 0.05)
  const [r, g, b] = skin
  return {
    faceWidth: around(random, 1, 0.09),
    faceLength: around(random, 1, 0.09),
    jawWidth: around(random, gender === 'm' ? 1.02 : 0.96, 0.07),
    chinWidth: around(random, 1, 0.3),
    eyeSpacing: around(random, 1, 0.05),
    eyeWidth: around(random, 1, 0.1),
    eyeHeight: around(random, 1, 0.25),
    eyeTilt: around(random, 0.01, 0.05),
    browHeight: around(random, 1, 0.2),
    browThickness: around(random, gender === 'm' ? 1.05 : 0.75, 0.3),
    browArch: around(random, 0.95, 0.3),
    noseLength: around(random, 1, 0.1),
    noseWidth: around(random, 1, 0.2),
    noseDepth: around(random, 1, 0.3),
    mouthWidth: around(random, 1, 0.12),
    upperLip: around(random, 1, 0.4),
    lowerLip: around(random, 1, 0.35),
    gender,
    hair: gender === 'f' ? random.pick(['long', 'long', 'short']) : random.pick(['bald', 'short', 'short', 'short']),
    hairline: around(random, 1, 0.12),
    beard: gender === 'm' && random.chance(0.4) ? random.uniform(0.3, 0.9) : 0,
    skin,
    lips: [r * 0.92, g * 0.66, b * 0.68],
    iris: tinted(random, random.pick(IRISES), 0.05),
    hairColor: tinted(random, random.pick(HAIRS), 0.05),
    clothes: [random.uniform(0.1, 0.8), random.uniform(0.1, 0.8), random.uniform(0.1, 0.8)],
    texture: seedFrom(random),
  }
}

const NEUTRAL: Expression = { smile: 0, mouthOpen: 0, browRaise: 0, blink: 0, gazeX: 0, gazeY: 0 }

/** A face at rest, the eyes not quite still. */
export function drawNeutral(random: Random): Expression {
  return { ...NEUTRAL, smile: around(random, 0, 0.12), blink: random.uniform(0, 0.15), gazeX: around(random, 0, 0.25) }
}

export function drawSmile(random: Random): Expression {
  return { ...drawNeutral(random), smile: random.uniform(0.5, 1), mouthOpen: random.uniform(0, 0.25) }
}

/** Any of what faces do. */
export function drawExpression(random: Random): Expression {
  return {
    smile: random.uniform(-0.4, 1),
    mouthOpen: random.chance(0.35) ? random.uniform(0, 0.9) : 0,
    browRaise: random.uniform(-0.4, 0.9),
    blink: random.chance(0.15) ? random.uniform(0.4, 1) : random.uniform(0, 0.25),
    gazeX: random.uniform(-1, 1),
    gazeY: random.uniform(-0.6, 0.6),
  }
}

/** Even light from the front and above, or with `spot` a lamp at one side. */
export function drawLight(random: Random, spot: boolean): Light {
  const side = random.pick([-1, 1])
  return spot
    ? {
        azimuth: side * random.uniform(45, 80),
        elevation: random.uniform(0, 35),
        ambient: 0.3,
        strength: 0.85,
        spot: 1,
      }
    : {
        azimuth: around(random, 0, 35),
        elevation: random.uniform(15, 55),
        ambient: random.uniform(0.5, 0.65),
        strength: random.uniform(0.35, 0.6),
        spot: random.uniform(0, 0.2),
      }
}

export function drawBackground(random: Random): Background {
  const level = random.uniform(0.08, 0.75)
  return {
    color: tinted(random, [level, level, level], 0.12),
    clutter: random.uniform(0, 1),
    seed: seedFrom(random),
  }
}

export function drawSensor(random: Random): Sensor {
  return { noise: random.uniform(1, 6), blur: random.uniform(0.6, 1.1), seed: seedFrom(random) }
}
