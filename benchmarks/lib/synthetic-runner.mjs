/**
 * Renders synthetic faces by a pool of one thread and by one with a thread for each core, in turn, and prints a line of JSON: for each pool
 * its threads, and seconds and processor seconds of each round. A program of plain Node.js: tsx transforms the built packages too, which
 * makes them slower.
 *
 * Usage: node synthetic-runner.mjs FACES ROUNDS
 */
import { availableParallelism } from 'node:os'
import { compose } from '@facekp/augment'
import { augmentPool } from '@facekp/augment/node'

const [faces, rounds] = process.argv.slice(2).map(Number)
const pools = []
for (const workers of new Set([1, availableParallelism()])) {
  const dataset = new URL('synthetic-faces.mjs', import.meta.url)
  const pool = await augmentPool({ dataset, datasetOptions: { count: faces }, transform: compose([]), workers })
  pools.push({ pool, workers, rounds: [] })
}
// The first round compiles.
for (let round = -1; round < rounds; round++) {
  for (const { pool, workers, rounds: measured } of pools) {
    const result = await measure(pool.loader, 4 * workers)
    if (round >= 0) measured.push(result)
  }
}
for (const { pool } of pools) await pool.close()
console.log(JSON.stringify(pools.map(({ workers, rounds: measured }) => ({ threads: workers, rounds: measured }))))

async function measure(loader, concurrency) {
  const start = performance.now()
  const processorStart = process.cpuUsage()
  let next = 0
  const render = async () => {
    while (next < faces) await loader({ index: next++, epoch: 0, seed: 1 })
  }
  await Promise.all(Array.from({ length: concurrency }, render))
  const { user, system } = process.cpuUsage(processorStart)
  return { seconds: (performance.now() - start) / 1000, processorSeconds: (user + system) / 1e6 }
}
