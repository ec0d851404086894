import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { fixture, golden } from '../fixtures/fixtures.ts'
import { readTensors } from './read.ts'
import type { NamedTensor } from './tensor.ts'

/** A number as Python prints it. */
function parsed(text: string, dtype: string): number | bigint {
  if (dtype === 'int64') return BigInt(text)
  if (dtype === 'bool') return text === 'True' ? 1 : 0
  return text === 'inf' || text === '-inf' ? Number(`${text}inity`.replace('i', 'I')) : Number(text)
}

function expectGolden(tensors: readonly NamedTensor[], names: readonly string[]): void {
  expect(tensors.map(({ name }) => name)).toEqual(names)
  for (const { name, dtype, shape, data } of tensors) {
    const expectedTensors = golden[name] as (typeof golden)[string]
    expect({ name, dtype, shape, numbers: [...data] }).toEqual({
      name,
      dtype: expectedTensors.dtype,
      shape: expectedTensors.shape,
      numbers: expectedTensors.numbers.map((text) => parsed(text, dtype)),
    })
  }
}

const names = Object.keys(golden)

describe('the tensors that PyTorch wrote are what PyTorch holds them to be', () => {
  test.each(['tensors.pth', 'tensors-legacy.pth'])('in %s: every type, strides, views and offsets', (file) => {
    expectGolden(readTensors(fixture(file), { file: file }), names)
  })

  test('in tensors.safetensors', () => {
    const whole = names.slice(0, names.indexOf('base'))
    expectGolden(readTensors(fixture('tensors.safetensors')), whole)
  })

  test('at any place in memory', () => {
    for (const file of ['tensors.pth', 'tensors-legacy.pth', 'tensors.safetensors']) {
      const bytes = fixture(file)
      const moved = new Uint8Array(bytes.length + 3).subarray(3)
      moved.set(bytes)
      expect(readTensors(moved)).toEqual(readTensors(bytes))
      expect(readTensors(Buffer.from(moved.buffer, 3))).toEqual(readTensors(bytes))
    }
  })
})

test('tensors share the memory of the file if their bytes are aligned', () => {
  const tensors = readTensors(fixture('tensors.pth'))
  const buffer = (name: string) => tensors.find((tensor) => tensor.name === name)?.data.buffer
  expect(buffer('row')).toBe(buffer('base'))
  expect(buffer('column')).not.toBe(buffer('base'))
})

test.each(['checkpoint.pth.tar', 'checkpoint-protocol-4.pth.tar'])('%s gives its state_dict alone', (file) => {
  const tensors = readTensors(fixture(file), { file: file })
  expect(tensors.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape}]`)).toEqual([
    '0.weight float32 [2,3]',
    '0.bias float32 [2]',
    '1.weight float32 [2]',
    '1.bias float32 [2]',
    '1.running_mean float32 [2]',
    '1.running_var float32 [2]',
    '1.num_batches_tracked int64 []',
  ])
  expect(tensors.at(-1)?.data).toEqual(BigInt64Array.of(1n))
})

describe('a file that could run something is refused, and nothing runs', () => {
  test.each([
    ['command.pth', 'WEIGHTS_UNSAFE', 'posix.system'],
    ['command-legacy.pth', 'WEIGHTS_UNSAFE', 'posix.system'],
    ['module.pth', 'WEIGHTS_UNSAFE', 'torch.nn.modules.linear.Linear'],
    ['script.pt', 'WEIGHTS_UNSAFE', undefined],
    ['deflated.pth', 'WEIGHTS_COMPRESSED', '"checkpoint.pth/data.pkl"'],
  ])('%s', (file, code, received) => {
    expect(() => readTensors(fixture(file), { file: file })).toThrow(expect.objectContaining({ code, file, received }))
    expect(existsSync(join(process.cwd(), 'this-was-run'))).toBe(false)
  })
})

describe('a file of another format is described by its first bytes', () => {
  const text = (content: string) => new TextEncoder().encode(content)
  test.each<[string, Uint8Array, string]>([
    ['an empty one', new Uint8Array(), 'an empty file'],
    ['a page of HTML', text('<!DOCTYPE html><html>'), 'a file that begins with "<!DOCTYPE html><html>"'],
    [
      'a pointer of Git LFS',
      text('version https://git-lfs.github.com/spec/v1'),
      'a file that begins with "version https://git-lfs."',
    ],
  ])('%s', (_, bytes, received) => {
    expect(() => readTensors(bytes, { file: 'w' })).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_FORMAT', file: 'w', received }),
    )
  })
})

test.each(['checkpoints/compiled.pth', 'checkpoints/compiled-legacy.pth', 'tensors.safetensors'])(
  '%s truncated anywhere is an error',
  (file) => {
    const bytes = fixture(file)
    const outcomes = Array.from(bytes, (_, length) => {
      try {
        return readTensors(bytes.slice(0, length), { file })
      } catch (error) {
        return isFacekpError(error) && error.file === file ? 'an error' : error
      }
    })
    expect(outcomes.filter((outcome) => outcome !== 'an error')).toEqual([])
  },
)
