/**
 * Times the start of fresh processes: importing an entry, and finding the first face. Writes startup.json and startup.md.
 *
 * Usage: pnpm bench:startup [--rounds 9] [--node FILE,...] [--out DIR], on the built packages
 *
 * --node names the executables of other versions of Node.js, such as those of the npm packages node@22 and node@24.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { writeImage } from '@facekp/image/node'
import * as z from 'zod'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

/** Milliseconds since the start of a process, processor time included in them, and memory, when it prints them. */
const MEASURE =
  'console.log(JSON.stringify({ms:performance.now(),cpuMs:(process.cpuUsage().user+process.cpuUsage().system)/1000,mib:process.memoryUsage.rss()/2**20}))'
const measuredSchema = z.object({ ms: z.number(), cpuMs: z.number(), mib: z.number() })
type Measured = z.infer<typeof measuredSchema>

const { rounds, node, out } = parseOptions({
  rounds: countOption.default(9),
  node: z
    .string()
    .transform((text) => text.split(','))
    .default([]),
  out: outOption,
})

const scratch = mkdtempSync(join(tmpdir(), 'facekp-bench-'))
const photograph = join(scratch, 'face.png')
await writeImage(photograph, (await syntheticFaces({ seed: 1, count: 1, scheme: IBUG_68 }).get(0)).image)

const importing = (name: string): string => `await import(${JSON.stringify(name)})`
const PROGRAMS: Readonly<Record<string, string>> = {
  nothing: '',
  'import @facekp/blurpool': importing('@facekp/blurpool'),
  'import @facekp/models': importing('@facekp/models'),
  'import @facekp/trainer': importing('@facekp/trainer'),
  'import @facekp/landmarker': importing('@facekp/landmarker'),
  'import @tensorflow/tfjs, of which they load core and layers only': importing('@tensorflow/tfjs'),
  'the first face of loadLandmarker() on backend wasm': `
    const { useBackend } = await import('@facekp/backend')
    const { loadLandmarker } = await import('@facekp/landmarker/node')
    await useBackend('wasm')
    const { faces } = await (await loadLandmarker()).detect(${JSON.stringify(photograph)})
    if (faces.length !== 1) throw new Error('no face')`,
}

interface Series {
  readonly node: string
  readonly version: string
  readonly name: string
  readonly program: string
  readonly measured: Measured[]
}

const series: Series[] = [process.execPath, ...node].flatMap((file) => {
  const version = execFileSync(file, ['--version'], { encoding: 'utf8' }).trim()
  return Object.entries(PROGRAMS).map(([name, program]) => ({ node: file, version, name, program, measured: [] }))
})
// The first round reads the files from the disk.
for (let round = -1; round < rounds; round++) {
  for (const { node: file, program, measured } of series) {
    const result = start(file, program)
    if (round >= 0) measured.push(result)
  }
}
rmSync(scratch, { recursive: true })

const results = series.map(({ version, name, measured }) => ({
  node: version,
  name,
  ms: median(measured.map(({ ms }) => ms)),
  cpuMs: median(measured.map(({ cpuMs }) => cpuMs)),
  mib: median(measured.map(({ mib }) => mib)),
}))
const versions = [...new Set(results.map((result) => result.node))]
writeResults(out, 'startup', { rounds, results }, [
  '# Start of a process',
  '',
  `Measured by \`pnpm bench:startup\`: the median of ${rounds} fresh processes of each program, which run in turn; from the start of Node.js to the end of`,
  'the program. The processor time counts all threads, and does not depend on other programs that run on the machine. Node.js searches the CommonJS files of',
  'TensorFlow.js for the names that they export before it runs them, which takes Node 20 the most time.',
  '',
  machineSentence(),
  ...versions.flatMap((version) => [
    '',
    `## Node ${version}`,
    '',
    ...markdownTable(
      ['program', 'time', 'processor time', 'memory'],
      results
        .filter((result) => result.node === version)
        .map(({ name, ms, cpuMs, mib }) => [
          name,
          `${ms.toFixed(0)} ms`,
          `${cpuMs.toFixed(0)} ms`,
          `${mib.toFixed(0)} MiB`,
        ]),
    ),
  ]),
  '',
])

/** Runs a program in a fresh process. */
function start(node: string, program: string): Measured {
  const output = execFileSync(node, ['--input-type=module', '--eval', `${program}\n${MEASURE}`], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  })
  // TensorFlow.js prints a greeting on standard output first.
  return measuredSchema.parse(JSON.parse(output.trim().split('\n').at(-1) as string))
}
