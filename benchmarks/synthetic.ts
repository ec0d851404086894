/**
 * Times how synthetic faces of 640 x 480 pixels are rendered: by one thread, and by a pool with a thread for each core. Writes synthetic.json
 * and synthetic.md.
 *
 * Usage: pnpm bench:synthetic [--faces 120] [--rounds 5] [--out DIR], on the built packages
 */
import { availableParallelism } from 'node:os'
import { compose } from '@facekp/augment'
import { augmentPool } from '@facekp/augment/node'
import type { SampleLoader } from '@facekp/core'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { processorTime } from './lib/quiet.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'
import createFaces from './lib/synthetic-faces.ts'

const { faces, rounds, out } = parseOptions({
  faces: countOption.default(120),
  rounds: countOption.default(5),
  out: outOption,
})
const workers = availableParallelism()
const dataset = createFaces({ count: faces })
const pool = await augmentPool({
  dataset: new URL('lib/synthetic-faces.mjs', import.meta.url),
  datasetOptions: { count: faces },
  transform: compose([]),
  workers,
})
const LOADERS: Readonly<Record<string, { loader: SampleLoader; concurrency: number }>> = {
  'one thread': { loader: ({ index }) => dataset.get(index), concurrency: 1 },
  [`a pool of ${workers} threads`]: { loader: pool.loader, concurrency: 4 * workers },
}

const measured = new Map(Object.keys(LOADERS).map((name) => [name, [] as Measured[]]))
// The first round compiles.
for (let round = -1; round < rounds; round++) {
  for (const [name, { loader, concurrency }] of Object.entries(LOADERS)) {
    const result = await measure(loader, concurrency)
    if (round >= 0) measured.get(name)?.push(result)
  }
}
await pool.close()

const results = [...measured].map(([name, list]) => ({
  name,
  facesPerSecond: median(list.map(({ seconds }) => faces / seconds)),
  processorMs: median(list.map(({ processorSeconds }) => (1000 * processorSeconds) / faces)),
}))
writeResults(out, 'synthetic', { faces, rounds, results }, [
  '# Synthetic faces',
  '',
  `Measured by \`pnpm bench:synthetic\`: ${faces} faces of 640 x 480 pixels, rendered in turn by each row, in ${rounds} rounds; medians. The processor time`,
  'of a face counts all threads, and does not depend on other programs that run on the machine.',
  '',
  machineSentence(),
  '',
  ...markdownTable(
    ['rendered by', 'faces a second', 'processor time of a face'],
    results.map(({ name, facesPerSecond, processorMs }) => [
      name,
      facesPerSecond.toFixed(1),
      `${processorMs.toFixed(1)} ms`,
    ]),
  ),
  '',
])

interface Measured {
  readonly seconds: number
  readonly processorSeconds: number
}

async function measure(loader: SampleLoader, concurrency: number): Promise<Measured> {
  const start = performance.now()
  const processorStart = processorTime()
  let next = 0
  const render = async (): Promise<void> => {
    while (next < faces) await loader({ index: next++, epoch: 0, seed: 1 })
  }
  await Promise.all(Array.from({ length: concurrency }, render))
  return {
    seconds: (performance.now() - start) / 1000,
    processorSeconds: processorTime() - processorStart,
  }
}
