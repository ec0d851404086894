/** Tests whether frames come from a video element. Works in Node too, which has none. */
export function isVideoElement(frames: unknown): frames is HTMLVideoElement {
  return Object.prototype.toString.call(frames) === '[object HTMLVideoElement]'
}

/** Events after which a video may have pixels to read, or has no further ones. */
const WAKING = ['loadeddata', 'canplay', 'seeked', 'ended', 'error']
/** Smallest `readyState` of a video with pixels: HAVE_CURRENT_DATA. */
const HAS_PIXELS = 2

/**
 * Yields the video for each frame that it shows, until it ends or fails. Browsers may announce a frame before its pixels can be read, and
 * have none while they seek: such a frame waits for them. Of the frames that are shown while one is used, the latest is yielded and the
 * others are skipped: the last frame of a video is always used, and none is used twice.
 */
export async function* watchVideo(video: HTMLVideoElement): AsyncGenerator<HTMLVideoElement, void> {
  let hasNewFrame = false
  let wake = (): void => undefined
  const onFrame = (): void => {
    hasNewFrame = true
    request = video.requestVideoFrameCallback(onFrame)
    wake()
  }
  const onEvent = (): void => wake()
  let request = video.requestVideoFrameCallback(onFrame)
  for (const type of WAKING) video.addEventListener(type, onEvent)
  try {
    while (true) {
      if (hasNewFrame && video.readyState >= HAS_PIXELS) {
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
    for (const type of WAKING) video.removeEventListener(type, onEvent)
  }
}
