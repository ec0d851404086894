import { type Signal, signal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { showError, showNotice } from '../app/notices.ts'
import { Button, IconButton } from '../components/button.tsx'
import { DropZone } from '../components/drop-zone.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Spinner } from '../components/spinner.tsx'
import { Workspace } from '../components/workspace.tsx'
import type { ProjectRecord } from '../project/database.ts'
import { createProject, deleteProject, openProject } from '../project/project.ts'
import { storageProblem, useDatabase } from '../project/storage.ts'
import { type ChosenImages, chooseFolder, chooseImages, describeFiles, drawImages } from './choose-images.ts'
import { SchemeDialog } from './scheme-dialog.tsx'

const projects: Signal<readonly ProjectRecord[]> = signal([])
const chosen: Signal<ChosenImages | undefined> = signal(undefined)
const isChoosing: Signal<boolean> = signal(false)

/** What the view shows before a project is open: where images come from, and the projects of before. */
export function Setup(): VNode {
  useEffect(() => {
    listProjects().catch(showError)
  }, [])
  const images = chosen.value
  return (
    <Workspace title="Label">
      <DropZone label="images or a folder" onDrop={(files) => choose(async () => describeFiles(files))}>
        <div class="setup">
          <EmptyState
            icon="tag"
            title="Label faces with points of your own"
            actions={
              isChoosing.value ? (
                <Spinner label="Reading images" />
              ) : (
                <>
                  <Button kind="primary" icon="folder" onClick={() => choose(chooseFolder)}>
                    Open a folder
                  </Button>
                  <Button icon="image" onClick={() => choose(chooseImages)}>
                    Choose images
                  </Button>
                  <Button kind="quiet" onClick={() => choose(drawImages)}>
                    Try it with drawn faces
                  </Button>
                </>
              )
            }
          >
            <p>
              Every face is labeled for you first; you correct what is wrong. After three images the page fits a
              landmarker to your points, and gets better with each image. Nothing leaves this browser.
            </p>
          </EmptyState>
          {storageProblem.value && (
            <p class="banner banner-warning" role="alert">
              {storageProblem.value}
            </p>
          )}
          <ProjectList />
        </div>
      </DropZone>
      <SchemeDialog
        isOpen={images !== undefined}
        title={`Points for ${images?.sources.size ?? 0} images`}
        onClose={() => {
          chosen.value = undefined
        }}
        onDone={(scheme) => {
          if (!images) return
          chosen.value = undefined
          createProject({ ...images, scheme }).catch(showError)
        }}
      />
    </Workspace>
  )
}

const CREATED_FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

function ProjectList(): VNode | null {
  if (projects.value.length === 0) return null
  return (
    <section class="projects" aria-label="Projects">
      <h2>Go on with</h2>
      <ul>
        {projects.value.map(({ id, name, scheme, createdAt }) => (
          <li key={id}>
            <button type="button" class="project" onClick={() => open(id).catch(showError)}>
              <span class="project-name" dir="auto">
                {name}
              </span>
              <span class="project-facts">
                {scheme.pointNames.length} points · {CREATED_FORMAT.format(createdAt)}
              </span>
            </button>
            <IconButton
              icon="trash"
              label={`Delete ${name} and its labels`}
              onClick={() => remove(id, name).catch(showError)}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

async function listProjects(): Promise<void> {
  const list = (await (await useDatabase())?.listProjects()) ?? []
  projects.value = list.toSorted((a, b) => b.createdAt - a.createdAt)
}

/** Opens a project. One that cannot be opened may no longer be there. */
async function open(id: string): Promise<void> {
  try {
    await openProject(id)
  } catch (error) {
    showError(error)
    await listProjects()
  }
}

async function remove(id: string, name: string): Promise<void> {
  if (!confirm(`Delete ${name} with all of its labels? This cannot be undone. The images stay where they are.`)) return
  if (!(await deleteProject(id))) {
    const detail = 'The project is open in another tab. Close it there, then delete it again.'
    showNotice({ kind: 'error', title: `${name} was not deleted`, detail })
  }
  await listProjects()
}

async function choose(getImages: () => Promise<ChosenImages | undefined>): Promise<void> {
  isChoosing.value = true
  try {
    const images = await getImages()
    if (images?.sources.size === 0) {
      showNotice({ kind: 'error', title: 'There are no images', detail: 'Expected files such as .jpg, .png or .webp.' })
    } else chosen.value = images
  } catch (error) {
    showError(error)
  } finally {
    isChoosing.value = false
  }
}
