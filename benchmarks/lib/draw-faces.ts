import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { IMM_58 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { graySample } from '@facekp/image'
import type { RawFaces } from './cached-faces.ts'

/** Draws gray synthetic faces and writes them to a folder as raw files, for `cachedFaces`. */
export async function drawFaces(folder: string, count: number): Promise<RawFaces> {
  const faces = syntheticFaces({ seed: 1, count, scheme: IMM_58 })
  const samples = []
  for (let index = 0; index < count; index++) samples.push(graySample(await faces.get(index)))
  const raw = { pixels: join(folder, 'pixels'), points: join(folder, 'points') }
  writeFileSync(raw.pixels, Buffer.concat(samples.map(({ image }) => image.data as Uint8Array)))
  writeFileSync(raw.points, Buffer.concat(samples.map(({ keypoints }) => Buffer.from(keypoints.buffer))))
  return raw
}
