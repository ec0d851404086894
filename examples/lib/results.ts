import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset } from '@facekp/core'
import { type Estimate, type Evaluation, percentile } from '@facekp/metrics'
import type { PartError, Prediction, Predictions, TrainResult } from '@facekp/trainer'
import {
  faceGallery,
  lossCurves,
  type Plot,
  sampleSheet,
  trainingCurves,
  worstFaces,
  writePlot,
  writeReport,
} from '@facekp/viz'
import type { Options } from './options.ts'
import { pointsIn } from './points-in.ts'
import { writeJson } from './write-json.ts'

const SHEET = 12

/** What a part of the course leaves behind beside its network. */
export interface Results {
  readonly title: string
  readonly options: Options
  /** The recipe's settings. */
  readonly recipe: object
  readonly backend: string
  readonly source: string
  /** Training samples as the network saw them. */
  readonly shown: Dataset
  /** Validation pictures as they are shown, with the points that were trained. */
  readonly originals: Dataset
  readonly result: TrainResult
  readonly predictions: Pick<Predictions, 'predictions' | 'errorPx'>
  readonly meanShapeErrorPx: number
  /** Where there is more than one part to tell apart. */
  readonly partErrors?: readonly PartError[]
  /** By the field's figures, where the scheme has a normalizing pair. */
  readonly evaluation?: Evaluation
  /** Drawn after those that every part of the course has. */
  readonly moreFigures?: readonly NamedPlot[]
}

export interface NamedPlot {
  /** Of its file, without `.png`. */
  readonly name: string
  readonly figure: Plot
  readonly caption: string
}

/** Writes summary.json, errors.json (the errors of each face), figures/*.png and report.html into `folder`, and says on the terminal what came out. */
export async function writeResults(folder: string, results: Results): Promise<void> {
  const { title, options, result, predictions, meanShapeErrorPx, partErrors = [], moreFigures = [] } = results
  const settings = { recipe: options.recipe, ...results.recipe, seed: options.seed, data: results.source }
  const summary = {
    title,
    recipe: options.recipe,
    backend: results.backend,
    data: results.source,
    seed: options.seed,
    epochs: result.history.length,
    interrupted: result.stoppedBy !== undefined,
    seconds: round(result.seconds, 2),
    imagesPerSecond: round(result.imagesPerSecond, 1),
    meanShapeErrorPx: round(meanShapeErrorPx, 3),
    valErrorPx: round(predictions.errorPx, 3),
    ...(results.evaluation ? figuresOf(results.evaluation) : {}),
    ...(partErrors.length > 0
      ? { partErrorsPx: Object.fromEntries(partErrors.map(({ name, errorPx }) => [name, round(errorPx, 3)])) }
      : {}),
    checkpoint: join(folder, 'model', 'model.json'),
    report: join(folder, 'report.html'),
    settings: JSON.parse(JSON.stringify(settings)),
  }
  const figures = [...(await drawFigures(results)), ...moreFigures]
  await mkdir(join(folder, 'figures'), { recursive: true })
  for (const { name, figure } of figures) await writePlot(figure, join(folder, 'figures', `${name}.png`))
  const errors = predictions.predictions.map(({ errorPx }) => errorPx).filter((error) => !Number.isNaN(error))
  await writeReport(
    {
      title,
      summary: [
        { label: 'validation error', value: `${summary.valErrorPx.toFixed(2)} px` },
        { label: 'mean shape', value: `${summary.meanShapeErrorPx.toFixed(2)} px` },
        ...(results.evaluation ? evaluationRows(results.evaluation) : []),
        { label: 'epochs', value: String(summary.epochs) },
        { label: 'training time', value: `${summary.seconds.toFixed(1)} s` },
        { label: 'images per second', value: summary.imagesPerSecond.toFixed(0) },
        { label: 'backend', value: summary.backend },
      ],
      settings,
      errors: [
        { label: 'mean', errorPx: predictions.errorPx },
        { label: 'median', errorPx: percentile(errors, 50) },
        { label: '90th percentile', errorPx: percentile(errors, 90) },
        { label: 'worst', errorPx: percentile(errors, 100) },
        { label: 'mean shape instead of the network', errorPx: meanShapeErrorPx },
        ...partErrors.map(({ name, errorPx }) => ({ label: `mean, ${name}`, errorPx })),
      ],
      plots: figures.map(({ figure, caption }) => ({ plot: figure, caption })),
      notes: [
        `Errors are mean distances in pixels of the original pictures, over ${errors.length} validation pictures.`,
        ...(result.stoppedBy
          ? ['The training was interrupted; these are the figures of what was learnt until then.']
          : []),
      ],
    },
    summary.report,
  )
  await writeJson(join(folder, 'errors.json'), errorsByFace(results))
  await writeJson(join(folder, 'summary.json'), summary)

  console.log(
    `\nvalidation error ${summary.valErrorPx.toFixed(2)} px (mean shape ${summary.meanShapeErrorPx.toFixed(2)} px)`,
  )
  for (const { label, value } of results.evaluation ? evaluationRows(results.evaluation) : []) {
    console.log(`${label} ${value}`)
  }
  console.log(
    `${summary.epochs} epoch${summary.epochs === 1 ? '' : 's'} in ${summary.seconds} s, ${summary.imagesPerSecond} images a second`,
  )
  console.log(`report: ${summary.report}`)
}

