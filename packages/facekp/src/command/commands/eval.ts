import type { Dataset, KeypointScheme } from '@facekp/core'
import type { LandmarkerEvaluation } from '@facekp/landmarker'
import type { Estimate, Normalization } from '@facekp/metrics'
import { formatCount } from '@facekp/options'
import { type Command, Option } from 'commander'
import { checkPage } from '../check-page.ts'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { addDataOptions, type DataFlags, readData } from '../data-options.ts'
import { defineCommand } from '../define-command.ts'
import { addDetectOptions, type DetectFlags, toDetectOptions } from '../detect-options.ts'
import { parseFraction } from '../parse-number.ts'
import { showProgress } from '../show-progress.ts'
import { addBackendOption, type BackendFlags, withLandmarker } from '../use-landmarker.ts'

interface EvalFlags extends DataFlags, BackendFlags, DetectFlags {
  readonly json?: boolean
  readonly normalization?: Normalization
  readonly threshold: number
  readonly report?: string
}

const NORMALIZATIONS: readonly Normalization[] = ['interocular', 'interpupil', 'box', 'diagonal', 'detection']
/** Number of faces that the result lists. */
const WORST = 6

/** Adds the command that measures a landmarker. */
export function defineEval(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'eval <model> <data>',
    description:
      'Measure a landmarker on labeled images, with the detector in front: errors with intervals, worst faces',
    example: 'facekp eval my-landmarker test-faces --report eval.html',
  })
  addDetectOptions(addBackendOption(addDataOptions(command)))
    .addOption(
      new Option(
        '--normalization <name>',
        'length that errors are divided by (default: interocular if the scheme has a pair of points for it, else diagonal; detection for a single point)',
      ).choices(NORMALIZATIONS),
    )
    .option('--threshold <nme>', 'NME above which a face is a failure, 0 to 1', parseFraction, 0.08)
    .option('--report <file>', 'write a page with the error distribution and the worst faces')
    .action(async (model: string, data: string, flags: EvalFlags) => {
      context.report(flags, await evaluate(model, data, flags, context))
    })
}

async function evaluate(
  model: string,
  data: string,
  flags: EvalFlags,
  { stderr, signal }: CommandContext,
): Promise<CommandResult> {
  const { threshold } = flags
  if (flags.report !== undefined) await checkPage(flags.report)
  const detect = toDetectOptions(flags)
  const { dataset, evaluation } = await withLandmarker(model, flags, async (landmarker) => {
    const { evaluateLandmarker } = await import('@facekp/landmarker')
    const { scheme } = landmarker
    const labeled = await readData(data, flags, { scheme })
    const normalization = flags.normalization ?? chooseNormalization(scheme)
    const measured = await showProgress({ label: 'eval', unit: 'faces', stream: stderr }, (onProgress) =>
      evaluateLandmarker(landmarker, reportReads(labeled, onProgress), { detect, normalization, threshold, signal }),
    )
    return { dataset: labeled, evaluation: measured }
  })
  if (flags.report !== undefined) await writeEvaluation(flags.report, model, dataset, evaluation)
  const { formatReport } = await import('@facekp/data-formats')
  const { report } = dataset
  const { faceCount, missedCount, normalization, nme, failureRate, auc, errorPx, byPoint } = evaluation
  const worst = listWorst(evaluation)
  return {
    text: [
      formatReport(report),
      formatEvaluation(evaluation),
      ...(flags.report === undefined ? [] : [`page: ${flags.report}`]),
    ].join('\n'),
    json: { report, faceCount, missedCount, normalization, threshold, nme, failureRate, auc, errorPx, byPoint, worst },
  }
}

/** Chooses the length that errors are divided by. A single point has no box of points. */
function chooseNormalization({ normalizationPair, pointNames }: KeypointScheme): Normalization {
  if (normalizationPair !== undefined) return 'interocular'
  return pointNames.length === 1 ? 'detection' : 'diagonal'
}

