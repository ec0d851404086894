import type * as tf from '@tensorflow/tfjs'
import type { NetOptions } from './course-net.ts'
import { faceNet } from './face-net.ts'
import type { HeadKind } from './heads/head.ts'
import { heatmapNet } from './heatmap-net.ts'
import { noseNet } from './nose-net.ts'
import { type Antialias, type ResNetOptions, resNet } from './resnet.ts'

export type ModelName =
  | 'resnet18'
  | 'resnet34'
  | 'resnet50'
  | 'resnet101'
  | 'noseNet'
  | 'faceNet'
  | 'heatmapNet16'
  | 'heatmapNet24'
  | 'heatmapNet32'
  | 'heatmapNet48'

/** What a network is, before it is made. */
export interface ModelInfo {
  readonly name: ModelName
  readonly description: string
  /** The paper or course that it comes from. */
  readonly paper: string
  /** Of the design and of this code; weights have licenses of their own. */
  readonly license: string
  /** What is taken from pixels of 0..1 and what they are divided by, a channel: how its pictures are normalized. */
  readonly mean: readonly number[]
  readonly std: readonly number[]
  /** [height, width] where none is told. */
  readonly inputSize: readonly [number, number]
  readonly numKeypoints: number
  /** Options of {@link createModel} that it takes; the others have one value. */
  readonly supportedOptions: readonly ('inChannels' | 'numKeypoints' | 'inputSize' | 'antialias')[]
  /** What its `head` may be; the first where none is told. */
  readonly heads: readonly (HeadKind | false)[]
  /** The layers whose maps `features` gives, from fine to coarse. */
  readonly features: readonly string[]
}

/** All that createModel was told, defaults filled in. */
export interface Wanted {
  readonly inChannels: number
  readonly numKeypoints: number
  readonly inputSize: readonly [number, number]
  readonly head: HeadKind | false
  readonly antialias: false | Antialias
  readonly seed: number
}

export interface ModelEntry extends ModelInfo {
  readonly build: (wanted: Wanted) => tf.LayersModel
}

/** Gray pictures of -0.5..0.5. */
const GRAY = { mean: [0.5], std: [1] } as const

const COURSE = 'UC Berkeley CS194-26 (2020), project 5, "Facial Keypoint Detection with Neural Networks"'

function residual(depth: ResNetOptions['depth'], lastBlocks: readonly [number, number, number, number]): ModelEntry {
  return {
    name: `resnet${depth}`,
    description: `residual network of ${depth} layers in PyTorch's numerics, anti-aliased if wanted`,
    paper: 'He et al. 2016, "Deep Residual Learning for Image Recognition", arXiv:1512.03385',
    license: 'MIT; torchvision, whose layout and names it has, is BSD-3',
    ...GRAY,
    inputSize: [240, 240],
    numKeypoints: 68,
    supportedOptions: ['inChannels', 'numKeypoints', 'inputSize', 'antialias'],
    heads: ['coordinates', 'heatmaps', 'simcc', false],
    features: ['relu', ...lastBlocks.map((count, i) => `layer${i + 1}.${count - 1}.relu`)],
    build: ({ inChannels, numKeypoints, inputSize: [height, width], head, antialias, seed }) =>
      resNet({
        depth,
        inChannels,
        height,
        width,
        ...(head ? { numKeypoints: numKeypoints, head } : { numKeypoints: 0 }),
        antialias,
        seed,
      }),
  }
}

const heatmaps = (channels: 16 | 24 | 32 | 48): ModelEntry => ({
  name: `heatmapNet${channels}`,
  description: `a residual U-net whose heatmaps’ means are the points, of ${channels} channels at its finest level, for few pictures`,
  paper: 'Sun et al. 2018, "Integral Human Pose Regression", arXiv:1711.08229',
  license: 'MIT',
  ...GRAY,
  inputSize: [128, 128],
  numKeypoints: 68,
  supportedOptions: ['numKeypoints', 'inputSize'],
  heads: ['heatmaps'],
  features: ['stem1_relu', 'stem2_relu', 'refine1_relu', 'refine2_relu', 'bottom_relu'],
  build: ({ numKeypoints, inputSize: [height, width], seed }) =>
    heatmapNet({ height, width, numKeypoints: numKeypoints, baseChannels: channels, seed }),
})

const courseNet = (
  name: 'noseNet' | 'faceNet',
  build: (options: NetOptions) => tf.LayersModel,
  rest: Pick<ModelEntry, 'description' | 'paper' | 'inputSize' | 'numKeypoints' | 'features'>,
): ModelEntry => ({
  name,
  license: 'MIT',
  ...GRAY,
  supportedOptions: [],
  heads: ['coordinates'],
  build: ({ seed }) => build({ seed }),
  ...rest,
})

/** Every network of this package, by name. */
export const REGISTRY: readonly ModelEntry[] = [
  residual(18, [2, 2, 2, 2]),
  residual(34, [3, 4, 6, 3]),
  residual(50, [3, 4, 6, 3]),
  residual(101, [3, 4, 23, 3]),
  courseNet('noseNet', noseNet, {
    description: 'the course’s first network, for the tip of the nose',
    paper: `${COURSE}, part 1`,
    inputSize: [60, 80],
    numKeypoints: 1,
    features: ['conv1', 'conv2', 'conv3'],
  }),
  courseNet('faceNet', faceNet, {
    description: 'the course’s second network, for the points of the IMM Face Database',
    paper: `${COURSE}, part 2`,
    inputSize: [360, 480],
    numKeypoints: 58,
    features: ['conv1', 'conv2', 'conv3', 'conv4', 'conv5'],
  }),
  heatmaps(16),
  heatmaps(24),
  heatmaps(32),
  heatmaps(48),
]
