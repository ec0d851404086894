import type * as tfl from '@tensorflow/tfjs-layers'
import type { HeadKind } from './heads/head.ts'
import type { NetOptions } from './networks/course-net.ts'
import { faceNet } from './networks/face-net.ts'
import { heatmapNet } from './networks/heatmap-net.ts'
import { noseNet } from './networks/nose-net.ts'
import { type ResNetOptions, resNet } from './networks/resnet.ts'
import type { Antialias } from './networks/resnet-layers.ts'
import { GRAY, type Preprocessing } from './preprocessing.ts'

/** Name of a network of {@link createModel}. */
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

/** Description of a network. */
export interface ModelInfo {
  readonly name: ModelName
  readonly description: string
  /** Paper or course that the network comes from. */
  readonly paper: string
  /** License of the design and of this code; weights have licenses of their own. */
  readonly license: string
  /** Preprocessing of a new network with the default number of channels. */
  readonly preprocessing: Preprocessing
  /** Default [height, width] of the images, in pixels. */
  readonly inputSize: readonly [number, number]
  /** Default number of points. */
  readonly numKeypoints: number
  /** Options of {@link createModel} that can be set; the others have a fixed value. */
  readonly supportedOptions: readonly ('inChannels' | 'numKeypoints' | 'inputSize' | 'antialias')[]
  /** Values of option `head`, the default first. */
  readonly heads: readonly (HeadKind | false)[]
  /** Layers whose outputs `featuresOnly` gives, from fine to coarse. */
  readonly features: readonly string[]
}

/** Options of {@link createModel} with their defaults filled in. */
export interface ResolvedOptions {
  readonly inChannels: number
  readonly numKeypoints: number
  /** [height, width] in pixels. */
  readonly inputSize: readonly [number, number]
  readonly head: HeadKind | false
  readonly antialias: false | Antialias
  readonly seed: number
}

/** A network of the registry, and the function that builds it. */
export interface ModelEntry extends ModelInfo {
  readonly build: (options: ResolvedOptions) => tfl.LayersModel
}

const COURSE = 'UC Berkeley CS194-26 (2020), project 5, "Facial Keypoint Detection with Neural Networks"'

function resNetEntry(depth: ResNetOptions['depth'], lastBlocks: readonly [number, number, number, number]): ModelEntry {
  return {
    name: `resnet${depth}`,
    description: `residual network of ${depth} layers with PyTorch's numerics, optionally anti-aliased`,
    paper: 'He et al. 2016, "Deep Residual Learning for Image Recognition", arXiv:1512.03385',
    license: 'MIT; torchvision, whose layout and names it follows, is BSD-3',
    preprocessing: GRAY,
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
        ...(head ? { numKeypoints, head } : { numKeypoints: 0 }),
        antialias,
        seed,
      }),
  }
}

function heatmapNetEntry(baseChannels: 16 | 24 | 32 | 48): ModelEntry {
  return {
    name: `heatmapNet${baseChannels}`,
    description: `residual U-net that predicts heatmaps, ${baseChannels} channels at its finest level, for small data sets`,
    paper: 'Sun et al. 2018, "Integral Human Pose Regression", arXiv:1711.08229',
    license: 'MIT',
    preprocessing: GRAY,
    inputSize: [128, 128],
    numKeypoints: 68,
    supportedOptions: ['inChannels', 'numKeypoints', 'inputSize'],
    heads: ['heatmaps'],
    features: ['stem1_relu', 'stem2_relu', 'refine1_relu', 'refine2_relu', 'bottom_relu'],
    build: ({ inChannels, numKeypoints, inputSize: [height, width], seed }) =>
      heatmapNet({ inChannels: inChannels as 1 | 3, height, width, numKeypoints, baseChannels, seed }),
  }
}

function courseNetEntry(
  name: 'noseNet' | 'faceNet',
  build: (options: NetOptions) => tfl.LayersModel,
  info: Pick<ModelEntry, 'description' | 'paper' | 'inputSize' | 'numKeypoints' | 'features'>,
): ModelEntry {
  return {
    name,
    license: 'MIT',
    preprocessing: GRAY,
    supportedOptions: [],
    heads: ['coordinates'],
    build: ({ seed }) => build({ seed }),
    ...info,
  }
}

/** Every network of this package. A new network is one file in `networks/` and one entry here. */
export const REGISTRY: readonly ModelEntry[] = [
  resNetEntry(18, [2, 2, 2, 2]),
  resNetEntry(34, [3, 4, 6, 3]),
  resNetEntry(50, [3, 4, 6, 3]),
  resNetEntry(101, [3, 4, 23, 3]),
  courseNetEntry('noseNet', noseNet, {
    description: "the network of the course's part 1, for the tip of the nose",
    paper: `${COURSE}, part 1`,
    inputSize: [60, 80],
    numKeypoints: 1,
    features: ['conv1', 'conv2', 'conv3'],
  }),
  courseNetEntry('faceNet', faceNet, {
    description: "the network of the course's part 2, for the points of the IMM Face Database",
    paper: `${COURSE}, part 2`,
    inputSize: [360, 480],
    numKeypoints: 58,
    features: ['conv1', 'conv2', 'conv3', 'conv4', 'conv5'],
  }),
  heatmapNetEntry(16),
  heatmapNetEntry(24),
  heatmapNetEntry(32),
  heatmapNetEntry(48),
]
