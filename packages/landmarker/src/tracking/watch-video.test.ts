import { expect, test } from '@jest/globals'
import { watchVideo } from './watch-video.ts'

/** A video element that shows frames when the test says so. */
class FakeVideo extends EventTarget {
  shown = 0
  readyState = 4
  ended = false
  error: MediaError | null = null
  #callbacks = new Map<number, () => void>()

  requestVideoFrameCallback(callback: () => void): number {
    const request = this.shown + 1
    this.#callbacks.set(request, callback)
    return request
  }

  cancelVideoFrameCallback(request: number): void {
    this.#callbacks.delete(request)
  }

  get requests(): number {
    return this.#callbacks.size
  }

  /** Shows the next frame. */
  show(): void {
    this.shown++
    const callbacks = [...this.#callbacks.values()]
    this.#callbacks.clear()
    for (const callback of callbacks) callback()
  }

  end(type: 'ended' | 'error' = 'ended'): void {
    if (type === 'ended') this.ended = true
    else this.error = { code: 3, message: 'decode' } as MediaError
    this.dispatchEvent(new Event(type))
  }
}

/** Starts to watch; returns the video and the numbers of the frames that are used, which grow meanwhile. */
function watch(use: (frame: number) => Promise<void> = async () => undefined) {
  const video = new FakeVideo()
  const used: number[] = []
  const watched = (async () => {
    for await (const { shown } of watchVideo(video as unknown as HTMLVideoElement) as AsyncIterable<FakeVideo>) {
      used.push(shown)
      await use(shown)
    }
  })()
  return { video, used, watched }
}

const idle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

// Browsers say that a video has ended after its last frame was shown.
test.each(['ended', 'error'] as const)('uses each frame once until the video has %s', async (type) => {
  const { video, used, watched } = watch()
  for (let i = 0; i < 3; i++) {
    await idle()
    video.show()
  }
  await idle()
  video.end(type)
  await watched
  expect(used).toEqual([1, 2, 3])
  expect(video.requests).toBe(0)
})

test('uses the last frame also if the one before is still used when the video ends', async () => {
  let finish = (): void => undefined
  const { video, used, watched } = watch((frame) => (frame > 1 ? idle() : new Promise((resolve) => (finish = resolve))))
  await idle()
  video.show()
  await idle()
  video.show()
  video.show()
  video.end()
  finish()
  await watched
  expect(used).toEqual([1, 3])
})

// A busy Chromium called back for a frame at readyState 1; the HTML standard has readyState 1 while a video seeks.
test.each(['loadeddata', 'canplay', 'seeked'])('waits for the pixels of a frame until %s', async (type) => {
  const { video, used, watched } = watch()
  video.readyState = 1
  await idle()
  video.show()
  await idle()
  expect(used).toEqual([])
  video.readyState = 2
  video.dispatchEvent(new Event(type))
  await idle()
  expect(used).toEqual([1])
  video.end()
  await watched
})

test('requests no frames once it is left', async () => {
  const video = new FakeVideo()
  const frames = watchVideo(video as unknown as HTMLVideoElement)
  const next = frames.next()
  await idle()
  video.show()
  expect((await next).done).toBe(false)
  expect(video.requests).toBe(1)
  await frames.return()
  expect(video.requests).toBe(0)
})
