/**
 * Averages a fit to labeled images by `fitFewShot` with the landmarkers of trained networks, and measures all of them and their mean end to end on
 * people of the IMM Face Database that none of them was made of. Writes mean.json and mean.md, and keeps the other of its two tables in them.
 *
 * Usage: pnpm bench:mean --runs RUN_FOLDER,RUN_FOLDER [--holdout] [--imm DIR] [--out DIR]
 *
 * With --holdout, the runs are those of `pnpm landmarks --dataset imm --holdout`, and the faces are those that it holds out.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { releaseBackend, useBackend } from '@facekp/backend'
import type { Dataset } from '@facekp/core'
import { IMM_NOSE } from '@facekp/data-imm'
import { readImm, splitImm } from '@facekp/data-imm/node'
import { averageLandmarkers, fitFewShot, type LandmarkedFace, type MeanLandmarker } from '@facekp/landmarker'
import { loadLandmarker } from '@facekp/landmarker/node'
import { holdOut } from '@facekp/recipes/node'
import * as z from 'zod'
import { readFinishedRun } from './lib/finished-run.ts'
import { requireImm } from './lib/imm-faces.ts'
import { formatRunCommand, listOverrides } from './lib/landmarks-command.ts'
import { measureLandmarker, pickNose } from './lib/measure-landmarker.ts'
import { flagOption, outOption, parseOptions } from './lib/options.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({
  runs: z.string().transform((text) => text.split(',')),
  holdout: flagOption,
  imm: z.string().optional(),
  out: outOption,
})
const rowSchema = z.object({ name: z.string(), errorPx: z.number(), nosePx: z.number(), missed: z.number() })
type Row = z.infer<typeof rowSchema>
const tableSchema = z.object({
  commands: z.array(z.string()),
  trainImages: z.number(),
  testFaces: z.number(),
  rows: z.array(rowSchema),
})
const resultsSchema = z.object({ test: tableSchema.optional(), holdout: tableSchema.optional() })
type Results = z.infer<typeof resultsSchema>

await useBackend('onnx')
const faces = await readImm(requireImm(options.imm), { channels: 3 })
const splits = splitImm(faces)
const people = faces.records.slice(0, splits.train.length).map(({ person }) => person)
const grouped = { source: 'IMM', train: splits.train, test: splits.validation, groups: people }
const { train, test } = options.holdout ? holdOut(grouped) : grouped

const commands = await Promise.all(options.runs.map(readCommand))
const fit = await fitLandmarker(train)
const noseFit = await fitLandmarker(pickNose(train))
const networks = await Promise.all(
  options.runs.map((folder) => loadLandmarker(join(folder, 'landmarker'), { tta: true })),
)
const noseNetworks = networks.map(selectNose)
const rows: Row[] = [
  await measureRow('fit', fit, noseFit),
  ...(await Promise.all(
    networks.map((network, i) => measureRow(`network ${i + 1}`, network, noseNetworks[i] as MeanLandmarker)),
  )),
]
const [network, noseNetwork] =
  networks.length > 1
    ? [averageLandmarkers(networks), averageLandmarkers(noseNetworks)]
    : [networks[0] as MeanLandmarker, noseNetworks[0] as MeanLandmarker]
if (networks.length > 1) rows.push(await measureRow('mean of the networks', network, noseNetwork))
const mean = averageLandmarkers([fit, network])
rows.push(await measureRow('mean of fit and networks', mean, averageLandmarkers([noseFit, noseNetwork])))
mean.dispose()
noseFit.dispose()
await releaseBackend()

const file = join(options.out, 'mean.json')
const known: Results = existsSync(file) ? resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {}
const table = { commands, trainImages: train.length, testFaces: test.length, rows }
const results: Results = { ...known, [options.holdout ? 'holdout' : 'test']: table }
writeResults(options.out, 'mean', results, [
  '# Means of landmarkers',
  '',
  'A fit to labeled images (`fitFewShot`) and networks that were trained on err differently, so that the mean of their points (`averageLandmarkers`) has smaller errors than each.',
  'Measured by `pnpm bench:mean` end to end, on whole images of the IMM Face Database: the mean distance of all 58 points, and that of the nose point, in pixels. In column "nose point", the fit is one to the nose',
  'point alone. All networks average the mirrored image; means count the fit as much as all networks together.',
  '',
  machineSentence(),
  '',
  ...formatTable('People 33-40', results.test),
  ...formatTable('People held out of 1-32', results.holdout),
])

async function fitLandmarker(dataset: Dataset): Promise<MeanLandmarker> {
  const { model } = await fitFewShot(dataset, { groups: ({ id }) => id.slice(0, 2) })
  return loadLandmarker(model)
}

/** Makes a landmarker of the nose point alone of one of all points. */
function selectNose(landmarker: MeanLandmarker): MeanLandmarker {
  const select = <Face extends Pick<LandmarkedFace, 'points'>>(face: Face): Face => ({
    ...face,
    points: face.points.slice(2 * IMM_NOSE, 2 * IMM_NOSE + 2),
  })
  return {
    ...landmarker,
    scheme: pickNose(test).scheme,
    detect: async (image, detect) => ({ faces: (await landmarker.detect(image, detect)).faces.map(select) }),
    landmarks: async (image, box) => select(await landmarker.landmarks(image, box)),
  }
}

async function measureRow(name: string, landmarker: MeanLandmarker, nose: MeanLandmarker): Promise<Row> {
  const { error: errorPx, missed } = await measureLandmarker(landmarker, test, 'px')
  const { error: nosePx } = await measureLandmarker(nose, pickNose(test), 'px')
  const row = { name, errorPx, nosePx, missed }
  console.error(row)
  return row
}

/** Returns the command of the training of a network. Throws if it has not finished or was trained on the faces that measure it. */
async function readCommand(folder: string): Promise<string> {
  const summary = await readFinishedRun(folder)
  if (summary === undefined) throw new Error(`${folder}: expected a finished run`)
  if (summary.data.endsWith('held out') !== options.holdout) {
    throw new Error(`${folder} was trained ${options.holdout ? 'without' : 'with'} --holdout: ${summary.data}`)
  }
  const { weights } = z.object({ weights: z.string() }).parse(summary.settings)
  const command = formatRunCommand({ ...summary, settings: { weights }, overrides: listOverrides(summary) })
  return options.holdout ? `${command} --holdout` : command
}

function formatTable(title: string, table: Results['test']): string[] {
  if (table === undefined) return []
  const { commands, trainImages, testFaces, rows } = table
  return [
    `## ${title}`,
    '',
    `${testFaces} faces; ${trainImages} images for fit and networks:`,
    '',
    ...commands.map((command, i) => `- network ${i + 1}: \`${command}\``),
    '',
    ...markdownTable(
      ['landmarker', '58 points', 'nose point', 'missed'],
      rows.map(({ name, errorPx, nosePx, missed }) => [
        name,
        `${errorPx.toFixed(2)} px`,
        `${nosePx.toFixed(2)} px`,
        `${missed}`,
      ]),
    ),
    '',
  ]
}
