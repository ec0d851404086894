import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { startProgress } from './progress.ts'
import type { ProgressStream } from './progress-stream.ts'

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

/** A stream that keeps what is written; `lines` are the lines as they were last seen, without control sequences. */
function fakeStream(terminal?: { columns: number }) {
  const written: string[] = []
  const stream: ProgressStream = Object.assign(new PassThrough(), terminal && { isTTY: true, ...terminal })
  stream.write = (text: string | Uint8Array) => written.push(String(text)) > 0
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are a terminal's own.
  const plain = () => written.join('').replace(/\u001b(\[\??\d*[A-Za-z]|\d)/g, '\r')
  return {
    stream,
    raw: () => written.join(''),
    /** What was drawn, one after the other. */
    drawn: () =>
      plain()
        .split(/[\r\n]+/)
        .filter((text) => text !== ''),
  }
}

describe('elsewhere than on a terminal', () => {
  test('there is a line after a second, at each tenth and at the end', () => {
    const { stream, raw } = fakeStream()
    const progress = startProgress({ label: 'train', total: 200, unit: 'batches', stream })
    for (let i = 1; i <= 200; i++) {
      jest.advanceTimersByTime(100)
      progress.update(i, `loss ${(1 / i).toFixed(4)}`)
    }
    progress.finish()
    const lines = raw().trimEnd().split('\n')
    expect(lines).toHaveLength(11)
    expect(lines[0]).toBe('train  4 %  9/200 batches  9 batches/s  0:21 left  loss 0.1111')
    expect(lines[1]).toBe('train  10 %  20/200 batches  10 batches/s  0:18 left  loss 0.0500')
    expect(lines[9]).toBe('train  90 %  180/200 batches  10 batches/s  0:02 left  loss 0.0056')
    expect(lines[10]).toBe('train  100 %  200/200 batches  10 batches/s  in 0:20  loss 0.0050')
  })

  test('a total of few has a line for each', () => {
    const { stream, raw } = fakeStream()
    const progress = startProgress({ label: 'fold', total: 3, unit: 'folds', stream })
    for (let i = 1; i <= 3; i++) {
      jest.advanceTimersByTime(2000)
      progress.update(i)
    }
    progress.finish('done')
    expect(raw().split('\n')).toEqual([
      'fold  0 %  0/3 folds',
      'fold  33 %  1/3 folds  0.5 folds/s  0:04 left',
      'fold  66 %  2/3 folds  0.5 folds/s  0:02 left',
      'fold  100 %  3/3 folds  0.5 folds/s  in 0:06  done',
      '',
    ])
  })

  test('work of less than a second has one line, at its end', () => {
    const { stream, raw } = fakeStream()
    const progress = startProgress({ label: 'check', total: 20, unit: 'images', stream })
    for (let i = 1; i <= 20; i++) progress.update(i)
    jest.advanceTimersByTime(500)
    progress.finish()
    jest.advanceTimersByTime(5000)
    expect(raw()).toBe('check  100 %  20/20 images  40 images/s  in 0:01\n')
  })

  test('without a total a line comes whenever twice as much is done', () => {
    const { stream, raw } = fakeStream()
    const progress = startProgress({ label: 'faces.tar', unit: 'bytes', stream })
    jest.advanceTimersByTime(1000)
    for (let i = 1; i <= 100; i++) progress.update(i * 1e6)
    progress.finish()
    const amounts = [...raw().matchAll(/^faces.tar {2}([\d.]+ MB)/gm)].map(([, amount]) => amount)
    expect(amounts).toEqual(['0', '1', '2', '4', '8', '16', '32', '64', '100'].map((n) => `${n} MB`))
  })

  test('what was done before counts as done, not as speed', () => {
    const { stream, raw } = fakeStream()
    const progress = startProgress({ label: 'faces.tar', total: 100e6, unit: 'bytes', from: 50e6, stream })
    jest.advanceTimersByTime(1000)
    progress.update(60e6)
    progress.finish()
    expect(raw().split('\n').slice(0, 2)).toEqual([
      'faces.tar  50 %  50.0/100.0 MB',
      'faces.tar  60 %  60.0/100.0 MB  10 MB/s  0:04 left',
    ])
  })
})

describe('on a terminal', () => {
  test('one line is drawn over and over', () => {
    const { stream, drawn, raw } = fakeStream({ columns: 120 })
    const progress = startProgress({ label: 'train', total: 40, unit: 'batches', stream })
    jest.advanceTimersByTime(1000)
    progress.update(10, 'loss 0.0123')
    jest.advanceTimersByTime(100)
    expect(drawn().at(-1)).toBe(
      'train  ━━━━━━──────────────────  25 %  10/40 batches  9.09 batches/s  0:03 left  loss 0.0123',
    )
    progress.update(40)
    progress.finish('loss 0.0100')
    expect(drawn().at(-1)).toBe(
      'train  ━━━━━━━━━━━━━━━━━━━━━━━━  100 %  40/40 batches  36.4 batches/s  in 0:01  loss 0.0100',
    )
    expect(raw().match(/\n/g)).toHaveLength(1)
    expect(raw().endsWith('\n')).toBe(true)
  })

  test('it is drawn at most ten times a second, however often it is updated', () => {
    const { stream, drawn } = fakeStream({ columns: 120 })
    const progress = startProgress({ label: 'train', total: 10_000, unit: 'batches', stream })
    for (let i = 1; i <= 10_000; i++) {
      jest.advanceTimersByTime(0.1)
      progress.update(i)
    }
    progress.finish()
    expect(drawn().length).toBeGreaterThan(5)
    expect(drawn().length).toBeLessThanOrEqual(13)
  })

  test('a long line is cut to the width', () => {
    const { stream, drawn } = fakeStream({ columns: 40 })
    const progress = startProgress({ label: 'train', total: 40, unit: 'batches', stream })
    progress.finish('a status that is far too long for this terminal')
    for (const line of drawn()) expect(line.length).toBeLessThan(40)
  })

  test('no bar is drawn where no total is known', () => {
    const { stream, drawn } = fakeStream({ columns: 120 })
    const progress = startProgress({ label: 'faces.tar', unit: 'bytes', stream })
    jest.advanceTimersByTime(2000)
    progress.update(5e6)
    progress.finish()
    expect(drawn().at(-1)).toBe('faces.tar  5 MB  2.5 MB/s  in 0:02')
  })

  test('no timer is left, and the terminal is as it was', () => {
    const { stream, raw } = fakeStream({ columns: 120 })
    const progress = startProgress({ label: 'train', total: 40, unit: 'batches', stream })
    progress.finish()
    expect(jest.getTimerCount()).toBe(0)
    // Neither the cursor nor the wrapping of lines was touched.
    expect(raw()).not.toContain('\u001b[?')
  })

  test('a program that forgets to finish ends all the same', () => {
    jest.useRealTimers()
    const { stream } = fakeStream({ columns: 120 })
    const timers = jest.spyOn(globalThis, 'setTimeout')
    startProgress({ label: 'train', total: 40, unit: 'batches', stream })
    const started = timers.mock.results.map(({ value }) => value as NodeJS.Timeout)
    timers.mockRestore()
    expect(started).toHaveLength(1)
    for (const timer of started) {
      expect(timer.hasRef()).toBe(false)
      clearTimeout(timer)
    }
  })
})

test('what comes after the end does nothing', () => {
  const { stream, raw } = fakeStream()
  const progress = startProgress({ label: 'train', total: 2, unit: 'batches', stream })
  progress.finish()
  const before = raw()
  progress.update(2)
  progress.finish()
  expect(raw()).toBe(before)
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('a total of %p is an error', (total) => {
  expect(() => startProgress({ label: 'train', total, unit: 'batches' })).toThrow(
    expect.objectContaining({ code: 'PROGRESS_TOTAL' }),
  )
})
