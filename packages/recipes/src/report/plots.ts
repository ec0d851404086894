import { checkArgument, type Dataset, fromRelative, type Keypoints, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { Prediction, TrainResult } from '@facekp/trainer'
import {
  cedCurves,
  errorMap,
  faceGallery,
  lossCurves,
  type Plot,
  sampleSheet,
  trainingCurves,
  worstFaces,
} from '@facekp/viz'
import type { Measurement } from '../fit/measure.ts'
import { mapBetweenSamples } from '../transforms/map-between-samples.ts'

const PLOT_HISTORY_HISTORY = listKind(KINDS.object)

const PLOT_FACES_PREDICTIONS = listKind(KINDS.object)

const PLOT_EVALUATION_MEASUREMENT = objectKind({ predictions: KINDS.array })
const PLOT_EVALUATION_OPTIONS = objectKind({ originals: KINDS.dataset, label: KINDS.string })

const PLOT_ERRORS_OPTIONS = objectKind({
  scheme: KINDS.scheme,
  meanShape: KINDS.keypoints,
  width: KINDS.positive,
  height: KINDS.positive,
})

/** Samples of a sheet. */
const SHEET = 12

/** A plot that is in the report and in a file. */
export interface NamedPlot {
  /** Of its file, without `.png`. */
  readonly name: string
  readonly plot: Plot
  readonly caption: string
}

/** Plots training samples as the network sees them. */
export async function plotSamples(dataset: Dataset): Promise<NamedPlot> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'plotSamples')
  const count = Math.min(SHEET, dataset.length)
  const indices = Array.from({ length: count }, (_, i) => Math.floor((i * dataset.length) / count))
  const samples = await Promise.all(indices.map((index) => dataset.get(index)))
  return {
    name: 'samples',
    plot: await sampleSheet(samples, { title: 'Training samples', scheme: dataset.scheme }),
    caption: 'Training samples as the network sees them, with their target keypoints.',
  }
}

/** Plots losses, learning rate and gradient norm by epoch; none if no epoch was finished. */
export async function plotHistory(
  history: TrainResult['history'],
  meanShapeErrorPx: number,
): Promise<readonly NamedPlot[]> {
  checkArgument(PLOT_HISTORY_HISTORY, history, 'history', 'plotHistory')
  checkArgument(KINDS.number, meanShapeErrorPx, 'meanShapeErrorPx', 'plotHistory')
  if (history.length === 0) return []
  return [
    {
      name: 'losses',
      plot: await lossCurves(history, {
        title: 'Loss and error by epoch',
        logScale: true,
        references: [{ label: 'mean shape', value: meanShapeErrorPx }],
      }),
      caption: 'Training loss (with augmentation, if there is one), validation loss, and error in pixels.',
    },
    {
      name: 'training',
      plot: await trainingCurves(history),
      caption: 'Learning rate at the end of each epoch, and mean gradient norm.',
    },
  ]
}

/**
 * Plots the best and the worst faces on their original images.
 *
 * Faces without a labeled point, which have no error, are left out.
 */
export async function plotFaces(predictions: readonly Prediction[], originals: Dataset): Promise<NamedPlot> {
  checkArgument(PLOT_FACES_PREDICTIONS, predictions, 'predictions', 'plotFaces')
  checkArgument(KINDS.dataset, originals, 'originals', 'plotFaces')
  const ranked = [...predictions.keys()]
    .filter((index) => !Number.isNaN(errorAt(predictions, index)))
    .sort((a, b) => errorAt(predictions, a) - errorAt(predictions, b))
  const drawFace = async (index: number) => {
    const { sample, points, errorPx } = predictions[index] as Prediction
    const original = await originals.get(index)
    return { sample: original, predicted: mapBetweenSamples(points, sample, original), errorPx }
  }
  const best = await Promise.all(ranked.slice(0, 2).map(drawFace))
  const worst = await Promise.all(ranked.slice(-2).reverse().map(drawFace))
  return {
    name: 'faces',
    plot: await faceGallery(
      [
        { label: 'Best', faces: best },
        { label: 'Worst', faces: worst },
      ],
      { title: 'Best and worst test faces' },
    ),
    caption: 'The two best and the two worst test faces: target in green, prediction in red.',
  }
}

/** Plots the worst faces by NME and the curve of all errors; none if the scheme has no normalization pair. */
export async function plotEvaluation(
  measurement: Measurement,
  options: { readonly originals: Dataset; readonly label: string },
): Promise<readonly NamedPlot[]> {
  checkArgument(PLOT_EVALUATION_MEASUREMENT, measurement, 'measurement', 'plotEvaluation')
  const { predictions, evaluation } = measurement
  checkArgument(PLOT_EVALUATION_OPTIONS, options, 'options', 'plotEvaluation')
  const { originals, label } = options
  if (!evaluation) return []
  const faces = predictions.map(({ sample, points }) => ({ sample, predicted: points }))
  return [
    {
      name: 'worst',
      plot: await worstFaces(faces, originals.scheme),
      caption: 'The test faces with the largest errors, and the worst part of each.',
    },
    {
      name: 'ced',
      plot: await cedCurves([{ label, errors: evaluation.errors }]),
      caption: 'Cumulative error distribution: the fraction of test faces with at most each error.',
    },
  ]
}

/**
 * Errors by point and by part on the mean face; none if the scheme has fewer than two parts.
 *
 * @param options.meanShape in relative coordinates
 * @param options.width width of the images that it stands for
 * @param options.height their height
 */
export async function plotErrors(
  measurement: Measurement,
  options: {
    readonly scheme: Dataset['scheme']
    readonly meanShape: Keypoints
    readonly width: number
    readonly height: number
  },
): Promise<readonly NamedPlot[]> {
  checkArgument(KINDS.object, measurement, 'measurement', 'plotErrors')
  const { pointErrorsPx, partErrors } = measurement
  checkArgument(PLOT_ERRORS_OPTIONS, options, 'options', 'plotErrors')
  const { scheme, meanShape, width, height } = options
  if (partErrors.length < 2) return []
  const shapePx = fromRelative(meanShape, width, height)
  return [
    {
      name: 'errors',
      plot: await errorMap({ scheme, meanShape: shapePx, pointErrorsPx, partErrors }),
      caption: 'Error by point, on the mean face of the training images, and by part; left and right are the person’s.',
    },
  ]
}

function errorAt(predictions: readonly Prediction[], index: number): number {
  return (predictions[index] as Prediction).errorPx
}
