import { type ChildProcess, spawn } from 'node:child_process'
import { runTypeScript } from '../support/typescript-program.ts'
import type { Coordination } from './fixtures/coordinator.ts'

// Threads load TypeScript through the loader that a program was started with, so coordinators and workers are programs.
/** A result that a coordinator printed. */
export interface PrintedResult {
  readonly id: string
  readonly n: number
  readonly attempts: number
  readonly isRepeated: boolean
  readonly status: 'done' | 'failed'
  readonly value?: { readonly n: number; readonly square: number }
  readonly error?: { readonly code?: string; readonly problem: string; readonly received?: string }
}

/** A program of the tests. */
export interface Program {
  readonly child: ChildProcess
  /** What it printed so far, a line each. */
  readonly lines: readonly string[]
  /** What it wrote to stderr so far. */
  readonly getErrors: () => string
  readonly ended: Promise<number | null>
}

/** The module of the jobs. */
export const JOB_MODULE: URL = new URL('fixtures/job.ts', import.meta.url)

const BIN = new URL('../../packages/facekp/src/bin.ts', import.meta.url)

const running = new Set<ChildProcess>()

/** Starts a TypeScript program of the folder `fixtures`, whose jobs load these modules too. */
export function startProgram(name: string, spec: object, jobModules: URL[] = []): Program {
  const program = runTypeScript(new URL(`fixtures/${name}`, import.meta.url), JOB_MODULE, ...jobModules)
  return start([...program, JSON.stringify(spec)])
}

/** Starts the command `facekp` in a folder. */
export function startCommand(args: readonly string[], cwd: string): Program {
  return start([...runTypeScript(BIN), ...args], cwd)
}

function start(args: readonly string[], cwd?: string): Program {
  const env = { ...process.env, NODE_OPTIONS: '' }
  const child = spawn(process.execPath, args, { env, cwd })
  running.add(child)
  const lines: string[] = []
  let rest = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() as string
    lines.push(...parts)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  void ended.then(() => running.delete(child))
  return { child, lines, getErrors: () => errors, ended }
}

/** Ends the programs that still run. */
export async function killPrograms(): Promise<void> {
  const children = [...running]
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.once('close', resolve))))
}

/** Runs a coordinator to its end, and returns its results. */
export async function coordinate(spec: Coordination): Promise<PrintedResult[]> {
  const program = startProgram('coordinator.ts', spec)
  const code = await program.ended
  if (code !== 0) throw new Error(`the coordinator ended with ${code}: ${program.getErrors()}`)
  return parseResults(program)
}

/** Parses what a coordinator printed. */
export function parseResults({ lines }: Program): PrintedResult[] {
  return lines.map((line) => JSON.parse(line) as PrintedResult)
}
