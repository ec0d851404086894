import { expect, jest, test } from '@jest/globals'
import { fixturePath } from '../fixtures/fixtures.ts'

jest.unstable_mockModule('sharp', () => {
  throw new Error("Cannot find package 'sharp'")
})
const { readImage } = await import('./read.ts')

test('auto uses jimp', async () => {
  const path = fixturePath('420.jpg')
  expect(await readImage(path)).toEqual(await readImage(path, { decoder: 'jimp' }))
})

test('rejects decoder sharp', async () => {
  await expect(readImage(fixturePath('420.jpg'), { decoder: 'sharp' })).rejects.toMatchObject({
    code: 'IMAGE_NO_SHARP',
  })
})