/** Reports each sample that is read. */
function reportReads(dataset: Dataset, onProgress: (done: number, total: number) => void): Dataset {
  return {
    ...dataset,
    async get(index, signal) {
      const sample = await dataset.get(index, signal)
      onProgress(index + 1, dataset.length)
      return sample
    },
  }
}

interface WorstFace {
  readonly index: number
  readonly id: string
  /** Undefined if the face was missed. */
  readonly nme: number | undefined
}

/** Lists the labeled faces with the largest errors, missed ones first. */
function listWorst(evaluation: LandmarkerEvaluation): WorstFace[] {
  return rankFaces(evaluation)
    .slice(0, WORST)
    .map(({ index, id, nme }) => ({ index, id, nme: Number.isFinite(nme) ? nme : undefined }))
}

/** Sorts the labeled faces by their errors, missed ones first. */
function rankFaces({ faces }: LandmarkerEvaluation) {
  return faces
    .map(({ id, nme, face }, index) => ({ index, id, nme, face }))
    .filter(({ nme }) => !Number.isNaN(nme))
    .toSorted((a, b) => (a.nme === b.nme ? a.index - b.index : b.nme - a.nme))
}

function formatEvaluation(evaluation: LandmarkerEvaluation): string {
  const { faceCount, missedCount, normalization, threshold, nme, failureRate, auc, errorPx } = evaluation
  if (missedCount === faceCount) return `${formatCount(faceCount, 'face')}, none found`
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`
  return [
    `${formatCount(faceCount, 'face')}, ${missedCount} not found; errors relative to ${normalization}; intervals of 95 %`,
    `  NME           ${formatEstimate(nme, percent)}`,
    `  failure rate  ${formatEstimate(failureRate, percent)} (NME above ${percent(threshold)}, or not found)`,
    `  AUC           ${formatEstimate(auc, (value) => value.toFixed(3))}`,
    `  error         ${formatEstimate(errorPx, (value) => `${value.toFixed(2)} px`)}`,
    'worst faces:',
    ...listWorst(evaluation).map(
      ({ id, nme: error }) => `  ${id}: ${error === undefined ? 'not found' : percent(error)}`,
    ),
  ].join('\n')
}

function formatEstimate({ value, low, high }: Estimate, format: (value: number) => string): string {
  return `${format(value)} [${format(low)}, ${format(high)}]`
}

async function writeEvaluation(
  path: string,
  model: string,
  dataset: Dataset,
  evaluation: LandmarkerEvaluation,
): Promise<void> {
  const { cedCurves, worstFaces, writeReport } = await import('@facekp/viz')
  const { errors, threshold, normalization, errorPx, faceCount, missedCount, nme, failureRate } = evaluation
  const detected = rankFaces(evaluation).flatMap(({ index, face }) => (face ? [{ index, face }] : []))
  const faces = await Promise.all(
    detected.slice(0, WORST).map(async ({ index, face: { box, points } }) => {
      // Normalization `detection` divides by the detected box; labels have another one, or none.
      return { sample: { ...(await dataset.get(index)), box }, predicted: points }
    }),
  )
  const plots = [
    {
      plot: await cedCurves([{ label: model, errors }], { threshold, normalization }),
      caption: 'Fraction of faces by error.',
    },
  ]
  if (faces.length > 0) {
    const plot = await worstFaces(faces, dataset.scheme, { normalization })
    plots.push({ plot, caption: 'Faces with the largest errors.' })
  }
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`
  await writeReport(
    {
      title: `Evaluation of ${model}`,
      summary: [
        { label: 'faces', value: String(faceCount) },
        { label: 'not found', value: String(missedCount) },
        ...(faces.length > 0 ? [{ label: `NME (${normalization})`, value: percent(nme.value) }] : []),
        { label: 'failure rate', value: percent(failureRate.value) },
      ],
      errors: faces.length > 0 ? [{ label: 'mean', errorPx: errorPx.value }] : [],
      settings: { normalization, threshold },
      plots,
    },
    path,
  )
}