/** Each face's error in pixels and, where the field's figures are known, its NME: what other runs are compared by. */
function errorsByFace({ originals, predictions, evaluation }: Results): object {
  const measured = predictions.predictions.filter(({ errorPx }) => !Number.isNaN(errorPx))
  return {
    scheme: originals.scheme.name,
    ...(evaluation ? { by: evaluation.normalization, threshold: evaluation.threshold } : {}),
    faces: measured.map(({ sample: { id }, errorPx }, i) => ({
      id,
      errorPx: round(errorPx, 3),
      ...(evaluation ? { nme: round(evaluation.errors[i] as number, 6) } : {}),
    })),
  }
}

/** The field's figures for summary.json, each with its 95 % interval over the faces. */
function figuresOf({ maePx, nme, failureRate, auc }: Evaluation): Record<string, readonly number[]> {
  const numbers = ({ value, low, high }: Estimate): number[] => [value, low, high].map((number) => round(number, 5))
  return { maePx: numbers(maePx), nme: numbers(nme), failureRate: numbers(failureRate), auc: numbers(auc) }
}

function evaluationRows({
  maePx,
  nme,
  failureRate,
  normalization,
  threshold,
}: Evaluation): { label: string; value: string }[] {
  const percent = ({ value, low, high }: Estimate): string =>
    `${(100 * value).toFixed(2)} % (${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`
  return [
    {
      label: 'mean absolute error',
      value: `${maePx.value.toFixed(2)} px (${maePx.low.toFixed(2)} to ${maePx.high.toFixed(2)})`,
    },
    { label: `NME, ${normalization}`, value: percent(nme) },
    { label: `faces above ${100 * threshold} %`, value: percent(failureRate) },
  ]
}

async function drawFigures({ shown, originals, result, predictions, meanShapeErrorPx }: Results): Promise<NamedPlot[]> {
  const samples = await Promise.all(
    Array.from({ length: Math.min(SHEET, shown.length) }, (_, i) =>
      shown.get(Math.floor((i * shown.length) / Math.min(SHEET, shown.length))),
    ),
  )
  const ranked = [...predictions.predictions.keys()].sort((a, b) => errorOf(predictions, a) - errorOf(predictions, b))
  const shownFace = async (index: number) => {
    const { sample, points, errorPx } = predictions.predictions[index] as Prediction
    const original = await originals.get(index)
    return { sample: original, predicted: pointsIn(original, sample, points), errorPx }
  }
  return [
    {
      name: 'samples',
      figure: await sampleSheet(samples, { title: 'Training samples', scheme: shown.scheme }),
      caption: 'Training samples as the network sees them, with their true points.',
    },
    ...(result.history.length > 0
      ? [
          {
            name: 'losses',
            figure: await lossCurves(result.history, {
              title: 'Loss and error by epoch',
              logScale: true,
              references: [{ label: 'mean shape', value: meanShapeErrorPx }],
            }),
            caption:
              'Loss of training (with augmentation, where there is one) and validation, and the error in pixels.',
          },
          {
            name: 'training',
            figure: await trainingCurves(result.history),
            caption:
              'The learning rate at the end of each epoch, and the mean norm of the gradients where it was measured.',
          },
        ]
      : []),
    {
      name: 'faces',
      figure: await faceGallery(
        [
          { label: 'Best', faces: await Promise.all(ranked.slice(0, 2).map(shownFace)) },
          { label: 'Worst', faces: await Promise.all(ranked.slice(-2).reverse().map(shownFace)) },
        ],
        { title: 'Best and worst validation faces' },
      ),
      caption: 'The two best and the two worst validation faces: truth in green, prediction in red.',
    },
    ...(originals.scheme.normalizationPair
      ? [
          {
            name: 'worst',
            figure: await worstFaces(
              predictions.predictions.map(({ sample, points }) => ({ sample, predicted: points })),
              originals.scheme,
            ),
            caption: 'The validation faces with the largest errors, and the part of each that is worst.',
          },
        ]
      : []),
  ]
}

function errorOf({ predictions: faces }: Pick<Predictions, 'predictions'>, index: number): number {
  return (faces[index] as Prediction).errorPx
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
