import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bundlePrograms } from '../support/typescript-program.ts'

const PROGRAM = new URL('fuzz-process.ts', import.meta.url)

/** MiB of a process's JavaScript heap. */
const HEAP_MIB = 1024

/** What to fuzz. */
export interface FuzzOptions {
  /** URL of a module that exports `READERS`. */
  readonly table: string
  /** Names of the readers to fuzz, one after the other. */
  readonly readers: readonly string[]
  /** Mutated inputs a reader. */
  readonly runs: number
  /** Determines all mutated inputs. */
  readonly seed: number
  /** Repeats one run of the seed, as fast-check reports it. */
  readonly path?: string | undefined
}

/** What a process of the fuzz suite reports. */
export type FuzzMessage =
  | { readonly kind: 'run'; readonly reader: string; readonly run: number }
  | { readonly kind: 'end'; readonly reader: string; readonly failure: string | undefined }

/** What watches the process. */
interface Watch {
  /** Milliseconds without a read that begins or ends, after which a read counts as hanging (default 60,000). */
  readonly silenceMs?: number
  /** Called when a reader is done. */
  readonly onEnd?: (reader: string, failure: string | undefined) => void
}

/**
 * Fuzzes readers in a process of their own, which is killed if a read hangs, and started again for the readers that are left.
 *
 * @returns the failure of each reader; undefined for one that passed
 */
export async function runFuzz(options: FuzzOptions, watch: Watch = {}): Promise<Map<string, string | undefined>> {
  const failures = new Map<string, string | undefined>()
  const end = (reader: string, failure: string | undefined): void => {
    failures.set(reader, failure)
    watch.onEnd?.(reader, failure)
  }
  for (;;) {
    const readers = options.readers.filter((reader) => !failures.has(reader))
    if (readers.length === 0) return failures
    const stopped = await runProcess({ ...options, readers }, end, watch.silenceMs ?? 60_000)
    if (stopped) end(stopped.reader, stopped.failure)
  }
}

interface StoppedReader {
  readonly reader: string
  readonly failure: string
}

/** Runs a process; resolves to the reader that stopped it, if one did. */
function runProcess(
  options: FuzzOptions,
  end: (reader: string, failure: string | undefined) => void,
  silenceMs: number,
): Promise<StoppedReader | undefined> {
  const { nodeOptions, locate } = bundlePrograms([PROGRAM, options.table].map((url) => fileURLToPath(url)))
  const child = fork(locate(PROGRAM), [JSON.stringify(options)], {
    execArgv: [...nodeOptions, `--max-old-space-size=${HEAP_MIB}`],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const left = [...options.readers]
  let run = 0
  let errors = ''
  let timer: NodeJS.Timeout | undefined
  const watchSilence = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => child.kill('SIGKILL'), silenceMs)
  }
  child.stderr?.on('data', (text) => {
    errors = `${errors}${text}`.slice(-4000)
  })
  child.on('message', (message: FuzzMessage) => {
    watchSilence()
    if (message.kind === 'run') run = message.run
    else end(left.shift() as string, message.failure)
  })
  return new Promise((resolve) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const [reader] = left
      if (reader === undefined) return resolve(undefined)
      const reason = explainEnd({ code, signal, silenceMs })
      const repeat = `repeat: pnpm fuzz --reader ${reader} --seed ${options.seed} --path ${options.path ?? run}`
      resolve({ reader, failure: [repeat, reason, errors].join('\n') })
    }),
  )
}

/** Exit code of Node if nothing can settle what the program waits for. */
const UNSETTLED = 13

interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly silenceMs: number
}

function explainEnd({ code, signal, silenceMs }: ProcessEnd): string {
  if (signal === 'SIGKILL') return `hangs: no answer in ${silenceMs / 1000} s`
  return code === UNSETTLED ? 'hangs: its promise never settles' : `ends the program: ${code ?? signal}`
}
