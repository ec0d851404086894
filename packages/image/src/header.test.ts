import { describe, expect, test } from '@jest/globals'
import { fixtureBytes, images } from '../fixtures/fixtures.ts'
import { checkHeader } from './header.ts'

const LIMIT = 100_000_000
const getCode = (bytes: Uint8Array): unknown => {
  try {
    return checkHeader(bytes, { name: 'file', maxPixels: LIMIT, orientation: 'apply' }).format
  } catch (error) {
    return (error as { code?: string }).code ?? error
  }
}

test.each(images)('%s is complete, and truncated at every shorter length', (name) => {
  const bytes = fixtureBytes(name)
  expect(getCode(bytes)).toBe(name.endsWith('.jpg') ? 'jpeg' : name.slice(-3))
  const codes = Array.from({ length: bytes.length - 4 }, (_, i) => getCode(bytes.subarray(0, i + 4)))
  expect(new Set(codes)).toEqual(new Set(['IMAGE_TRUNCATED']))
})

test('ignores bytes after the end of an image', () => {
  for (const [name] of images)
    expect(getCode(Buffer.concat([fixtureBytes(name), Buffer.alloc(9, 1)]))).not.toMatch(/^I/)
})

/** Changes numbers in the header of a file. */
function setSize(name: string, place: number, write: (view: DataView, place: number) => void): Uint8Array {
  const bytes = Uint8Array.from(fixtureBytes(name))
  write(new DataView(bytes.buffer), place)
  return bytes
}

describe('a decompression bomb', () => {
  const frame = Buffer.from(fixtureBytes('444.jpg')).indexOf(Buffer.from([0xff, 0xc0]))
  test.each([
    ['PNG', setSize('rgb.png', 16, (view, at) => [view.setUint32(at, 50_000), view.setUint32(at + 4, 50_000)])],
    ['JPEG', setSize('444.jpg', frame + 5, (view, at) => [view.setUint16(at, 60_000), view.setUint16(at + 2, 60_000)])],
    [
      'BMP',
      setSize('rgb.bmp', 18, (view, at) => [view.setInt32(at, 50_000, true), view.setInt32(at + 4, 50_000, true)]),
    ],
  ])('of %s is rejected by its header', (_, bytes) => {
    expect(getCode(bytes)).toBe('IMAGE_TOO_LARGE')
  })
})

test('a PNG of two sizes is damaged', () => {
  const bytes = fixtureBytes('rgb.png')
  const header = bytes.subarray(8, 33)
  expect(getCode(Buffer.concat([bytes.subarray(0, 33), header, bytes.subarray(33)]))).toBe('IMAGE_DAMAGED')
})

describe('an unsupported kind', () => {
  const bmp = (place: number, value: number): Uint8Array =>
    setSize('rgb.bmp', place, (view, at) => view.setUint16(at, value, true))
  /** Changes bytes of the frame header of a JPEG. */
  const jpeg = (changes: Readonly<Record<number, number>>): Uint8Array => {
    const bytes = Uint8Array.from(fixtureBytes('444.jpg'))
    const frame = Buffer.from(bytes).indexOf(Buffer.from([0xff, 0xc0]))
    for (const [place, value] of Object.entries(changes)) bytes[frame + Number(place)] = value
    return bytes
  }
  test.each([
    ['a BMP of 16 bits', bmp(28, 16)],
    ['a packed BMP', bmp(30, 1)],
    ['a BMP of OS/2', bmp(14, 12)],
    ['an arithmetically coded JPEG', jpeg({ 1: 0xc9 })],
    ['a lossless JPEG', jpeg({ 1: 0xc3 })],
    ['a JPEG of 12 bits', jpeg({ 4: 12 })],
    ['a JPEG of two components', jpeg({ 9: 2 })],
    ['a JPEG of fractional sampling factors', jpeg({ 11: 0x31, 14: 0x21 })],
  ])('%s', (_, bytes) => {
    expect(getCode(bytes)).toBe('IMAGE_UNSUPPORTED')
  })
})
