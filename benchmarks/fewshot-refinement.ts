/**
 * Measures by cross-validation on training faces only what the refinement of `fitFewShot` does. IMM: people 1-32; 300-W: the training part. Writes fewshot-refinement.json and fewshot-refinement.md.
 *
 * Usage: pnpm bench:fewshot-refinement --ibug DIR [--imm DIR] [--people 4,8,32] [--images 20,100,311] [--backend auto] [--out DIR]
 */
import { releaseBackend, useBackend } from '@facekp/backend'
import { type Dataset, mapDataset, pickKeypoints, selectKeypoints, subset } from '@facekp/core'
import { readIbug300W } from '@facekp/data-ibug/node'
import { IMM_NOSE } from '@facekp/data-imm'
import { readImm, splitImm } from '@facekp/data-imm/node'
import { type FewShotOptions, fitFewShot } from '@facekp/landmarker'
import { z } from 'zod'
import { requireImm } from './lib/imm-faces.ts'
import { backendOption, outOption, parseOptions } from './lib/options.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const sizesOption = z.string().transform((text) => text.split(',').filter(Boolean).map(Number))
const options = parseOptions({
  ibug: z.string(),
  imm: z.string().optional(),
  people: sizesOption.default([4, 8, 32]),
  images: sizesOption.default([20, 100, 311]),
  backend: backendOption.default('auto'),
  out: outOption,
})

const { name: backend } = await useBackend(options.backend)
const imm = splitImm(await readImm(requireImm(options.imm), { channels: 3 })).train
const nose = mapDataset(
  imm,
  (sample) => selectKeypoints(sample, [IMM_NOSE]),
  pickKeypoints(imm.scheme, 'nose', [IMM_NOSE]),
)
const ibug = (await readIbug300W(options.ibug, { channels: 3 })).train
const groups: FewShotOptions['groups'] = ({ id }) => /(\d\d)-\d/.exec(id)?.[1] as string

const results: Record<'name' | 'images' | 'without' | 'with' | 'chosen', string>[] = []
for (const people of options.people) {
  await measure('IMM, 58 points', takeEvenly(imm, 6 * people, 6), { groups })
  await measure('IMM, nose point', takeEvenly(nose, 6 * people, 6), { groups })
}
for (const images of options.images) await measure('300-W, 68 points', takeEvenly(ibug, images), {})
await releaseBackend()

writeResults(options.out, 'fewshot-refinement', { backend, results }, [
  '# Refinement of landmarkers from a few labeled images',
  '',
  `Cross-validated errors of \`fitFewShot\` in pixels of the images, on training faces only, by \`pnpm bench:fewshot-refinement\` on backend ${backend}. IMM: people are left out;`,
  '300-W: images.',
  '',
  machineSentence(),
  '',
  ...markdownTable(
    ['faces', 'labeled images', 'without refinement', 'with refinement', 'chosen by fitFewShot'],
    results.map(({ name, images, without, with: refined, chosen }) => [name, images, without, refined, chosen]),
  ),
  '',
])

async function measure(name: string, dataset: Dataset, fitOptions: FewShotOptions): Promise<void> {
  const { refinement } = await fitFewShot(dataset, fitOptions)
  if (refinement === undefined) throw new Error('no refinement was measured')
  const { without, with: refined, isUsed } = refinement
  const result = {
    name,
    images: String(dataset.length),
    without: without.errorPx.toFixed(2),
    with: refined.errorPx.toFixed(2),
    chosen: isUsed ? 'with' : 'without',
  }
  console.error(result)
  results.push(result)
}

/** Takes `count` samples at even distances, in runs of `run` neighbors, such as the images of a person. */
function takeEvenly(dataset: Dataset, count: number, run = 1): Dataset {
  const total = dataset.length / run
  const indices = Array.from({ length: count }, (_, i) => {
    const start = Math.floor((Math.floor(i / run) * total) / (count / run))
    return start * run + (i % run)
  })
  return subset(dataset, indices)
}
