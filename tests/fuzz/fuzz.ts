import { parseArgs } from 'node:util'
import { READERS } from './readers.ts'
import { runFuzz } from './run-fuzz.ts'

// `pnpm fuzz`: mutates small valid inputs of each reader of bytes or text from outside. See CONTRIBUTING.md.
const { values } = parseArgs({
  options: {
    reader: { type: 'string', multiple: true },
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    path: { type: 'string' },
  },
})
const names = Object.keys(READERS)
const unknown = values.reader?.find((name) => !names.includes(name))
if (unknown !== undefined) {
  console.error(`unknown reader ${unknown}: expected one of ${names.join(', ')}`)
  process.exit(1)
}
console.log(`${values.runs} mutated inputs a reader, seed ${values.seed}`)
const failures = await runFuzz(
  {
    table: new URL('readers.ts', import.meta.url).href,
    readers: values.reader ?? names,
    runs: Number(values.runs),
    seed: Number(values.seed),
    path: values.path,
  },
  {
    onEnd: (reader, failure) => {
      console.log(failure === undefined ? `${reader}: passed` : `${reader}: FAILED\n${failure}\n`)
    },
  },
)
process.exitCode = [...failures.values()].some((failure) => failure !== undefined) ? 1 : 0
