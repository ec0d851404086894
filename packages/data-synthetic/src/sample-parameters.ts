import type { Random } from '@facekp/core'
import type { Background, Color, Expression, Identity, Light, Sensor } from './parameters.ts'

// Each function takes its random numbers in a fixed order: another order would give every seed other faces.

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

/** Samples a person. */
export function sampleIdentity(random: Random): Identity {
  const gender = random.chance(0.35) ? 'f' : 'm'
  const isMale = gender === 'm'
  const skin = jitterColor(random, random.pick(SKINS), 0.05)
  const [r, g, b] = skin
  return {
    faceWidth: uniformAround(random, 1, 0.09),
    faceLength: uniformAround(random, 1, 0.09),
    jawWidth: uniformAround(random, isMale ? 1.02 : 0.96, 0.07),
    chinWidth: uniformAround(random, 1, 0.3),
    eyeSpacing: uniformAround(random, 1, 0.05),
    eyeWidth: uniformAround(random, 1, 0.1),
    eyeHeight: uniformAround(random, 1, 0.25),
    eyeTilt: uniformAround(random, 0.01, 0.05),
    browHeight: uniformAround(random, 1, 0.2),
    browThickness: uniformAround(random, isMale ? 1.05 : 0.75, 0.3),
    browArch: uniformAround(random, 0.95, 0.3),
    noseLength: uniformAround(random, 1, 0.1),
    noseWidth: uniformAround(random, 1, 0.2),
    noseDepth: uniformAround(random, 1, 0.3),
    mouthWidth: uniformAround(random, 1, 0.12),
    upperLip: uniformAround(random, 1, 0.4),
    lowerLip: uniformAround(random, 1, 0.35),
    gender,
    hair: random.pick(isMale ? ['bald', 'short', 'short', 'short'] : ['long', 'long', 'short']),
    hairline: uniformAround(random, 1, 0.12),
    beard: isMale && random.chance(0.4) ? random.uniform(0.3, 0.9) : 0,
    skin,
    lips: [r * 0.92, g * 0.66, b * 0.68],
    iris: jitterColor(random, random.pick(IRISES), 0.05),
    hairColor: jitterColor(random, random.pick(HAIRS), 0.05),
    clothes: [random.uniform(0.1, 0.8), random.uniform(0.1, 0.8), random.uniform(0.1, 0.8)],
    texture: sampleSeed(random),
  }
}

/** Samples a neutral expression, with small variations of mouth, lids and gaze. */
export function sampleNeutral(random: Random): Expression {
  return {
    smile: uniformAround(random, 0, 0.12),
    mouthOpen: 0,
    browRaise: 0,
    blink: random.uniform(0, 0.15),
    gazeX: uniformAround(random, 0, 0.25),
    gazeY: 0,
  }
}

/** Samples a smile. */
export function sampleSmile(random: Random): Expression {
  return { ...sampleNeutral(random), smile: random.uniform(0.5, 1), mouthOpen: random.uniform(0, 0.25) }
}

/** Samples any expression. */
export function sampleExpression(random: Random): Expression {
  return {
    smile: random.uniform(-0.4, 1),
    mouthOpen: random.chance(0.35) ? random.uniform(0, 0.9) : 0,
    browRaise: random.uniform(-0.4, 0.9),
    blink: random.chance(0.15) ? random.uniform(0.4, 1) : random.uniform(0, 0.25),
    gazeX: random.uniform(-1, 1),
    gazeY: random.uniform(-0.6, 0.6),
  }
}

/** Samples a light: even, from the front and above, or a spot light at one side. */
export function sampleLight(random: Random, isSpot: boolean): Light {
  const side = random.pick([-1, 1])
  if (isSpot) {
    return {
      azimuth: side * random.uniform(45, 80),
      elevation: random.uniform(0, 35),
      ambient: 0.3,
      strength: 0.85,
      spot: 1,
    }
  }
  return {
    azimuth: uniformAround(random, 0, 35),
    elevation: random.uniform(15, 55),
    ambient: random.uniform(0.5, 0.65),
    strength: random.uniform(0.35, 0.6),
    spot: random.uniform(0, 0.2),
  }
}

/** Samples a background. */
export function sampleBackground(random: Random): Background {
  const level = random.uniform(0.08, 0.75)
  return {
    color: jitterColor(random, [level, level, level], 0.12),
    clutter: random.uniform(0, 1),
    seed: sampleSeed(random),
  }
}

/** Samples noise and blur of a camera. */
export function sampleSensor(random: Random): Sensor {
  return { noise: random.uniform(1, 6), blur: random.uniform(0.6, 1.1), seed: sampleSeed(random) }
}

function uniformAround(random: Random, middle: number, spread: number): number {
  return middle + random.uniform(-spread, spread)
}

function sampleSeed(random: Random): number {
  return random.integer(0, 2 ** 31 - 1)
}

/** Shifts all channels together by up to `spread`, and each alone by up to a third of it. */
function jitterColor(random: Random, [r, g, b]: Color, spread: number): Color {
  const shift = random.uniform(-spread, spread)
  const jitter = (value: number): number =>
    Math.min(1, Math.max(0.02, value + shift + random.uniform(-spread, spread) / 3))
  return [jitter(r), jitter(g), jitter(b)]
}
