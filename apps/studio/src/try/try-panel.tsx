import type { VNode } from 'preact'
import { showError, showNotice } from '../app/notices.ts'
import { Button } from '../components/button.tsx'
import { SwitchField } from '../components/field.tsx'
import { saveFile } from '../components/save-file.ts'
import { PanelSection } from '../components/workspace.tsx'
import { getScheme, landmarkerState } from '../landmarking/landmarker.ts'
import { BackendField, LandmarkerField } from '../landmarking/landmarker-fields.tsx'
import { describeCount, formatPercent } from './canvas-faces.ts'
import { decodeBitmap } from './decode-bitmap.ts'
import { describeFaces, type FoundFace } from './describe-faces.ts'
import { drawFaces } from './draw-faces.ts'
import { selectedImage } from './try-images.ts'
import { hasBoxes, isMirrored } from './try-settings.ts'
import { isSmoothing, webcamFrame, webcamPhase } from './webcam.ts'

/** Settings and results of Try. */
export function TryPanel(): VNode {
  const isWebcam = webcamPhase.value !== 'off'
  return (
    <>
      <PanelSection title="Landmarker">
        <LandmarkerField />
        <BackendField />
      </PanelSection>
      <PanelSection title="View">
        <SwitchField
          label="Boxes and scores"
          isOn={hasBoxes.value}
          onChange={(isOn) => {
            hasBoxes.value = isOn
          }}
        />
        {isWebcam && (
          <>
            <SwitchField
              label="Smooth points"
              isOn={isSmoothing.value}
              onChange={(isOn) => {
                isSmoothing.value = isOn
              }}
            />
            <SwitchField
              label="Mirror"
              isOn={isMirrored.value}
              onChange={(isOn) => {
                isMirrored.value = isOn
              }}
            />
          </>
        )}
      </PanelSection>
      <Results />
    </>
  )
}

/** What is on the stage: pixels, and the faces that were found. */
interface Shown {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly faces: readonly FoundFace[]
  readonly milliseconds: number
  readonly getPixels: () => Promise<ImageBitmap | HTMLCanvasElement>
}

function getShown(): Shown | undefined {
  if (webcamPhase.value !== 'off') {
    const frame = webcamFrame.value
    if (!frame) return undefined
    const { canvas, faces, milliseconds } = frame
    const { width, height } = canvas
    return { name: 'webcam', width, height, faces, milliseconds, getPixels: async () => canvas }
  }
  const image = selectedImage.value
  if (!image?.faces || !image.size) return undefined
  const { name, size, faces, milliseconds = 0, file } = image
  return { name, ...size, faces, milliseconds, getPixels: () => decodeBitmap(file) }
}

function Results(): VNode | null {
  const shown = getShown()
  if (!shown) return null
  const { faces, milliseconds, width, height } = shown
  return (
    <PanelSection title="Result">
      <dl class="facts">
        <div>
          <dt>Found</dt>
          <dd>{describeCount(faces.length)}</dd>
        </div>
        <div>
          <dt>Time</dt>
          <dd class="numbers">{milliseconds.toFixed(0)} ms</dd>
        </div>
        <div>
          <dt>Image</dt>
          <dd class="numbers">
            {width} × {height}
          </dd>
        </div>
        {faces.length > 0 && (
          <div>
            <dt>{faces.some(({ score }) => score !== undefined) ? 'Scores' : 'Confidence'}</dt>
            <dd class="numbers">
              {faces.map(({ score, confidence }) => formatPercent(score ?? confidence)).join(', ')}
            </dd>
          </div>
        )}
      </dl>
      <div class="button-row">
        <Button icon="copy" onClick={() => copyJson(shown)}>
          Copy JSON
        </Button>
        <Button icon="download" onClick={() => savePng(shown)}>
          Save PNG
        </Button>
      </div>
    </PanelSection>
  )
}

async function copyJson({ name, width, height, faces }: Shown): Promise<void> {
  try {
    await navigator.clipboard.writeText(describeFaces(name, { width, height }, faces))
    showNotice({ kind: 'success', title: 'Copied as JSON', detail: 'In the form in which facekp predict writes it.' })
  } catch {
    showError(new Error('The browser does not allow the page to copy: allow the clipboard beside its address'))
  }
}

async function savePng({ name, faces, getPixels }: Shown): Promise<void> {
  const scheme = getScheme(landmarkerState.peek())
  if (!scheme) return
  try {
    const pixels = await getPixels()
    const options = { scheme, hasBoxes: hasBoxes.peek() }
    saveFile(await drawFaces(pixels, faces, options), `${name.replace(/\.\w+$/, '')}-points.png`)
    if (pixels instanceof ImageBitmap) pixels.close()
  } catch (error) {
    showError(error)
  }
}
