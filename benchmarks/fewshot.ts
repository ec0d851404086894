/**
 * Fits landmarkers to a few labeled images by `fitFewShot` of @facekp/landmarker and measures them end to end on other people: IMM from 4, 8
 * and 32 people (6 images each), all points and the nose point alone, tested on people 33-40; 300-W from 20, 100 and all 1866 training images,
 * tested on the common part. The training images are drawn anew for each fit, unless all are used. Writes fewshot.json and fewshot.md.
 *
 * Usage: pnpm bench:fewshot --ibug DIR [--imm DIR] [--draws 5] [--faces 20,100,1866] [--every 1] [--backend auto] [--out DIR]
 */
import { releaseBackend, useBackend } from '@facekp/backend'
import { cacheDataset, type Dataset, randomStream, type Sample, shuffleIndices, subset } from '@facekp/core'
import { readIbug300W } from '@facekp/data-ibug/node'
import { IMM_NOSE } from '@facekp/data-imm'
import { readImm, splitImm } from '@facekp/data-imm/node'
import { type FewShotOptions, fitFewShot, loadLandmarker } from '@facekp/landmarker'
import * as z from 'zod'
import { requireImm } from './lib/imm-faces.ts'
import { MIN_OVERLAP, measureLandmarker, pickNose } from './lib/measure-landmarker.ts'
import { backendOption, countOption, outOption, parseOptions } from './lib/options.ts'
import { mean, median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({
  ibug: z.string(),
  imm: z.string().optional(),
  draws: countOption.default(5),
  faces: z
    .string()
    .regex(/^\d+(,\d+)*$/, 'expected numbers of images such as 20,100')
    .transform((text) => text.split(',').map(Number))
    .default([20, 100, 1866]),
  every: countOption.default(1),
  backend: backendOption.default('auto'),
  out: outOption,
})

interface Experiment {
  readonly name: string
  readonly train: Dataset
  readonly test: Dataset
  /** Numbers of people, or of images. */
  readonly sizes: readonly number[]
  /** Number of all people, or of all images. */
  readonly total: number
  /** Draws the indices of the training images. */
  readonly pick: (size: number, draw: number) => number[]
  readonly groups?: FewShotOptions['groups']
  /** Unit of the errors: pixels, or % of the distance between the outer eye corners. */
  readonly unit: 'px' | '%'
  /** A point whose error is listed too. */
  readonly nosePoint?: number
}

interface Result {
  readonly name: string
  readonly images: number
  readonly unit: Experiment['unit']
  readonly missed: number
  /** Of each draw, on the test faces. */
  readonly errors: readonly number[]
  /** Of each draw, as `fitFewShot` reports it for images left out. */
  readonly reported: readonly number[]
  /** Mean distance of the nose point in each draw, in pixels. */
  readonly noseErrors: readonly number[]
  /** Number of draws in which points are refined. */
  readonly refined: number
}

const { name: backend } = await useBackend(options.backend)
const imm = splitImm(await readImm(requireImm(options.imm), { channels: 3 }))
const ibug = await readIbug300W(options.ibug, { channels: 3 })
const getPerson = ({ id }: Pick<Sample, 'id'>): string => /(\d\d)-\d/.exec(id)?.[1] as string
const people = await groupByPerson(imm.train)

const immTrain = cacheDataset(imm.train)
const immExperiment = {
  sizes: [4, 8, 32],
  total: people.length,
  pick: (size: number, draw: number) =>
    shuffle(people.length, draw)
      .slice(0, size)
      .flatMap((person) => people[person] as number[]),
  groups: getPerson,
  unit: 'px',
} as const

const experiments: Experiment[] = [
  {
    ...immExperiment,
    name: 'IMM, 58 points, people 33-40',
    train: immTrain,
    test: imm.validation,
    nosePoint: IMM_NOSE,
  },
  {
    ...immExperiment,
    name: 'IMM, nose point alone, people 33-40',
    train: pickNose(immTrain),
    test: pickNose(imm.validation),
    nosePoint: 0,
  },
  {
    name: '300-W, 68 points, common part',
    train: ibug.train,
    test: everyNth(ibug.common),
    sizes: options.faces,
    total: ibug.train.length,
    pick: (size, draw) => shuffle(ibug.train.length, draw).slice(0, size),
    unit: '%',
  },
]

const results: Result[] = []
for (const experiment of experiments) {
  for (const size of experiment.sizes) {
    const result = await run(experiment, size)
    console.error(result)
    results.push(result)
  }
}
await releaseBackend()

writeResults(options.out, 'fewshot', { backend, draws: options.draws, every: options.every, results }, [
  '# Landmarkers from a few labeled images',
  '',
  `Measured by \`pnpm bench:fewshot\` on backend ${backend}. For each row, training images are drawn ${options.draws} times, and \`fitFewShot\` fits a landmarker to each draw. Each`,
  `landmarker is tested together with the detector, on whole images: on all 48 faces of IMM, or on every ${options.every === 1 ? '' : `${options.every}th `}face of 300-W.`,
  '',
  'The error is the mean distance of the points, in pixels (IMM, 640 x 480) or in % of the distance between the outer eye corners (300-W). It is the median of the draws, followed by',
  'the lowest and the highest; if all training images are used, there is one fit. "Reported" is the error that `fitFewShot` itself reports, for images that it left out. "Refined" is the number of fits that refine the points. "Missed" is the number of test faces, over all draws, for which no',
  `box around predicted points overlaps the box around the target points by more than ${MIN_OVERLAP} (intersection over union), or, for the nose point alone, in whose image no face is found.`,
  '',
  machineSentence(),
  '',
  ...markdownTable(
    ['test faces', 'labeled images', 'error', 'lowest, highest', 'reported', 'nose point', 'refined', 'missed'],
    results.map(({ name, images, unit, missed, errors, reported, noseErrors, refined }) => [
      name,
      String(images),
      `${median(errors).toFixed(2)} ${unit}`,
      `${Math.min(...errors).toFixed(2)}, ${Math.max(...errors).toFixed(2)}`,
      `${median(reported).toFixed(2)} ${unit}`,
      noseErrors.length > 0 ? `${median(noseErrors).toFixed(2)} px` : '',
      `${refined} of ${errors.length}`,
      String(missed),
    ]),
  ),
  '',
])

async function run(experiment: Experiment, size: number): Promise<Result> {
  const { name, unit, train, test, groups, pick, nosePoint } = experiment
  const draws = size < experiment.total ? options.draws : 1
  const noseErrors: number[] = []
  const errors: number[] = []
  const reported: number[] = []
  let missed = 0
  let refined = 0
  let images = 0
  for (let draw = 0; draw < draws; draw++) {
    const indices = pick(size, draw)
    images = indices.length
    const { model, refinement } = await fitFewShot(subset(train, indices), groups ? { groups } : {})
    if (refinement?.isUsed) refined++
    reported.push(unit === 'px' ? model.metrics.errorPx : 100 * (model.metrics.nme as number))
    const landmarker = await loadLandmarker(model)
    const measured = await measureLandmarker(landmarker, test, unit)
    landmarker.dispose()
    missed += measured.missed
    errors.push(measured.error)
    if (nosePoint === undefined) continue
    const noses = measured.pointErrorsPx.map((pointErrors) => pointErrors[nosePoint] as number)
    noseErrors.push(mean(noses) as number)
  }
  return { name, images, unit, missed, errors, reported, noseErrors, refined }
}

function everyNth(dataset: Dataset): Dataset {
  const indices = Array.from({ length: Math.ceil(dataset.length / options.every) }, (_, i) => i * options.every)
  return subset(dataset, indices)
}

function shuffle(length: number, draw: number): number[] {
  return shuffleIndices(length, randomStream({ seed: draw, purpose: 'few-shot' }))
}

async function groupByPerson(dataset: Dataset): Promise<number[][]> {
  const members = new Map<string, number[]>()
  for (let i = 0; i < dataset.length; i++) {
    const person = getPerson(await dataset.get(i))
    members.set(person, [...(members.get(person) ?? []), i])
  }
  return [...members.values()]
}
