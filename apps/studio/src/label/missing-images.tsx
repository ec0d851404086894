import type { VNode } from 'preact'
import { showError } from '../app/notices.ts'
import { Button } from '../components/button.tsx'
import { images, sources } from '../project/project.ts'
import { reconnect } from './reconnect.ts'

/** Says which images of the project the page cannot read, such as after it was reloaded, and opens them again. */
export function MissingImages(): VNode | undefined {
  const missing = images.value.filter(({ file }) => !sources.value.has(file)).length
  if (missing === 0) return undefined
  const others = missing === 1 ? '1 image is not here.' : `${missing} images are not here.`
  return (
    <div class="banner" role="status">
      <span>{missing === images.value.length ? 'Your labels are here. Open the images again to go on.' : others}</span>
      <Button kind="primary" icon="folder" onClick={() => reconnect().catch(showError)}>
        Open the images
      </Button>
    </div>
  )
}
