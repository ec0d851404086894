import { spawn } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { LOAD_TYPESCRIPT } from '../../../../tests/support/typescript-program.ts'
import { csvLogger, historyLogger, progressBar } from '../node.ts'

const EPOCH = { epoch: 1, step: 4, trainLoss: 0.5, learningRate: 0.1, seconds: 1, imagesPerSecond: 4 }

test('historyLogger writes a line an epoch and rewrites the file when the first epoch ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-history-'))
  const file = join(folder, 'new', 'history.jsonl')
  await historyLogger(file).onEpochEnd?.({ ...EPOCH, epoch: 7 })
  const logger = historyLogger(file)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ epoch: 7 })
  await logger.onResume?.([EPOCH])
  await logger.onEpochEnd?.({ ...EPOCH, epoch: 2 })
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual([EPOCH, { ...EPOCH, epoch: 2 }])
  rmSync(folder, { recursive: true })
})

test('a resumed training replaces the half line that a killed one left, in one step', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-history-'))
  const file = join(folder, 'history.jsonl')
  const half = `${JSON.stringify(EPOCH)}\n{"epoch":2,"tr`
  writeFileSync(file, half)
  // The earlier file stays readable as it was: it is replaced, not cut short first.
  const before = openSync(file, 'r')
  await historyLogger(file).onResume?.([EPOCH])
  expect(readFileSync(before, 'utf8')).toBe(half)
  expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(EPOCH)}\n`)
  closeSync(before)
  rmSync(folder, { recursive: true })
})

test('a logger of a second training rewrites the file, also if that training is resumed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-history-'))
  const file = join(folder, 'history.jsonl')
  const logger = historyLogger(file)
  for (const epoch of [1, 2]) {
    logger.onTrainBegin?.()
    if (epoch === 2) await logger.onResume?.([EPOCH])
    await logger.onEpochEnd?.({ ...EPOCH, epoch })
  }
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual([EPOCH, { ...EPOCH, epoch: 2 }])
  rmSync(folder, { recursive: true })
})

test('a logger replaces the file that a link leads to, and leaves nothing if it cannot write', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-history-'))
  const file = join(folder, 'history.csv')
  const link = join(folder, 'link')
  const occupied = join(folder, 'folder')
  writeFileSync(file, 'old')
  symlinkSync(file, link)
  await csvLogger(link).onEpochEnd?.(EPOCH)
  expect(readFileSync(file, 'utf8')).toMatch(/^epoch,/)
  mkdirSync(occupied)
  const error = { code: 'FILE_NOT_WRITTEN', file: occupied }
  await expect(csvLogger(occupied).onEpochEnd?.(EPOCH)).rejects.toMatchObject(error)
  expect(readdirSync(folder).sort()).toEqual(['folder', 'history.csv', 'link'])
  rmSync(folder, { recursive: true })
})

test('csvLogger writes the same columns for all reports', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-history-'))
  const file = join(folder, 'history.csv')
  await csvLogger(file).onEpochEnd?.(EPOCH)
  const logger = csvLogger(file)
  await logger.onEpochEnd?.(EPOCH)
  await logger.onEpochEnd?.({ ...EPOCH, epoch: 2, gradientNorm: 0.25, valErrorPx: Number.NaN, valLoss: 1e-9 })
  expect(readFileSync(file, 'utf8').split('\n')).toEqual([
    'epoch,step,trainLoss,valLoss,valErrorPx,learningRate,gradientNorm,seconds,imagesPerSecond',
    '1,4,0.5,,,0.1,,1,4',
    '2,4,0.5,1e-9,NaN,0.1,0.25,1,4',
    '',
  ])
  rmSync(folder, { recursive: true })
})

/** A stream that is no terminal, and what was written to it. */
function createStream() {
  let text = ''
  const stream = {
    isTTY: false,
    write(part: string) {
      text += part
      return true
    },
  }
  return { stream: stream as never, getText: () => text }
}

const STEP = { epochs: 2, steps: 2, imagesBefore: 0, totalImages: 8, learningRate: 0.1, gradientNorm: 1 }

test('progressBar shows epoch, loss and validation error, that of the last epoch too', () => {
  const { stream, getText } = createStream()
  const bar = progressBar({ stream })
  bar.onStepEnd?.({ ...STEP, epoch: 1, step: 1, images: 4, loss: 0.25 })
  bar.onEpochEnd?.({ ...EPOCH, valErrorPx: 31.26 })
  bar.onStepEnd?.({ ...STEP, epoch: 2, step: 2, images: 8, loss: 0.125 })
  bar.onEpochEnd?.({ ...EPOCH, epoch: 2, valErrorPx: 24.32 })
  bar.dispose?.()
  expect(getText()).toContain('training')
  expect(getText()).toContain('8/8 images')
  expect(getText()).toMatch(/epoch 2\/2 {2}loss 0\.125 {2}validation 24\.3 px\n$/)
})

test('progressBar begins anew with a second training', () => {
  const { stream, getText } = createStream()
  const bar = progressBar({ stream })
  bar.onTrainBegin?.()
  bar.onStepEnd?.({ ...STEP, epoch: 2, step: 2, images: 8, loss: 0.125 })
  bar.onEpochEnd?.({ ...EPOCH, epoch: 2, valErrorPx: 24.32 })
  bar.dispose?.()
  const first = getText()
  bar.onTrainBegin?.()
  bar.onStepEnd?.({ ...STEP, epoch: 1, step: 1, images: 4, loss: 0.25, totalImages: 16 })
  bar.dispose?.()
  expect(getText().slice(first.length)).toMatch(/4\/16 images.* epoch 1\/2 {2}loss 0\.250\n$/)
  // One that fails before its first step shows nothing.
  const second = getText()
  bar.onTrainBegin?.()
  bar.dispose?.()
  expect(getText()).toBe(second)
})

test.each(['SIGINT', 'SIGHUP'] as const)(
  'a first %s aborts the signal, one that follows at once is the same, a later one ends the program',
  async (name) => {
    const program = `
    import { abortOnInterrupt } from ${JSON.stringify(fileURLToPath(new URL('../run/abort-on-interrupt.ts', import.meta.url)))}
    let clockMs = 0
    performance.now = () => clockMs
    const { signal } = abortOnInterrupt()
    signal.addEventListener('abort', () => console.log('aborted'))
    let count = 0
    const onSignal = () => {
      console.log(\`signal \${++count}, \${process.listenerCount('${name}')} listeners\`)
      if (count < 2) return
      process.off('${name}', onSignal)
      clockMs = 1000
    }
    process.on('${name}', onSignal)
    setInterval(() => {}, 1000)
    console.log('ready')`
    const child = spawn(process.execPath, [...LOAD_TYPESCRIPT, '--input-type=module', '--eval', program])
    let output = ''
    let errors = ''
    child.stderr.on('data', (data) => {
      errors += data
    })
    const ended = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)))
    child.stdout.on('data', (data) => {
      output += data
    })
    const waitFor = async (text: string): Promise<void> => {
      while (!output.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended before ${text}: ${errors}`)
        await sleep(5)
      }
    }
    await waitFor('ready')
    for (const line of ['aborted\nsignal 1, 2 listeners\n', 'signal 2, 2 listeners\n']) {
      child.kill(name)
      await waitFor(line)
    }
    // A second has passed on the clock of the program.
    child.kill(name)
    expect(await ended).toBe(name)
  },
)

test('a history that cannot be written is an error that names the file', async () => {
  const file = join(tmpdir(), 'a\0b')
  await expect(historyLogger(file).onEpochEnd?.(EPOCH)).rejects.toMatchObject({
    code: 'FILE_NOT_WRITTEN',
    file,
    expected: expect.stringContaining('NUL'),
  })
})
