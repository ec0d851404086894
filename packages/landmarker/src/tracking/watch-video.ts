/** Tests whether frames come from a video element. Works in Node too, which has none. */
export function isVideoElement(frames: unknown): frames is HTMLVideoElement {
  return Object.prototype.toString.call(frames) === '[object HTMLVideoElement]'
}

/**
 * Yields the video for each frame that it shows, until it ends or fails. Of the frames that are shown while one is used, the latest is
 * yielded and the others are skipped: the last frame of a video is always used, and none is used twice.
 */
export async function* watchVideo(video: HTMLVideoElement): AsyncGenerator<HTMLVideoElement, void> {
  let hasNewFrame = false
  let wake = (): void => undefined
  const onFrame = (): void => {
    hasNewFrame = true
    request = video.requestVideoFrameCallback(onFrame)
    wake()
  }
  const onEnd = (): void => wake()
  let request = video.requestVideoFrameCallback(onFrame)
  video.addEventListener('ended', onEnd)
  video.addEventListener('error', onEnd)
  try {
    while (true) {
      if (hasNewFrame) {
        hasNewFrame = false
        yield video
      } else if (video.ended || video.error) {
        return
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    video.cancelVideoFrameCallback(request)
    video.removeEventListener('ended', onEnd)
    video.removeEventListener('error', onEnd)
  }
}
