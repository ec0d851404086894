import { threadId } from 'node:worker_threads'
import { useBackend } from '@facekp/backend'
import { readImage } from '@facekp/image/node'
import { loadLandmarker } from '@facekp/landmarker/node'

/** The landmarker of this thread. */
let landmarker

/** A job: finds the points of images with the ready landmarker; says in which thread. */
export default async function predict({ images }) {
  landmarker ??= useBackend('wasm').then(() => loadLandmarker('mesh-468'))
  const { detect } = await landmarker
  let faces = 0
  for (const image of images) faces += (await detect(await readImage(image))).faces.length
  return { faces, threadId }
}
